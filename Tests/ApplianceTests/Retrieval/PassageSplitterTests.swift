import Platform
import TestSupport
import Testing

@testable import Appliance

/// Splitting texts into passages: by example, and by what holds for any text.
@Suite("Splitting into passages")
struct PassageSplitterTests {
    private static let small = PassageSplitter(whole: 100, longest: 80, overlap: 20, least: 30)

    /// What is true of the pieces of any text.
    private static func check(_ text: String, _ splitter: PassageSplitter) -> String? {
        let bytes = Array(text.utf8)
        let pieces = splitter.pieces(of: text)
        if pieces.isEmpty { return "there is no piece" }
        if bytes.count <= splitter.whole {
            return pieces == [.init(start: 0, end: bytes.count, text: text)] ? nil : "a small text is not whole"
        }
        var covered = 0
        for (number, piece) in pieces.enumerated() {
            if !(0 <= piece.start && piece.start <= piece.end && piece.end <= bytes.count) { return "piece \(number) is outside" }
            if Array(piece.text.utf8) != Array(bytes[piece.start..<piece.end]) { return "piece \(number) is not what its offsets say" }
            if piece.end - piece.start > splitter.longest { return "piece \(number) is too long" }
            if number > 0, piece.start <= pieces[number - 1].start || piece.end <= pieces[number - 1].end {
                return "piece \(number) gets no further"
            }
            if number > 0, pieces[number - 1].end - piece.start > splitter.overlap { return "piece \(number) repeats too much" }
            if covered < piece.start, !bytes[covered..<piece.start].allSatisfy(TextUnits.isSpace) {
                return "words before piece \(number) are lost"
            }
            covered = max(covered, piece.end)
        }
        return bytes[covered...].allSatisfy(TextUnits.isSpace) ? nil : "the end is lost"
    }

    @Test("A small text is one piece, whatever is in it", arguments: ["", " ", "Bakes bread.", "# A\n\n# B\n", "naïve café 面包师。"])
    func whole(text: String) {
        #expect(PassageSplitter.standard.pieces(of: text) == [PassageSplitter.Piece(start: 0, end: text.utf8.count, text: text)])
    }

    @Test("A long text is cut between sentences, and each piece begins with the end of the one before")
    func sentences() {
        let text = (0..<12).map { "Sentence number \($0)." }.joined(separator: " ")
        let pieces = Self.small.pieces(of: text)
        #expect(pieces.map(\.text).first == "Sentence number 0. Sentence number 1. Sentence number 2. Sentence number 3.")
        #expect(pieces[1].text.hasPrefix("Sentence number 3. Sentence number 4."))
        #expect(pieces.allSatisfy { $0.text.hasSuffix(".") })
        #expect(Self.check(text, Self.small) == nil)
    }

    @Test("A piece begins at a heading, and none ends with one")
    func headings() {
        let text = """
            # Bakers
            They knead dough every night.
            They sell bread every day.
            ## Pay
            It is low at first and better later.
            Requirements:
            Strong arms, and no fear of the morning.
            """
        let pieces = Self.small.pieces(of: text).map(\.text)
        #expect(pieces.contains { $0.hasPrefix("## Pay\nIt is low") })
        #expect(pieces.contains { $0.hasPrefix("Requirements:\nStrong arms") || $0.contains("\nRequirements:\nStrong arms") })
        #expect(pieces.allSatisfy { !$0.hasSuffix("## Pay") && !$0.hasSuffix("Requirements:") })
        #expect(Self.check(text, Self.small) == nil)
    }

    @Test("What has no sentence is cut between words, and what has no word between characters")
    func unbroken() {
        for text in [
            String(repeating: "word ", count: 100), String(repeating: "x", count: 1000), String(repeating: "é", count: 500),
            String(repeating: "😀", count: 300), "e" + String(repeating: "\u{301}", count: 500), String(repeating: "面包。", count: 200),
        ] {
            #expect(Self.check(text, Self.small) == nil, "\(text.prefix(5))")
        }
        #expect(Self.small.pieces(of: String(repeating: "word ", count: 100)).allSatisfy { $0.text.hasSuffix("word") })
        #expect(Self.small.pieces(of: String(repeating: "面包。", count: 200)).allSatisfy { $0.text.hasSuffix("。") })
    }

    @Test("A long text of white space is one empty piece")
    func blank() {
        #expect(Self.small.pieces(of: String(repeating: " \n", count: 200)) == [PassageSplitter.Piece(start: 0, end: 0, text: "")])
    }

    @Test("Settings that make no sense are made to make some")
    func settings() {
        let splitter = PassageSplitter(whole: -1, longest: 0, overlap: 500, least: 0)
        #expect(Self.check(String(repeating: "One. Two: ", count: 50), splitter) == nil)
        #expect(splitter.longest == 64 && splitter.overlap == 16)
    }

    @Test("Any text is split within its rules")
    func fuzz() {
        let parts = [
            "a", " ", "\n", ".", ". ", "!", "? ", "\"", ") ", "#", "# ", "## H\n", "Label:\n", "é", "😀", "。", "！", "\u{301}", "\0", "\r\n",
            "word ", "A longer sentence that goes on. ", String(repeating: "y", count: 90),
        ]
        Fuzzing.repeatedly(usually: 0.5) { generator in
            var text = ""
            for _ in 0..<Int.random(in: 0..<400, using: &generator) { text += parts.randomElement(using: &generator) ?? "" }
            func number(below limit: Int) -> Int { Int.random(in: 0..<limit, using: &generator) }
            let splitter = PassageSplitter(
                whole: number(below: 200), longest: number(below: 300), overlap: number(below: 100), least: number(below: 200))
            guard let problem = Self.check(text, splitter) else { return true }
            Issue.record("\(problem): \(text.debugDescription) with \(splitter)")
            return false
        }
    }

    @Test("Time grows with the length of a text and not with its square")
    func linear() {
        for part in ["\n", ". ", "# \n", "x", "a:\n", ".)"] {
            let clock = ContinuousClock()
            let text = String(repeating: part, count: 50_000 / part.utf8.count)
            #expect(clock.measure { _ = PassageSplitter.standard.pieces(of: text) } < .seconds(3), "\(part.debugDescription)")
        }
    }

    @Test("Of lines each is a piece with its own offsets")
    func lines() {
        let document = Document(source: .profile, rowID: 1, id: "1", title: "", text: "Title: Bäcker\n\nSkills: Teig", form: .lines)
        #expect(
            document.pieces == [
                PassageSplitter.Piece(start: 0, end: 14, text: "Title: Bäcker"),
                PassageSplitter.Piece(start: 16, end: 28, text: "Skills: Teig"),
            ])
    }
}
