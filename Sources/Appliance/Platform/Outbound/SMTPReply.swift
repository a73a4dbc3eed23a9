/// The last line of an answer of an SMTP server: `550 5.1.1 No such user here`.
package struct SMTPReply: Sendable, Equatable {
    package let code: Int
    /// The enhanced status code (RFC 3463) as `5.1.1`, if the server sends such.
    package let enhanced: String?
    /// The server's own words, cleaned and cut: they are shown to operators.
    package let words: String

    /// Nil for a line that is none, and for one that says that others follow.
    init?(_ line: String) {
        let line = line.prefix(512)
        guard line.utf8.count >= 3, let code = Int(line.prefix(3)), (200...599).contains(code) else { return nil }
        let rest = line.dropFirst(3)
        guard rest.first != "-" else { return nil }
        self.code = code
        let text = MailHeaderText(String(rest)).text
        let first = text.prefix { $0 != " " }
        let numbers = first.split(separator: ".", omittingEmptySubsequences: false)
        let isEnhanced = numbers.count == 3 && numbers.allSatisfy { 1...3 ~= $0.utf8.count && $0.utf8.allSatisfy { 48...57 ~= $0 } }
        enhanced = isEnhanced && first.hasPrefix("\(code / 100).") ? String(first) : nil
        words = String(text.prefix(200))
    }

    /// Whether the same would be said again: 5xx, in contrast to 4xx.
    package var isPermanent: Bool { code >= 500 }

    /// Whether it is the recipient's address that this is about, and not this server, its relay or the mail's content.
    ///
    /// With an enhanced code that is said: 5.1.x is about addresses, 5.2.1 about a mailbox that is closed. Else the
    /// codes that RFC 5321 has for mailboxes count, in answer to the recipient alone.
    package func concernsRecipient(at stage: SMTPDialogue.Stage) -> Bool {
        guard isPermanent else { return false }
        if let enhanced {
            // 5.1.7 and 5.1.8 are about the sender's address.
            return (enhanced.hasPrefix("5.1.") && !["5.1.7", "5.1.8"].contains(enhanced)) || enhanced == "5.2.1"
        }
        return stage == .recipient && [550, 551, 553].contains(code)
    }

    /// `550 5.1.1 No such user here`
    package var text: String { words.isEmpty ? "\(code)" : "\(code) \(words)" }
}
