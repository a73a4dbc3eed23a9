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

    /// Returns the mail's id.
    ///
    /// - Parameters:
    ///   - notifications: the numbers of those that it tells of; what becomes of the mail is noted at each.
    ///   - moment: it is not sent before then.
    @discardableResult
    func post(
        _ draft: MailDraft, to account: Account, about notifications: [Int64] = [], notBefore moment: Timestamp? = nil,
        in transaction: Transaction
    ) throws -> Identifier {
        func add(_ state: OutgoingMail.State, _ code: String = "", _ detail: String = "") throws -> Identifier {
            let id = try MailStore.add(
                draft, to: account, state: state, code: code, detail: detail, notBefore: moment, in: transaction)
            try MailStore.note(notifications, toldBy: id, in: transaction)
            return id
        }
        guard isConfigured else { return try add(.kept, Self.notConfigured, "No mail server is configured.") }
        if let refusal = try MailStore.refusal(of: account, in: transaction) { return try add(.refused, "address_refused", refusal) }
        let id = try add(.queued)
        try transaction.enqueue(MailWork.order(id, of: account.owner, at: moment))
        return id
    }
}
