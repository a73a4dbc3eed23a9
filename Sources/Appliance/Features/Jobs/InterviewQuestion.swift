import Platform

/// A question that may come up in the interview for a job.
struct InterviewQuestion: Sendable, Equatable {
    var type: String
    var question: String

    static let count = 10
    private static let longestType = 40
    private static let longestQuestion = 1000

    var json: JSONValue { ["type": .string(type), "question": .string(question)] }

    // MARK: By rule

    /// Questions made of what the job says of itself, and of nothing else.
    static func byRule(_ job: Job) -> [InterviewQuestion] {
        var questions = [
            InterviewQuestion(type: "motivation", question: "Why do you want to work as \(job.title) at \(job.company)?")
        ]
        var seen: Set<String> = []
        let skills = (job.skillsRequired + job.technologies + job.skillsPreferred).filter { seen.insert(Folding.fold($0)).inserted }
        for skill in skills.prefix(4) {
            questions.append(
                InterviewQuestion(type: "technical", question: "Where have you used \(skill), and what did you do with it?"))
        }
        for line in lines(of: job.requirements).prefix(3) {
            questions.append(InterviewQuestion(type: "experience", question: "The job asks for this: “\(line)” How do you meet it?"))
        }
        if job.isRemote {
            questions.append(
                InterviewQuestion(type: "working_style", question: "How do you organise your work when you work remotely?"))
        }
        questions += general
        return Array(questions.prefix(count)).map(\.cut)
    }

    private static let general = [
        InterviewQuestion(type: "behavioral", question: "Tell us about a difficult problem at work and how you went about it."),
        InterviewQuestion(type: "behavioral", question: "Tell us about a disagreement with a colleague and how it ended."),
        InterviewQuestion(type: "situational", question: "How do you decide what to do first when everything is urgent?"),
        InterviewQuestion(type: "general", question: "What would you want to have achieved after your first year?"),
        InterviewQuestion(type: "general", question: "What would you like to know from us?"),
    ]

    /// The lines of a text that say something, without the marks of a list.
    private static func lines(of text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map { line in
            String(line.drop { $0.isWhitespace || "-*•·–".contains($0) }.trimmed)
        }.filter { 3...300 ~= $0.count && $0.last != ":" }
    }

    // MARK: From a model

    /// The questions in a model's answer. Models wrap their lists into words and fences: what lies between the first `[` and the
    /// last `]` counts. An answer without a list is one question of the type `general`.
    static func parse(_ answer: String) -> [InterviewQuestion] {
        if let first = answer.firstIndex(of: "["), let last = answer.lastIndex(of: "]"), first < last,
            let list = (try? JSONValue.parse(Array(answer[first...last].utf8)))?.array
        {
            return Array(list.compactMap(read).prefix(count)).map(\.cut)
        }
        let text = String(answer.trimmed)
        return text.isEmpty ? [] : [InterviewQuestion(type: "general", question: text).cut]
    }

    private static func read(_ item: JSONValue) -> InterviewQuestion? {
        guard let question = item["question"]?.string ?? item.string, !question.trimmed.isEmpty else { return nil }
        let type = Folding.fold(String(item["type"]?.string?.trimmed ?? ""))
        return InterviewQuestion(type: type.isEmpty ? "general" : type, question: String(question.trimmed))
    }

    private var cut: InterviewQuestion {
        InterviewQuestion(type: String(type.prefix(Self.longestType)), question: String(question.prefix(Self.longestQuestion)))
    }
}
