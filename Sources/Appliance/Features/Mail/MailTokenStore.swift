import Platform

/// All SQL over the tokens of mails.
enum MailTokenStore {
    private static let cleanedAtOnce = 50

    /// Makes a token for the account as it is now; nil when it has had its number within the hour. Clears away some that
    /// are over: as many may go as can come.
    static func create(
        _ purpose: MailToken.Purpose, for account: Account, key: MailTokenKey, in transaction: Transaction
    ) throws -> MailToken? {
        let now = transaction.now
        _ = try clean(limit: cleanedAtOnce, in: transaction)
        let recent = try transaction.int(
            "SELECT count(*) FROM mail_tokens WHERE account_rid = $1 AND purpose = $2 AND created_at > $3", account.rowID,
            purpose.rawValue, now.adding(seconds: -3600))
        guard recent < MailToken.mostPerHour else { return nil }
        let seed = transaction.random.bytes(32)
        let expiresAt = now.adding(seconds: purpose.lifetimeMinutes * 60)
        try transaction.execute(
            """
            INSERT INTO mail_tokens (account_rid, purpose, seed, hash, email_key, password_version, created_at, expires_at)
            SELECT rid, $2, $3, $4, email_key, password_version, $5, $6 FROM accounts WHERE rid = $1
            """, account.rowID, purpose.rawValue, seed, MailToken.hash(key.text(purpose, seed: seed)), now, expiresAt)
        return MailToken(rowID: transaction.lastRowID, purpose: purpose, seed: seed, expiresAt: expiresAt)
    }

    /// Deletes some that are over, whoever's they are, and returns how many. They stay an hour longer than they are good: so
    /// many are counted.
    static func clean(limit: Int, in transaction: Transaction) throws -> Int {
        try transaction.execute(
            "DELETE FROM mail_tokens WHERE rid IN (SELECT rid FROM mail_tokens WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
            transaction.now.adding(seconds: -3600), limit)
    }

    /// Whose token it is, if it is one of this purpose, of this time, and neither address nor password nor the account's
    /// being open has changed since.
    static func owner(ofToken text: String, _ purpose: MailToken.Purpose, at now: Timestamp, in reader: Reader) throws -> Owner? {
        try reader.first(
            """
            SELECT a.rid FROM mail_tokens t JOIN accounts a ON a.rid = t.account_rid
            WHERE t.hash = $1 AND t.purpose = $2 AND t.expires_at > $3 AND a.email_key = t.email_key
                AND a.password_version = t.password_version AND a.is_active = 1
            """, MailToken.hash(text), purpose.rawValue, now
        ) { Owner.ofWork(accountRowID: try $0.int(0)) }
    }

    /// Uses the token up, and with it all others of its purpose: nil when it is not good, or not any more.
    static func use(_ text: String, _ purpose: MailToken.Purpose, in transaction: Transaction) throws -> Owner? {
        guard let owner = try owner(ofToken: text, purpose, at: transaction.now, in: transaction) else { return nil }
        try transaction.execute("DELETE FROM mail_tokens WHERE account_rid = $1 AND purpose = $2", owner.rowID, purpose.rawValue)
        return owner
    }

    static func token(_ rowID: Int64, in reader: Reader) throws -> MailToken? {
        try reader.first("SELECT rid, purpose, seed, expires_at FROM mail_tokens WHERE rid = $1", rowID) { row in
            guard let purpose = MailToken.Purpose(rawValue: try row.text(1)) else { throw StorageError.unexpectedValue(column: 1) }
            return MailToken(rowID: try row.int(0), purpose: purpose, seed: try row.blob(2), expiresAt: try row.time(3))
        }
    }

    // MARK: The instance's key

    static func key(_ name: String, in reader: Reader) throws -> [UInt8]? {
        let found = try reader.first("SELECT value FROM instance WHERE key = $1", name) { Hex.decode(try $0.text(0)) }
        return found ?? nil
    }

    static func setKey(_ key: [UInt8], _ name: String, in transaction: Transaction) throws {
        try transaction.execute("INSERT INTO instance (key, value) VALUES ($1, $2)", name, Hex.encode(key))
    }
}
