import Platform

/// Makes the mail that goes over the wire of what was written down.
struct MailWriter: Sendable {
    let templates: CurrentMailTemplates
    let key: MailTokenKey
    let configuration: @Sendable () -> Configuration

    /// Nil when the recipient's address is none that mail can be sent to.
    ///
    /// - Parameters:
    ///   - token: the one that the mail's link carries; nil where it has none, or where it must not be seen.
    ///   - account: for the link that calls digests off.
    func message(_ mail: OutgoingMail, token: MailToken?, account: Identifier?) -> MailMessage? {
        let configuration = configuration()
        guard let from = MailAddress(configuration.mail.from), let to = MailAddress(mail.recipient),
            let filled = filled(mail, code: token.map { key.text(of: $0) }, account: account)
        else { return nil }
        let stop = mail.draft.kind.isDigest ? account.map { key.unsubscribe($0) } : nil
        return MailMessage(
            from: from, fromName: configuration.mailName, to: to, toName: mail.recipientName, subject: filled.subject, text: filled.text,
            html: filled.html, id: mail.id, date: mail.notBefore ?? mail.createdAt,
            unsubscribe: stop.flatMap { configuration.mailLinks.unsubscribe(token: $0) })
    }

    /// What it says, without what it is wrapped in.
    func filled(_ mail: OutgoingMail, code: String?, account: Identifier?) -> MailTemplates.Filled? {
        let configuration = configuration()
        let values = MailValues(
            service: configuration.mailName, links: configuration.mailLinks, name: mail.recipientName, email: mail.recipient)
        let stop = mail.draft.kind.isDigest ? account.map { key.unsubscribe($0) } : nil
        return templates.current.fill(mail.draft.kind, values.all(mail.draft, code: code, unsubscribe: stop))
    }
}
