import Platform

/// All SQL over accounts.
enum AccountStore {
    /// What an account begins with.
    struct New: Sendable {
        var email: String
        var passwordHash: String
        var firstName = ""
        var lastName = ""
        var isStaff = false
    }

    /// Creates the account and its profile. Throws the field's message when the address has an account.
    static func create(_ new: New, in transaction: Transaction) throws -> Account {
        guard try !isTaken(new.email, in: transaction) else { throw AccountError.emailTaken }
        let account = Account(
            rowID: 0, id: transaction.newIdentifier(), email: EmailAddress.normalized(new.email), firstName: new.firstName,
            lastName: new.lastName, isActive: true, isStaff: new.isStaff, isVerified: false, lastLogin: nil, dateJoined: transaction.now)
        try transaction.execute(
            """
            INSERT INTO accounts
                (id, email, email_key, password_hash, first_name, last_name, is_staff, date_joined, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $8)
            """, account.id, account.email, EmailAddress.key(new.email), new.passwordHash, new.firstName, new.lastName, new.isStaff,
            transaction.now)
        var created = account
        created.rowID = transaction.lastRowID
        try ProfileStore.create(Profile(account: created), in: transaction)
        return created
    }

    // MARK: Reading

    static func isTaken(_ email: String, in reader: Reader) throws -> Bool {
        try reader.int("SELECT count(*) FROM accounts WHERE email_key = $1", EmailAddress.key(email)) > 0
    }

    static func account(_ owner: Owner, in reader: Reader) throws -> Account? { try credentials(of: owner, in: reader)?.account }

    static func account(email: String, in reader: Reader) throws -> Account? { try credentials(email: email, in: reader)?.account }

    static func credentials(of owner: Owner, in reader: Reader) throws -> Credentials? {
        try reader.first("SELECT \(columns) FROM accounts WHERE rid = $1", owner.rowID, map: readCredentials)
    }

    static func credentials(email: String, in reader: Reader) throws -> Credentials? {
        try reader.first("SELECT \(columns) FROM accounts WHERE email_key = $1", EmailAddress.key(email), map: readCredentials)
    }

    /// Every account, the oldest first.
    static func all(in reader: Reader) throws -> [Account] {
        try reader.rows("SELECT \(columns) FROM accounts ORDER BY rid") { try readCredentials($0).account }
    }

    /// Whose accounts have these ids; an id that is no account's is left out.
    static func owners(ids: [Identifier], in reader: Reader) throws -> [Identifier: Owner] {
        var found: [Identifier: Owner] = [:]
        for id in ids {
            found[id] = try reader.first("SELECT rid FROM accounts WHERE id = $1", id) { Owner.ofWork(accountRowID: try $0.int(0)) }
        }
        return found
    }

    /// The next owners of open accounts in the order in which these were made, behind one and not beyond another.
    static func activeOwners(after last: Int64, through end: Int64, limit: Int, in reader: Reader) throws -> [Owner] {
        try reader.rows(
            "SELECT rid FROM accounts WHERE rid > $1 AND rid <= $2 AND is_active = 1 ORDER BY rid LIMIT $3", last, end, limit
        ) { Owner.ofWork(accountRowID: try $0.int(0)) }
    }

    /// The number of the newest account; 0 where there is none.
    static func newestRowID(in reader: Reader) throws -> Int64 { try reader.int("SELECT coalesce(max(rid), 0) FROM accounts") }

    static func count(in reader: Reader) throws -> Int { Int(try reader.int("SELECT count(*) FROM accounts")) }

    // MARK: Changing

    static func setNames(_ account: Account, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE accounts SET first_name = $1, last_name = $2, updated_at = $3 WHERE rid = $4", account.firstName, account.lastName,
            transaction.now, account.rowID)
    }

    /// Stores a new password and ends every login that the old one opened.
    static func setPassword(_ hash: String, of owner: Owner, because reason: LoginStore.EndReason, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE accounts SET password_hash = $1, password_version = password_version + 1, updated_at = $2 WHERE rid = $3
            """, hash, transaction.now, owner.rowID)
        try LoginStore.endAll(of: owner, because: reason, in: transaction)
    }

    /// Notes that mail to the account's address was read.
    static func setVerified(_ owner: Owner, in transaction: Transaction) throws {
        try transaction.execute("UPDATE accounts SET is_verified = 1, updated_at = $1 WHERE rid = $2", transaction.now, owner.rowID)
    }

    /// Notes a login, and replaces the password's hash by a stronger one of the same password where there is one.
    static func noteLogin(_ checked: Credentials, replacement: String?, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE accounts SET last_login = $1, password_hash = coalesce($2, password_hash) WHERE rid = $3", transaction.now,
            replacement, checked.account.rowID)
    }

    /// Opens or closes the account; closing it ends its logins.
    static func setActive(_ isActive: Bool, _ owner: Owner, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE accounts SET is_active = $1, updated_at = $2 WHERE rid = $3", isActive, transaction.now, owner.rowID)
        if !isActive { try LoginStore.endAll(of: owner, because: .accountDisabled, in: transaction) }
    }

    /// Deletes the account with everything that belongs to it: by the schema's cascades, and the answers kept for
    /// repeated requests, the work ordered for it, what it used of the model, and invitations that hold its address.
    /// It orders the work that removes the traces of all this from the database's files.
    static func delete(_ owner: Owner, in transaction: Transaction) throws {
        try InvitationStore.deleteBound(to: owner, in: transaction)
        try transaction.execute("DELETE FROM idempotency_keys WHERE account_rid = $1", owner.rowID)
        try WorkTable.deleteAll(of: owner, in: transaction)
        try TokenLedger.deleteAll(of: owner, in: transaction)
        // Theirs would go by a cascade, but jobs count them.
        try ApplicationStore.deleteAll(of: owner, in: transaction)
        // These too, but whoever has their vectors in memory must hear of it.
        try PassageStore.removeAll(of: owner, in: transaction)
        try transaction.execute("DELETE FROM accounts WHERE rid = $1", owner.rowID)
        try transaction.enqueue(AccountScrub.order(in: transaction))
        transaction.emit(LoginsEnded(owner: owner))
        transaction.emit(AccountDeleted(owner: owner))
    }

    // MARK: Rows

    private static let columns =
        "rid, id, email, first_name, last_name, is_active, is_staff, is_verified, last_login, date_joined, password_hash, password_version"

    private static func readCredentials(_ row: borrowing Row) throws -> Credentials {
        Credentials(
            account: Account(
                rowID: try row.int(0), id: try row.id(1), email: try row.text(2), firstName: try row.text(3), lastName: try row.text(4),
                isActive: try row.bool(5), isStaff: try row.bool(6), isVerified: try row.bool(7), lastLogin: try row.timeOrNil(8),
                dateJoined: try row.time(9)),
            passwordHash: try row.text(10), passwordVersion: try row.int(11))
    }
}
