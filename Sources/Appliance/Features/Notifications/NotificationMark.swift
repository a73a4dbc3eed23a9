import Platform

/// How far an account has been told of a matter, so that nothing of it is told twice.
enum NotificationMark: String, Sendable, CaseIterable {
    /// The number of the newest recommendation.
    case recommendations
    /// The moment of the last summary of a week, in microseconds.
    case week
}

/// All SQL over marks. They go with their account.
enum NotificationMarkStore {
    static func mark(_ matter: NotificationMark, of owner: Owner, in reader: Reader) throws -> Int64? {
        try reader.first("SELECT mark FROM notification_marks WHERE account_rid = $1 AND matter = $2", owner.rowID, matter.rawValue) {
            try $0.int(0)
        }
    }

    static func set(_ mark: Int64, _ matter: NotificationMark, of owner: Owner, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO notification_marks (account_rid, matter, mark) VALUES ($1, $2, $3)
            ON CONFLICT (account_rid, matter) DO UPDATE SET mark = excluded.mark
            """, owner.rowID, matter.rawValue, mark)
    }
}
