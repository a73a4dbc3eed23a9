import Testing

@testable import Appliance

@Suite struct TextQueryTests {
    @Test("A question is reduced to the words worth searching for, once each")
    func terms() {
        #expect(TextQuery("Which occupations repair aircraft engines, and which AIRCRAFT?").terms == ["repair", "aircraft", "engines"])
        #expect(TextQuery("What do you do?").isEmpty)
        #expect(TextQuery("").isEmpty)
        #expect(TextQuery("naïve café C3PO").terms == ["naïve", "café", "c3po"])
    }

    @Test("No word of a question is an operator of the search language")
    func quoting() {
        #expect(TextQuery("\"pilot\" OR NEAR(x) title:* -cook").expression == "\"pilot\" OR \"near\" OR \"title\" OR \"cook\"")
    }

    @Test("A very long question asks for a bounded number of words")
    func bounded() {
        #expect(TextQuery((0..<500).map { "word\($0)" }.joined(separator: " ")).terms.count == 24)
    }

    @Test(
        "A passage must hold enough of the words to count as an answer",
        arguments: [
            ("baker", 1), ("baker bread", 2), ("baker bread ovens", 2), ("a1 b1 c1 d1 e1 f1", 3), ("", 0),
        ])
    func needed(question: String, count: Int) { #expect(TextQuery(question).needed == count) }

    @Test("Words match by their stems")
    func stems() {
        let query = TextQuery("repairing engines by engineers")
        #expect(query.matches(in: "An engineer repairs an engine.") == 3)
        #expect(query.matches(in: "Bread.") == 0)
        #expect(TextQuery.stem("as") == "as")
    }
}
