import Platform

/// All SQL over notifications that wait for a digest. They go with their notification, and with their account.
enum DigestStore {
    /// As much of one as decides whether it is told.
    struct Waiting: Sendable, Equatable {
        let rowID: Int64
        let kind: Notification.Kind
        let isRead: Bool
    }

    static func add(_ notification: Notification, of owner: Owner, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO digest_notifications (notification_rid, account_rid, added_at) VALUES ($1, $2, $3)
            ON CONFLICT (notification_rid) DO NOTHING
            """, notification.rowID, owner.rowID, transaction.now)
    }

    static func isWaiting(of owner: Owner, in reader: Reader) throws -> Bool {
        try reader.first("SELECT 1 FROM digest_notifications WHERE account_rid = $1 LIMIT 1", owner.rowID) { _ in true } ?? false
    }

    static func isWaiting(_ notification: Notification, in reader: Reader) throws -> Bool {
        try reader.int("SELECT count(*) FROM digest_notifications WHERE notification_rid = $1", notification.rowID) > 0
    }

    static let waiting = """
        SELECT notifications.rid, notifications.kind, notifications.is_read
        FROM digest_notifications JOIN notifications ON notifications.rid = notification_rid
        WHERE digest_notifications.account_rid = $1 ORDER BY notification_rid DESC
        """

    /// All that waits for an account's digest, the newest first; the list is empty afterwards. They are no more than an account
    /// has notifications.
    static func take(of owner: Owner, in transaction: Transaction) throws -> [Waiting] {
        let found = try transaction.rows(waiting, owner.rowID) { row in
            guard let kind = Notification.Kind(rawValue: try row.text(1)) else { throw StorageError.unexpectedValue(column: 1) }
            return Waiting(rowID: try row.int(0), kind: kind, isRead: try row.bool(2))
        }
        try transaction.execute("DELETE FROM digest_notifications WHERE account_rid = $1", owner.rowID)
        return found
    }

    static let cleaning = """
        DELETE FROM digest_notifications WHERE notification_rid IN (
            SELECT notification_rid FROM digest_notifications WHERE added_at < $1 ORDER BY added_at LIMIT $2)
        """

    /// Deletes some of what waits since before then, whoever's it is, and returns how many: a digest that was called off is
    /// ordered again with the next notification, and is not to bring up what is long past.
    static func clean(before moment: Timestamp, limit: Int, in transaction: Transaction) throws -> Int {
        try transaction.execute(cleaning, moment, limit)
    }
}
