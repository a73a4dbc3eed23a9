import Platform

/// All SQL over violations of the content guidelines.
enum ModerationStore {
    /// How many of one account are kept, the newest, so that nobody can fill the disk with them.
    static let keptPerAccount = 1000

    static func add(_ target: ModerationTarget, categories: [String], of owner: Owner, in transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO moderation_violations (account_rid, direction, categories, created_at) VALUES ($1, $2, $3, $4)", owner.rowID,
            target.rawValue, JSONValue.list(categories).jsonText, transaction.now)
        // Without that many there is no such row, and nothing is at or below NULL.
        try transaction.execute(
            """
            DELETE FROM moderation_violations WHERE account_rid = $1 AND rid <= (
                SELECT rid FROM moderation_violations WHERE account_rid = $1 ORDER BY rid DESC LIMIT 1 OFFSET $2
            )
            """, owner.rowID, keptPerAccount)
    }

    /// How often the account violated the guidelines since then, the model's answers to it included; at most
    /// `keptPerAccount`.
    static func count(of owner: Owner, since: Timestamp, in reader: Reader) throws -> Int {
        Int(
            try reader.int(
                "SELECT count(*) FROM moderation_violations WHERE account_rid = $1 AND created_at >= $2", owner.rowID, since))
    }

    /// The kept violations of one account, by whose text it was.
    static func totals(of owner: Owner, in reader: Reader) throws -> [ModerationTarget: Int] {
        let rows = try reader.rows(
            "SELECT direction, count(*) FROM moderation_violations WHERE account_rid = $1 GROUP BY direction", owner.rowID
        ) { row in
            guard let target = ModerationTarget(rawValue: try row.text(0)) else { throw StorageError.unexpectedValue(column: 0) }
            return (target, Int(try row.int(1)))
        }
        return Dictionary(rows) { $0 + $1 }
    }

    /// The kept violations of all accounts together, by whose text it was. It reads the whole table.
    static func totals(in reader: Reader) throws -> [ModerationTarget: Int] {
        let rows = try reader.rows("SELECT direction, count(*) FROM moderation_violations GROUP BY direction") { row in
            guard let target = ModerationTarget(rawValue: try row.text(0)) else { throw StorageError.unexpectedValue(column: 0) }
            return (target, Int(try row.int(1)))
        }
        return Dictionary(rows) { $0 + $1 }
    }
}
