/// A mail in two forms, text and HTML, of which the reader's program shows one.
///
/// Nothing that it is made from can add a header: addresses and texts are of types that hold no line end, and what
/// else stands in a header is made here. The same value gives the same bytes, so that a mail which is sent again
/// after a failure is the same mail, with the same `Message-ID` and the same `Date`.
package struct MailMessage: Sendable, Equatable {
    package var from: MailAddress
    package var fromName: MailHeaderText
    package var to: MailAddress
    package var toName: MailHeaderText
    package var subject: MailHeaderText
    package var text: String
    package var html: String
    /// Names the mail; `Message-ID` is made of it and of the sender's domain.
    package var id: Identifier
    package var date: Timestamp
    /// Where a mail program asks, with one POST and without a person's doing more, that such mails stop (RFC 8058).
    package var unsubscribe: OneClickAddress?

    package init(
        from: MailAddress, fromName: String, to: MailAddress, toName: String = "", subject: String, text: String, html: String,
        id: Identifier, date: Timestamp, unsubscribe: OneClickAddress? = nil
    ) {
        self.from = from
        self.fromName = MailHeaderText(fromName)
        self.to = to
        self.toName = MailHeaderText(toName)
        self.subject = MailHeaderText(subject)
        self.text = text
        self.html = html
        self.id = id
        self.date = date
        self.unsubscribe = unsubscribe
    }

    /// With its angle brackets.
    package var messageID: String { "<\(id.hex)@\(from.domain)>" }

    /// The whole mail as it goes over the wire, lines ending in CRLF.
    package var bytes: [UInt8] {
        // Quoted-printable text never holds "=_", so that no text can end its part.
        let boundary = "=_\(id.hex)"
        var headers: [(String, String)] = [
            ("Date", date.mailDate), ("From", Self.mailbox(fromName, from)), ("To", Self.mailbox(toName, to)),
            ("Subject", subject.unstructured(after: "Subject")), ("Message-ID", messageID), ("MIME-Version", "1.0"),
            // Nobody is there to read an automatic reply (RFC 3834).
            ("Auto-Submitted", "auto-generated"),
            ("Content-Type", "multipart/alternative;\r\n boundary=\"\(boundary)\""),
        ]
        if let unsubscribe {
            headers.insert(("List-Unsubscribe", "<\(unsubscribe.text)>"), at: 5)
            headers.insert(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"), at: 6)
        }
        var output = Array(headers.map { "\($0.0): \($0.1)\r\n" }.joined().utf8)
        for (type, content) in [("text/plain", text), ("text/html", html)] {
            output += "\r\n--\(boundary)\r\nContent-Type: \(type); charset=utf-8\r\n".utf8
            output += "Content-Transfer-Encoding: quoted-printable\r\n\r\n".utf8
            output += QuotedPrintable.encode(content)
        }
        output += "\r\n--\(boundary)--\r\n".utf8
        return output
    }

    private static func mailbox(_ name: MailHeaderText, _ address: MailAddress) -> String {
        guard !name.text.isEmpty else { return address.description }
        // The name may take a line of its own; an address then begins the next one.
        let phrase = name.phrase
        return phrase.utf8.count + address.description.utf8.count > 66 ? "\(phrase)\r\n <\(address)>" : "\(phrase) <\(address)>"
    }
}

/// An `https` or `http` address that can stand in a header: visible ASCII without angle brackets and commas.
package struct OneClickAddress: Sendable, Equatable {
    package let text: String

    package init?(_ url: String) {
        guard url.hasPrefix("https://") || url.hasPrefix("http://"), url.utf8.count <= 900,
            url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"<>,\"".utf8.contains($0) })
        else { return nil }
        text = url
    }
}
