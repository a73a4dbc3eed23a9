import Testing

@testable import Platform

@Suite struct MailMessageTests {
    private func message(subject: String = "Hello", text: String = "Text\n", html: String = "<p>Text</p>\n") throws -> MailMessage {
        MailMessage(
            from: try #require(MailAddress("jobs@example.com")), fromName: "Jobraker", to: try #require(MailAddress("ada@example.org")),
            toName: "Ada", subject: subject, text: text, html: html,
            id: try #require(Identifier("01920000-0000-7000-8000-000000000001")), date: Timestamp(seconds: 1_795_658_834))
    }

    @Test("A mail is its headers, the text and the HTML, byte for byte")
    func whole() throws {
        var mail = try message()
        mail.unsubscribe = OneClickAddress("https://jobs.example.com/stop?token=x")
        let boundary = "=_01920000000070008000000000000001"
        let lines = [
            "Date: Thu, 26 Nov 2026 02:07:14 +0000", "From: \"Jobraker\" <jobs@example.com>", "To: \"Ada\" <ada@example.org>",
            "Subject: Hello", "Message-ID: <01920000000070008000000000000001@example.com>",
            "List-Unsubscribe: <https://jobs.example.com/stop?token=x>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "MIME-Version: 1.0", "Auto-Submitted: auto-generated", "Content-Type: multipart/alternative;", " boundary=\"\(boundary)\"", "",
            "--\(boundary)", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "", "Text", "",
            "--\(boundary)", "Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "", "<p>Text</p>", "",
            "--\(boundary)--", "",
        ]
        #expect(String(decoding: mail.bytes, as: UTF8.self) == lines.joined(separator: "\r\n"))
        #expect(mail.bytes == mail.bytes && mail.messageID == "<01920000000070008000000000000001@example.com>")
    }

    @Test("Nothing that a mail is made from adds a header or ends a part")
    func injection() throws {
        let evil = "x\r\nBcc: eve@example.org\r\n\r\n--=_01920000000070008000000000000001\r\nContent-Type: text/html\r\n\r\n<script>"
        var mail = try message(subject: evil, text: evil, html: evil)
        mail.fromName = MailHeaderText(evil)
        mail.toName = MailHeaderText(evil)
        let text = String(decoding: mail.bytes, as: UTF8.self)
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        let head = lines.prefix { !$0.isEmpty }
        #expect(!head.contains { $0.hasPrefix("Bcc") || $0.hasPrefix("--") })
        #expect(lines.count { $0 == "--=_01920000000070008000000000000001" } == 2)
        #expect(text.utf8.allSatisfy { $0 < 0x7F } && lines.allSatisfy { $0.utf8.count <= 78 })
    }

    @Test(
        "Quoted-printable keeps every text in short lines of ASCII",
        arguments: [
            ("", ""), ("a", "a\r\n"), ("a\n", "a\r\n"), ("a\r\nb\rc\nd", "a\r\nb\r\nc\r\nd\r\n"), ("\n\n", "\r\n\r\n"), ("é", "=C3=A9\r\n"),
            ("1 = 1", "1 =3D 1\r\n"), ("blank ", "blank=20\r\n"), ("tab\t\nx", "tab=09\r\nx\r\n"), (".", "=2E\r\n"), ("..a", "=2E.a\r\n"),
            ("From me", "=46rom me\r\n"), ("from me", "from me\r\n"), ("\u{0}\u{7F}", "=00=7F\r\n"),
            (String(repeating: "x", count: 76), String(repeating: "x", count: 76) + "\r\n"),
            (String(repeating: "x", count: 77), String(repeating: "x", count: 75) + "=\r\nxx\r\n"),
            (String(repeating: "x", count: 75) + ".y", String(repeating: "x", count: 75) + "=\r\n=2Ey\r\n"),
        ])
    func quotedPrintable(text: String, encoded: String) {
        #expect(String(decoding: QuotedPrintable.encode(text), as: UTF8.self) == encoded)
    }

    @Test("Any text comes back out of quoted-printable as it went in, its line ends apart")
    func roundTrip() {
        for round in 0..<300 {
            let bytes = SeededRandom(UInt64(round)).bytes(round)
            let text = String(decoding: bytes, as: UTF8.self).filter { $0 != "\r" && $0 != "\n" && $0 != "\r\n" }
            let encoded = QuotedPrintable.encode(text)
            let lines = String(decoding: encoded, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
            #expect(lines.allSatisfy { $0.utf8.count <= 76 && !$0.hasPrefix(".") && !$0.contains("=_") })
            var decoded: [UInt8] = []
            var rest = encoded[...]
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "=") else {
                    decoded.append(byte)
                    continue
                }
                let code = String(decoding: rest.prefix(2), as: UTF8.self)
                rest = rest.dropFirst(2)
                decoded += code == "\r\n" ? [] : Hex.decode(code) ?? [0, 0, 0]
            }
            #expect(decoded == Array(text.utf8) + (text.isEmpty ? [] : [13, 10]), "\(round)")
        }
    }

    @Test(
        "A mail's date is the RFC's",
        arguments: [(0, "Thu, 01 Jan 1970 00:00:00 +0000"), (1_709_210_096, "Thu, 29 Feb 2024 12:34:56 +0000")])
    func dates(seconds: Int, text: String) {
        #expect(Timestamp(seconds: Int64(seconds)).mailDate == text)
    }

    @Test(
        "What could end its header is no address to unsubscribe at",
        arguments: ["ftp://x", "javascript:x", "https://x>y", "https://x,y", "https://x\r\ny", "https://x y", "mailto:a@b"])
    func oneClick(text: String) {
        #expect(OneClickAddress(text) == nil)
    }
}
