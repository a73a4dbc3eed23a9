import Platform
import Testing

@testable import Appliance

@Suite struct JobQueryTests {
    @Test("Words must all occur, quoted ones beside each other, and nothing is an operator")
    func expressions() {
        #expect(JobQuery("Baker bread")?.expression == #""baker" AND "bread""#)
        #expect(JobQuery(#"senior "machine learning" Python"#)?.expression == #""senior" AND "machine learning" AND "python""#)
        #expect(JobQuery(#"title:* OR NEAR(x) -cook ^a"#)?.expression == #""title" AND "or" AND "near" AND "x" AND "cook" AND "a""#)
        #expect(JobQuery(#"open "end"#)?.expression == #""open" AND "end""#)
        #expect(JobQuery("%%% \"\" --") == nil && JobQuery("") == nil)
        #expect(JobQuery((0..<90).map { "w\($0)" }.joined(separator: " "))?.expression.split(separator: " AND ").count == 16)
    }

    @Test("Queries are put together from others")
    func together() {
        let either = JobQuery(["Baker", "C++", "!"], joinedBy: "OR")
        #expect(either?.expression == #""baker" OR "c""#)
        #expect(JobQuery([], joinedBy: "AND") == nil)
        #expect(JobQuery(all: [either, nil, JobQuery("oven")])?.expression == #"("baker" OR "c") AND ("oven")"#)
        #expect(JobQuery(all: [nil]) == nil)
    }

    @Test("A snippet is HTML in which only what was found is marked, whatever the job holds")
    func marks() {
        let marks = SnippetMarks(random: SeededRandom(1))
        #expect(marks.start != marks.end)
        #expect(
            marks.html(of: "<b>\"A\" & \(marks.start)oven\(marks.end)'s</b> <mark>")
                == "&lt;b&gt;&quot;A&quot; &amp; <mark>oven</mark>&#39;s&lt;/b&gt; &lt;mark&gt;")
        #expect(marks.html(of: "nothing of it") == nil)
        #expect(SnippetMarks(random: SystemRandom()).start != SnippetMarks(random: SystemRandom()).start)
    }
}
