import Platform

/// The mails about an account itself: the welcome, and those with a link that proves an address.
struct AccountMails: Sendable {
    let outbox: MailOutbox
    let key: MailTokenKey

    /// What a new account gets.
    func greet(_ account: Account, in transaction: Transaction) throws {
        try outbox.post(.welcome, to: account, in: transaction)
        try post(.emailVerification, to: account, in: transaction)
    }

    /// Makes a token and the mail with it. Nothing, where the account has had as many as it gets in an hour, and for the
    /// confirmation of an address that is confirmed.
    func post(_ purpose: MailToken.Purpose, to account: Account, in transaction: Transaction) throws {
        if purpose == .emailVerification, account.isVerified { return }
        guard let token = try MailTokenStore.create(purpose, for: account, key: key, in: transaction) else { return }
        let draft: MailDraft =
            switch purpose {
            case .passwordReset: .passwordReset(token: token)
            case .emailVerification: .emailVerification(token: token)
            }
        try outbox.post(draft, to: account, in: transaction)
    }
}

/// Writes the mail that somebody has asked for by naming an address.
///
/// The request itself orders this in the same way whether the address has an account or not, and all that differs
/// happens here, behind the answer: nobody can tell one from the other by how long the answer takes.
///
/// Its idempotency key is the item: what it writes is committed together with the item's end, and so happens once.
struct AccountMailWork: Worker {
    static let kind = "accounts.mail"

    let database: Database
    let mails: AccountMails

    var kind: String { Self.kind }
    var queue: WorkQueueName { .mail }
    /// Of no use to anybody much later.
    var maximumAttempts: Int { 5 }

    /// `owner` is nil for an address without an account. Neither order holds the address.
    static func order(_ purpose: MailToken.Purpose, for owner: Owner?) -> WorkOrder {
        WorkOrder(kind, payload: ["purpose": .string(purpose.rawValue)], owner: owner)
    }

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        guard let owner = item.owner, let purpose = item.payload["purpose"]?.string.flatMap({ MailToken.Purpose(rawValue: $0) }) else {
            return .nothing
        }
        return WorkOutcome { [mails] transaction in
            guard let account = try AccountStore.account(owner, in: transaction), account.isActive else { return .null }
            try mails.post(purpose, to: account, in: transaction)
            return .null
        }
    }
}
