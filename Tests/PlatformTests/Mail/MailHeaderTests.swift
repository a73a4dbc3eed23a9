import Testing

@testable import Platform

@Suite struct MailHeaderTests {
    @Test(
        "A header's text is one line, whatever it was made from",
        arguments: [
            ("Hello", "Hello"), ("  Hello \t there  ", "Hello there"), ("a\r\nBcc: eve@example.org", "a Bcc: eve@example.org"),
            ("a\nb", "a b"), ("a\rb", "a b"), ("a\u{0}b", "a b"), ("a\u{85}b", "a b"), ("a\u{2028}b\u{2029}c", "a b c"),
            ("\u{1B}[31mred", "[31mred"), ("\r\n\r\n", ""), ("Café", "Café"),
        ])
    func oneLine(given: String, text: String) {
        #expect(MailHeaderText(given).text == text)
    }

    @Test("Plain text goes as it is, folded between words; what is longer than a line or not ASCII is encoded")
    func unstructured() {
        #expect(MailHeaderText("Welcome to Jobraker!").unstructured(after: "Subject") == "Welcome to Jobraker!")
        #expect(MailHeaderText("").unstructured(after: "Subject") == "")
        let long = Array(repeating: "word", count: 30).joined(separator: " ")
        let folded = MailHeaderText(long).unstructured(after: "Subject")
        #expect(folded.contains("\r\n word") && folded.replacing("\r\n", with: "") == long)
        #expect("Subject: \(folded)".split(separator: "\r\n").allSatisfy { $0.utf8.count <= 76 })
        #expect(MailHeaderText("Grüße").unstructured(after: "Subject") == "=?utf-8?B?R3LDvMOfZQ==?=")
        // It would be decoded if it went as it is.
        #expect(MailHeaderText("=?utf-8?Q?x?=").unstructured(after: "Subject") == "=?utf-8?B?PT91dGYtOD9RP3g/PQ==?=")
        let word = String(repeating: "x", count: 100)
        #expect(MailHeaderText(word).unstructured(after: "Subject").hasPrefix("=?utf-8?B?"))
    }

    @Test("Encoded words end between characters, and none makes a line too long")
    func encodedWords() throws {
        let text = String(repeating: "日本語のパン職人 ", count: 12) + "🥐🥖"
        let lines = "Subject: \(MailHeaderText(text).unstructured(after: "Subject"))".split(separator: "\r\n")
        #expect(lines.count > 3 && lines.allSatisfy { $0.utf8.count <= 76 && $0.utf8.allSatisfy { $0 < 0x7F } })
        var decoded = ""
        for line in lines {
            let word = try #require(line.firstRange(of: "=?utf-8?B?").map { line[$0.upperBound...].dropLast(2) })
            let bytes = try #require(Base64.decode(String(word)))
            // Each by itself is whole.
            decoded += try #require(String(validating: bytes, as: UTF8.self))
        }
        #expect(decoded == MailHeaderText(text).text)
    }

    @Test(
        "A name before an address is quoted, or encoded",
        arguments: [
            ("Ada Lovelace", "\"Ada Lovelace\""), ("Lovelace, Ada", "\"Lovelace, Ada\""), ("a \"b\" \\c", "\"a \\\"b\\\" \\\\c\""),
            ("Zoë", "=?utf-8?B?Wm/Dqw==?="), ("x\"\r\nBcc: eve", "\"x\\\" Bcc: eve\""),
        ])
    func phrase(given: String, phrase: String) {
        #expect(MailHeaderText(given).phrase == phrase)
    }

    @Test(
        "An address that could say more than an address is none",
        arguments: [
            "ada@example.org\r\nRCPT TO:<eve@example.org>", "ada@example.org>", "<ada@example.org", "ada@exa mple.org", "a,b@example.org",
            "\"a b\"@example.org", "\"a\u{1}b\"@example.org", "ada", "@example.org", "ada@", "", "zoë@example.org", "ada@bücher.example",
            "a@" + String(repeating: "b.", count: 130) + "org",
        ])
    func addresses(text: String) {
        #expect(MailAddress(text) == nil)
    }

    @Test("An ordinary address is kept as it was written")
    func address() throws {
        let address = try #require(MailAddress("Ada.Lovelace+jobs@Example.org"))
        #expect(address.description == "Ada.Lovelace+jobs@Example.org" && address.domain == "Example.org")
    }
}
