import Platform

/// What a link in a mail proves: that whoever brings it has read mail to an account's address.
struct MailToken: Sendable, Equatable {
    enum Purpose: String, Sendable, CaseIterable {
        case passwordReset = "password_reset"
        case emailVerification = "email_verification"

        var lifetimeMinutes: Int {
            switch self {
            case .passwordReset: 30
            case .emailVerification: 60
            }
        }
    }

    /// How many of one purpose an account gets within an hour, whoever asks for them.
    static let mostPerHour = 3

    let rowID: Int64
    let purpose: Purpose
    let seed: [UInt8]
    let expiresAt: Timestamp

    /// What is stored of a token: enough to know it again, not enough to use it.
    static func hash(_ text: String) -> [UInt8] { SHA256.hash(Array(text.utf8)) }
}

/// Makes the texts of tokens, which are kept nowhere: each follows from its row's seed and a key of this instance.
///
/// So a mail that is tried again carries the same link, and neither the table of mails nor what the staff sees of it
/// opens anything.
struct MailTokenKey: Sendable {
    private static let name = "mail_token_key"
    private static let longest = 64

    private let key: [UInt8]

    init(_ key: [UInt8]) { self.key = key }

    /// Loads the key; the first start makes it.
    static func open(_ database: Database) async throws -> MailTokenKey {
        try await database.write { transaction in
            if let key = try MailTokenStore.key(name, in: transaction) { return MailTokenKey(key) }
            let key = transaction.random.bytes(32)
            try MailTokenStore.setKey(key, name, in: transaction)
            return MailTokenKey(key)
        }
    }

    func text(_ purpose: MailToken.Purpose, seed: [UInt8]) -> String {
        Base64URL.encode(HMACSHA256.tag(key: key, message: Array("token/\(purpose.rawValue)/".utf8) + seed))
    }

    func text(of token: MailToken) -> String { text(token.purpose, seed: token.seed) }

    // MARK: Calling digests off

    /// What a digest's link carries. It is good for as long as the account is there, and does one thing only.
    func unsubscribe(_ account: Identifier) -> String { Base64URL.encode(account.bytes + tag(account)) }

    /// Whose link it is; nil for a text that was not made here.
    func account(ofUnsubscribe text: String) -> Identifier? {
        guard text.utf8.count <= Self.longest, let bytes = Base64URL.decode(text), bytes.count == 32,
            let account = Identifier(bytes: Array(bytes[..<16])), constantTimeEqual(Array(bytes[16...]), tag(account))
        else { return nil }
        return account
    }

    private func tag(_ account: Identifier) -> [UInt8] {
        Array(HMACSHA256.tag(key: key, message: Array("unsubscribe/digest/".utf8) + account.bytes)[..<16])
    }
}
