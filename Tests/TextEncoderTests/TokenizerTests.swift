import CEncoderKernels
import TestSupport
import Testing

@testable import TextEncoder

@Suite struct TokenizerTests {
    private static func pieces(_ text: String, limit: Int = 256) throws -> [String] {
        let tokenizer = Tokenizer(vocabulary: try Vocabulary(TinyModel.vocabularyBytes))
        return tokenizer.tokens(of: text, limit: limit).map { TinyModel.vocabulary[Int($0)] }
    }

    private static func words(_ text: String) throws -> String { try pieces(text).dropFirst().dropLast().joined(separator: " ") }

    @Test(
        "a text becomes the longest pieces that the vocabulary has",
        arguments: [
            ("", ""), ("swift", "swift"), ("engineers", "engineer ##s"), ("engines", "engine ##s"), ("engineering", "engineer ##ing"),
            ("Swift,ENGINEER.", "swift , engineer ."), ("jobs  job\tjob\njob", "job ##s job job job"), ("job☃", "[UNK]"),
            ("job ☃ job", "job [UNK] job"),
            ("ab", "a ##b"), ("a-b", "a [UNK] b"), ("a$b", "a [UNK] b"), ("##er", "[UNK] [UNK] e ##r"),
        ])
    func splits(text: String, expected: String) throws {
        #expect(try Self.words(text) == expected)
    }

    @Test(
        "case, accents and characters that cannot be seen make no difference",
        arguments: [
            ("Ａ", "[UNK]"), ("ÀÉÎõü", "a ##e ##i ##o ##u"), ("e\u{301}", "e"), ("İ", "i"), ("ẞ", "[UNK]"), ("jo\u{0}b", "job"),
            ("jo\u{200B}b", "job"),
            ("jo\u{FFFD}b", "job"), ("jo\u{AD}b", "job"), ("jo\u{E000}b", "job"), ("job\u{A0}job\u{3000}job\u{2028}job", "job job job job"),
            ("\u{1}\u{7F}\u{FEFF}", ""), ("\u{301}\u{302}", ""), ("\u{212B}\u{212A}", "a ##k"), ("ế", "e"),
            ("x\u{301}\u{327}\u{302}y", "x ##y"),
        ])
    func normalises(text: String, expected: String) throws {
        #expect(try Self.words(text) == expected)
    }

    @Test(
        "ideographs stand alone, and Hangul is taken apart into its letters",
        arguments: [
            ("日日a日", "日 日 a 日"), ("日本", "日 [UNK]"), ("한", "ᄒ ##ᅡ ##ᆫ"), ("하", "ᄒ ##ᅡ"), ("한하", "[UNK]"), ("\u{F900}日", "[UNK] 日"),
            ("\u{2F800}", "[UNK]"),
        ])
    func scripts(text: String, expected: String) throws {
        #expect(try Self.words(text) == expected)
    }

    @Test("special tokens stand for themselves when a text spells them out, and only then")
    func special() throws {
        #expect(try Self.words("a[SEP]b [MASK]") == "a [SEP] b [MASK]")
        #expect(try Self.words("[sep]") == "[UNK] s ##e ##p [UNK]")
        #expect(try Self.words("[SE") == "[UNK] s ##e")
    }

    @Test("a word of more than a hundred characters is one unknown token, whatever it is")
    func longWords() throws {
        let hundred = String(repeating: "x", count: 100)
        #expect(try Self.pieces(hundred).count == 102)
        #expect(try Self.words(hundred + "x") == "[UNK]")
        #expect(try Self.words(String(repeating: "x", count: 100_000) + " job") == "[UNK] job")
        // Marks that vanish do not count.
        #expect(try Self.pieces(hundred + String(repeating: "\u{301}", count: 500)).count == 102)
    }

    @Test("tokens stop at the limit, with the last one in its place", arguments: [2, 3, 4, 10, 256])
    func limit(most: Int) throws {
        let text = String(repeating: "engineering ", count: 200)
        let pieces = try Self.pieces(text, limit: most)
        #expect(pieces.count == most)
        #expect(pieces.first == "[CLS]" && pieces.last == "[SEP]")
        #expect(try Array(Self.pieces(text).prefix(most - 1)) == Array(pieces.dropLast()))
    }

    @Test("every character is kept, vanishes, or becomes a few others that are characters of words")
    func everyCharacter() {
        var replaced = 0
        var wrong: [UInt32] = []
        for code in UInt32(0)...0x30000 {
            let kind = cenc_character(code)
            if kind < UInt32(CENC_REPLACED) {
                if kind > UInt32(CENC_HANGUL) { wrong.append(code) }
            } else {
                replaced += 1
                if !Self.isGood(cenc_replacement(kind)) { wrong.append(code) }
            }
        }
        #expect(wrong == [])
        // What Unicode 14 has of capitals and of characters that can be taken apart, Hangul aside.
        #expect(replaced == 3094)
        #expect(cenc_character(0x110000) == UInt32(CENC_DROP))
    }

    private static func isGood(_ replacement: UnsafePointer<UInt32>) -> Bool {
        let expected = [CENC_KEEP, CENC_PUNCTUATION, CENC_IDEOGRAPH].map { UInt32($0) }
        guard (1...4).contains(replacement[0]) else { return false }
        return (1...Int(replacement[0])).allSatisfy {
            Unicode.Scalar(replacement[$0]) != nil && expected.contains(cenc_character(replacement[$0]))
        }
    }

    @Test("a long text is read no further than it counts")
    func longText() throws {
        #expect(try Self.pieces(String(repeating: "a ", count: 500_000)).count == 256)
        #expect(try Self.pieces(String(repeating: " ", count: 500_000)).count == 2)
    }
}
