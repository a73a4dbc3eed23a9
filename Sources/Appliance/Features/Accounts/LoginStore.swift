import Platform

/// All SQL over logins.
enum LoginStore {
    /// Why a login is over, for whoever reads the table.
    enum EndReason: String, Sendable {
        case logout
        /// A refresh token was used that had been exchanged before: one of its two users has stolen it.
        case reuse
        case passwordChanged = "password_changed"
        case passwordReset = "password_reset"
        case accountDisabled = "account_disabled"
    }

    /// A login that has not ended, with what a request or a refresh asks of it.
    struct Live: Sendable {
        var account: Account
        var refreshHash: [UInt8]
    }

    /// Most that `list` gives; one account has as many logins as it has entered its password.
    static let listLimit = 200

    private static let cleanedAtOnce = 50

    /// Stores a new login, and clears away some whose last token has expired: as many may go as can come.
    static func create(
        _ id: Identifier, of owner: Owner, tokens: TokenPair, client: LoginClient, in transaction: Transaction
    ) throws {
        _ = try clean(limit: cleanedAtOnce, in: transaction)
        try transaction.execute(
            """
            INSERT INTO logins (id, account_rid, refresh_hash, client_address, user_agent, created_at, last_used_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $6, $7)
            """, id, owner.rowID, tokens.refreshHash, client.address, client.userAgent, transaction.now, tokens.expiresAt)
    }

    /// Deletes some logins whose last token has expired, and returns how many.
    static func clean(limit: Int, in transaction: Transaction) throws -> Int {
        try transaction.execute(
            "DELETE FROM logins WHERE rid IN (SELECT rid FROM logins WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
            transaction.now, limit)
    }

    /// The login if it has not ended; nil also for one that is gone with its account.
    ///
    /// Every request with a token asks this, and asks the table each time: what a commit has ended is ended for
    /// the next request, with no cache in between.
    static func live(_ id: Identifier, in reader: Reader) throws -> Live? {
        try reader.first(
            """
            SELECT a.rid, a.id, a.email, a.first_name, a.last_name, a.is_active, a.is_staff, a.is_verified, a.last_login,
                a.date_joined, l.refresh_hash
            FROM logins l JOIN accounts a ON a.rid = l.account_rid WHERE l.id = $1 AND l.ended_at IS NULL
            """, id
        ) { row in
            Live(
                account: Account(
                    rowID: try row.int(0), id: try row.id(1), email: try row.text(2), firstName: try row.text(3),
                    lastName: try row.text(4), isActive: try row.bool(5), isStaff: try row.bool(6), isVerified: try row.bool(7),
                    lastLogin: try row.timeOrNil(8), dateJoined: try row.time(9)),
                refreshHash: try row.blob(10))
        }
    }

    /// Puts newer tokens in the place of the ones that the login had.
    static func renew(_ id: Identifier, tokens: TokenPair, client: LoginClient, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE logins SET refresh_hash = $1, last_used_at = $2, expires_at = max(expires_at, $3), client_address = $4, user_agent = $5
            WHERE id = $6
            """, tokens.refreshHash, transaction.now, tokens.expiresAt, client.address, client.userAgent, id)
    }

    /// Those of the owner's logins that can still be used, the last used first.
    static func list(of owner: Owner, at now: Timestamp, in reader: Reader) throws -> [Login] {
        try reader.rows(
            """
            SELECT id, created_at, last_used_at, client_address, user_agent FROM logins
            WHERE account_rid = $1 AND ended_at IS NULL AND expires_at > $2 ORDER BY last_used_at DESC, rid DESC LIMIT $3
            """, owner.rowID, now, listLimit
        ) { row in
            Login(
                id: try row.id(0), createdAt: try row.time(1), lastUsedAt: try row.time(2),
                client: LoginClient(address: try row.text(3), userAgent: try row.text(4)))
        }
    }

    /// Every login that is still known, the oldest first, with when and why it ended.
    static func each(of owner: Owner, in reader: Reader, body: (Login, Timestamp?, String?) throws -> Void) throws {
        try reader.each(
            """
            SELECT id, created_at, last_used_at, client_address, user_agent, ended_at, ended_because FROM logins
            WHERE account_rid = $1 ORDER BY rid
            """, owner.rowID
        ) { row in
            let client = LoginClient(address: try row.text(3), userAgent: try row.text(4))
            let login = Login(id: try row.id(0), createdAt: try row.time(1), lastUsedAt: try row.time(2), client: client)
            try body(login, try row.timeOrNil(5), try row.textOrNil(6))
        }
    }

    /// How many accounts entered their password or exchanged a token since then. It goes through all logins.
    static func activeAccounts(since moment: Timestamp, in reader: Reader) throws -> Int {
        Int(try reader.int("SELECT count(DISTINCT account_rid) FROM logins WHERE last_used_at >= $1", moment))
    }

    /// Ends one login; false when the owner has no such login, or it has ended before.
    @discardableResult
    static func end(_ id: Identifier, of owner: Owner, because reason: EndReason, in transaction: Transaction) throws -> Bool {
        let changed = try transaction.execute(
            "UPDATE logins SET ended_at = $1, ended_because = $2 WHERE id = $3 AND account_rid = $4 AND ended_at IS NULL",
            transaction.now, reason.rawValue, id, owner.rowID)
        guard changed == 1 else { return false }
        transaction.emit(LoginEnded(login: id))
        return true
    }

    static func endAll(of owner: Owner, because reason: EndReason, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE logins SET ended_at = $1, ended_because = $2 WHERE account_rid = $3 AND ended_at IS NULL", transaction.now,
            reason.rawValue, owner.rowID)
        transaction.emit(LoginsEnded(owner: owner))
    }
}
