import Platform

/// All SQL over invitations.
enum InvitationStore {
    /// How long an invitation is kept after it has expired, was revoked or used up, so that the operator can see
    /// what became of it.
    static let keptDays = 90

    private static let cleanedAtOnce = 50

    /// Stores a new invitation, and clears away some that were over long ago: more may go than come.
    static func create(_ invitation: Invitation, code: InvitationCode, in transaction: Transaction) throws {
        try transaction.execute(
            """
            DELETE FROM invitations WHERE rid IN (
                SELECT rid FROM invitations WHERE expires_at < $1 OR revoked_at < $1 OR (uses_left = 0 AND used_at < $1)
                ORDER BY rid LIMIT $2)
            """, transaction.now.adding(seconds: -keptDays * 86_400), cleanedAtOnce)
        try transaction.execute(
            """
            INSERT INTO invitations (id, code_hash, email, email_key, note, uses_allowed, uses_left, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8)
            """, invitation.id, code.hash, invitation.email, invitation.email.map(EmailAddress.key), invitation.note,
            invitation.usesLeft, invitation.createdAt, invitation.expiresAt)
    }

    // MARK: Reading

    /// Whether the code would let that address in now. Only `use` decides; this spares the password's hash, which is
    /// expensive, where the answer is no already.
    static func isGood(_ code: InvitationCode, for email: String, at now: Timestamp, in reader: Reader) throws -> Bool {
        try reader.int("SELECT count(*) FROM invitations WHERE \(good)", code.hash, now, EmailAddress.key(email)) == 1
    }

    static func invitation(_ id: Identifier, in reader: Reader) throws -> Invitation? {
        try reader.first("SELECT \(columns) FROM invitations WHERE id = $1", id, map: read)
    }

    /// Every invitation that is kept, the oldest first.
    static func all(in reader: Reader) throws -> [Invitation] {
        try reader.rows("SELECT \(columns) FROM invitations ORDER BY rid", map: read)
    }

    /// The invitations that an account was made with: the last user of each is known.
    static func used(by owner: Owner, in reader: Reader) throws -> [(invitation: Invitation, usedAt: Timestamp?)] {
        try reader.rows("SELECT \(columns), used_at FROM invitations WHERE used_by = $1 ORDER BY rid", owner.rowID) {
            (try read($0), try $0.timeOrNil(7))
        }
    }

    // MARK: Changing

    /// Takes one use of the code for a new account, in the transaction that makes the account; false when it is not
    /// good, or not any more. Asking and taking are one statement, so that no two accounts get the same use.
    static func use(_ code: InvitationCode, by account: Account, in transaction: Transaction) throws -> Bool {
        try transaction.execute(
            "UPDATE invitations SET uses_left = uses_left - 1, used_at = $2, used_by = $4 WHERE \(good)", code.hash, transaction.now,
            EmailAddress.key(account.email), account.rowID) == 1
    }

    static func revoke(_ id: Identifier, in transaction: Transaction) throws {
        try transaction.execute("UPDATE invitations SET revoked_at = $1 WHERE id = $2", transaction.now, id)
    }

    /// Deletes the invitations that hold the address of an account which is about to go.
    static func deleteBound(to owner: Owner, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM invitations WHERE email_key = (SELECT email_key FROM accounts WHERE rid = $1)", owner.rowID)
    }

    // MARK: Rows

    /// The invitation whose code has the hash $1, if at $2 it is good for the address whose key is $3. The empty
    /// address, which stands for one that was refused, is no invitation's.
    private static let good =
        "code_hash = $1 AND uses_left > 0 AND revoked_at IS NULL AND expires_at > $2 AND (email_key IS NULL OR email_key = $3)"

    private static let columns = "id, email, note, created_at, expires_at, uses_left, revoked_at"

    private static func read(_ row: borrowing Row) throws -> Invitation {
        Invitation(
            id: try row.id(0), email: try row.textOrNil(1), note: try row.text(2), createdAt: try row.time(3), expiresAt: try row.time(4),
            usesLeft: Int(try row.int(5)), revokedAt: try row.timeOrNil(6))
    }
}
