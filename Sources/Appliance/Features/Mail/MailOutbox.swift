import Platform

/// Where features put mails: written down, and ordered from the queue, in the transaction that causes them.
///
/// With no mail server configured a mail is written down as `kept`, and nothing is ordered; for an address that is
/// marked as one that takes no mail, as `refused`.
struct MailOutbox: Sendable {
    static let notConfigured = "not_configured"

    /// Asked for each mail, so that a reload takes effect with the next one.
    let configuration: @Sendable () -> Configuration

    var isConfigured: Bool { configuration().mail.isConfigured }
    var links: MailLinks { configuration().mailLinks }

    /// Returns the mail's id.
    @discardableResult
    func post(_ draft: MailDraft, to account: Account, in transaction: Transaction) throws -> Identifier {
        guard isConfigured else {
            return try MailStore.add(
                draft, to: account, state: .kept, code: Self.notConfigured, detail: "No mail server is configured.", in: transaction)
        }
        if let refusal = try MailStore.refusal(of: account, in: transaction) {
            return try MailStore.add(draft, to: account, state: .refused, code: "address_refused", detail: refusal, in: transaction)
        }
        let id = try MailStore.add(draft, to: account, state: .queued, in: transaction)
        try transaction.enqueue(MailWork.order(id, of: account.owner))
        return id
    }
}
