import Platform

/// All SQL over targets.
enum TargetStore {
    static func create(_ target: NotificationTarget, _ keys: TargetKeys, of owner: Owner, in transaction: Transaction) throws {
        guard try count(of: owner, in: transaction) < NotificationTarget.mostPerAccount else { throw TargetError.tooMany }
        try transaction.execute(
            """
            INSERT INTO notification_targets (id, account_rid, kind, name, url, is_enabled, secret, token, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """, target.id, owner.rowID, target.kind.rawValue, target.name, target.url, target.isEnabled, keys.secret, keys.token,
            target.createdAt)
    }

    // MARK: Reading

    static func target(_ id: Identifier, of owner: Owner, in reader: Reader) throws -> NotificationTarget? {
        try reader.first("SELECT \(columns) FROM notification_targets WHERE id = $1 AND account_rid = $2", id, owner.rowID, map: read)
    }

    /// The oldest first. There are few, so they come all at once.
    static func list(of owner: Owner, in reader: Reader) throws -> [NotificationTarget] {
        try reader.rows("SELECT \(columns) FROM notification_targets WHERE account_rid = $1 ORDER BY rid", owner.rowID, map: read)
    }

    static func count(of owner: Owner, in reader: Reader) throws -> Int {
        Int(try reader.int("SELECT count(*) FROM notification_targets WHERE account_rid = $1", owner.rowID))
    }

    static func keys(of target: NotificationTarget, in reader: Reader) throws -> TargetKeys {
        try reader.first(
            "SELECT secret, previous_secret, previous_until, token FROM notification_targets WHERE rid = $1", target.rowID
        ) { row in
            TargetKeys(
                secret: try row.blobOrNil(0), previousSecret: try row.blobOrNil(1), previousUntil: try row.timeOrNil(2),
                token: try row.textOrNil(3))
        } ?? TargetKeys()
    }

    // MARK: Changing

    /// Writes down all of a target that can change.
    static func set(_ target: NotificationTarget, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE notification_targets SET name = $1, url = $2, is_enabled = $3, failing_since = $4, last_failure_at = $5,
                disabled_at = $6, disabled_reason = $7, last_success_at = $8 WHERE rid = $9
            """, target.name, target.url, target.isEnabled, target.failingSince, target.lastFailureAt, target.disabledAt,
            target.disabledReason?.rawValue, target.lastSuccessAt, target.rowID)
    }

    static func setKeys(_ keys: TargetKeys, of target: NotificationTarget, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE notification_targets SET secret = $1, previous_secret = $2, previous_until = $3, token = $4 WHERE rid = $5",
            keys.secret, keys.previousSecret, keys.previousUntil, keys.token, target.rowID)
    }

    /// False when the owner has none of that id. Its part of the log of deliveries goes with it.
    static func delete(_ id: Identifier, of owner: Owner, in transaction: Transaction) throws -> Bool {
        try transaction.execute("DELETE FROM notification_targets WHERE id = $1 AND account_rid = $2", id, owner.rowID) == 1
    }

    /// Forgets some secrets that sign no more, whoever's they are, and returns how many.
    static func forgetOldSecrets(limit: Int, in transaction: Transaction) throws -> Int {
        try transaction.execute(
            """
            UPDATE notification_targets SET previous_secret = NULL, previous_until = NULL WHERE rid IN (
                SELECT rid FROM notification_targets WHERE previous_until <= $1 ORDER BY previous_until LIMIT $2)
            """, transaction.now, limit)
    }

    // MARK: Rows

    private static let columns =
        "rid, id, kind, name, url, is_enabled, created_at, failing_since, last_failure_at, disabled_at, disabled_reason, last_success_at"

    private static func read(_ row: borrowing Row) throws -> NotificationTarget {
        guard let kind = NotificationTarget.Kind(rawValue: try row.text(2)) else { throw StorageError.unexpectedValue(column: 2) }
        let reason = try row.textOrNil(10).map { text in
            guard let reason = NotificationTarget.DisabledReason(rawValue: text) else { throw StorageError.unexpectedValue(column: 10) }
            return reason
        }
        return NotificationTarget(
            rowID: try row.int(0), id: try row.id(1), kind: kind, name: try row.text(3), url: try row.text(4),
            isEnabled: try row.bool(5), createdAt: try row.time(6), failingSince: try row.timeOrNil(7),
            lastFailureAt: try row.timeOrNil(8), disabledAt: try row.timeOrNil(9), disabledReason: reason,
            lastSuccessAt: try row.timeOrNil(11))
    }
}
