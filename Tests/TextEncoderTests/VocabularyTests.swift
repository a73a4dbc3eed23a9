import Testing

@testable import TextEncoder

@Suite struct VocabularyTests {
    private static func open(_ text: String) throws(EncoderError) -> Vocabulary { try Vocabulary(Array(text.utf8)) }

    @Test("a token is its line, and pieces that continue a word are others than those that begin one")
    func lines() throws {
        let vocabulary = try Self.open("[UNK]\n[CLS]\n[SEP]\nab\n##ab\nabc\n##\n#\n")
        #expect(vocabulary.count == 8)
        #expect((vocabulary.unknown, vocabulary.start, vocabulary.end) == (0, 1, 2))
        let word = Array("ababc##".utf8)
        #expect(vocabulary.pieces.longestPiece(of: word, at: 0).map { [Int($0.token), $0.end] } == [3, 2])
        #expect(vocabulary.pieces.longestPiece(of: word, at: 2).map { [Int($0.token), $0.end] } == [4, 4])
        #expect(vocabulary.pieces.longestPiece(of: word, at: 4) == nil)
        #expect(vocabulary.pieces.longestPiece(of: Array("##".utf8), at: 0).map { [Int($0.token), $0.end] } == [6, 2])
        #expect(vocabulary.special.map { String(decoding: $0.text, as: UTF8.self) } == ["[UNK]", "[CLS]", "[SEP]"])
    }

    @Test("the last line may end without a line feed")
    func lastLine() throws {
        #expect(try Self.open("[UNK]\n[CLS]\n[SEP]").count == 3)
        #expect(try Self.open("[UNK]\n[CLS]\n[SEP]\n").count == 3)
    }

    @Test("each broken rule has its error")
    func broken() {
        let good = "[UNK]\n[CLS]\n[SEP]\n"
        let cases: [(String, EncoderError.VocabularyProblem)] = [
            ("", .without("[UNK]")), ("[UNK]\n[SEP]\n", .without("[CLS]")), ("[UNK]\n[CLS]\n", .without("[SEP]")),
            ("##[UNK]\n[CLS]\n[SEP]\n", .without("[UNK]")), (good + "\nx\n", .emptyLine(4)), (good + "\n", .emptyLine(4)),
            (good + "x\ny\nx\n", .twice(line: 6)), (good + String(repeating: "x", count: 256) + "\n", .longLine(4)),
        ]
        for (text, problem) in cases { #expect(throws: EncoderError.vocabulary(problem)) { try Self.open(text) } }
        #expect(throws: EncoderError.vocabulary(.notUTF8(line: 4))) { try Vocabulary(Array(good.utf8) + [0xC3, 10]) }
        #expect(throws: EncoderError.vocabulary(.tooLarge)) { try Vocabulary([UInt8](repeating: 97, count: Vocabulary.mostBytes + 1)) }
        #expect(EncoderError.vocabulary(.twice(line: 6)).message == "the vocabulary has the token of line 6 before")
    }
}
