import Platform
import Testing

@testable import Appliance

@Suite struct InterviewQuestionTests {
    @Test("Without a model the questions come from the job's own skills and requirements")
    func byRule() {
        let job = JobFixture.job("Baker") { job in
            job.skillsRequired = ["Dough", "dough", "Ovens"]
            job.technologies = ["Mixer"]
            job.requirements = "Must have:\n- Two years in a bakery\n\n• Early hours\n"
            job.isRemote = true
        }
        let questions = InterviewQuestion.byRule(job)
        #expect(questions.count == 10 && Set(questions.map(\.question)).count == 10)
        #expect(questions[0] == InterviewQuestion(type: "motivation", question: "Why do you want to work as Baker at Loaf?"))
        for skill in ["Dough", "Ovens", "Mixer"] {
            #expect(
                questions.contains(
                    InterviewQuestion(type: "technical", question: "Where have you used \(skill), and what did you do with it?")))
        }
        #expect(questions.contains { $0.question == "The job asks for this: “Two years in a bakery” How do you meet it?" })
        #expect(questions.contains { $0.question == "The job asks for this: “Early hours” How do you meet it?" })
        #expect(questions.contains { $0.type == "working_style" })
    }

    @Test("A job that says nothing of itself gets the general questions alone")
    func bare() {
        let questions = InterviewQuestion.byRule(JobFixture.job("Baker"))
        #expect(questions.map(\.type) == ["motivation", "behavioral", "behavioral", "situational", "general", "general"])
    }

    @Test("A model's list is found among its words, whole or loose")
    func parses() {
        let fenced = """
            Sure! Here they are:
            ```json
            [{"type": "Technical", "question": " What is a dough? "}, {"question": "Why?"}, "And when?", {"type": "x"}, 7]
            ```
            """
        #expect(
            InterviewQuestion.parse(fenced) == [
                InterviewQuestion(type: "technical", question: "What is a dough?"),
                InterviewQuestion(type: "general", question: "Why?"), InterviewQuestion(type: "general", question: "And when?"),
            ])
    }

    @Test(
        "What is no list of questions is one general question",
        arguments: ["Tell me about yourself.", "[not json]", "] before ["])
    func general(answer: String) {
        #expect(InterviewQuestion.parse(answer + " ") == [InterviewQuestion(type: "general", question: answer)])
    }

    @Test("Nothing said is no question, and what is too much is cut")
    func bounds() {
        for answer in [" \n", "[]", #"Here: [{"type":"a"}, 7]"#] { #expect(InterviewQuestion.parse(answer) == []) }
        let many = JSONValue.array((0..<40).map { ["type": "t", "question": .string("q\($0)")] })
        #expect(InterviewQuestion.parse(many.jsonText).map(\.question) == (0..<10).map { "q\($0)" })
        let long = InterviewQuestion.parse(String(repeating: "a", count: 5000))
        #expect(long.count == 1 && long[0].question.count == 1000)
    }
}
