import Platform

/// All SQL over saved jobs. Every function that reaches a row demands its `Owner`.
enum SavedJobStore {
    /// Saves a job; false when the account has saved it already, and then nothing changes.
    static func save(_ jobRowID: Int64, category: String, notes: String, of owner: Owner, in transaction: Transaction) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO saved_jobs (id, account_rid, job_rid, category, notes, created_at) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (account_rid, job_rid) DO NOTHING
            """, transaction.newIdentifier(), owner.rowID, jobRowID, category, notes, transaction.now) == 1
    }

    /// Takes a job off the account's list; false when it is not on it.
    static func unsave(_ jobRowID: Int64, of owner: Owner, in transaction: Transaction) throws -> Bool {
        try transaction.execute("DELETE FROM saved_jobs WHERE account_rid = $1 AND job_rid = $2", owner.rowID, jobRowID) == 1
    }

    static func saved(_ id: Identifier, of owner: Owner, in reader: Reader) throws -> SavedJob? {
        try reader.first("\(selection) WHERE saved_jobs.id = $1 AND saved_jobs.account_rid = $2", id, owner.rowID, map: read)
    }

    static func update(_ saved: SavedJob, of owner: Owner, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE saved_jobs SET category = $1, notes = $2 WHERE rid = $3 AND account_rid = $4", saved.category, saved.notes, saved.rowID,
            owner.rowID)
    }

    static func delete(_ id: Identifier, of owner: Owner, in transaction: Transaction) throws -> Bool {
        try transaction.execute("DELETE FROM saved_jobs WHERE id = $1 AND account_rid = $2", id, owner.rowID) == 1
    }

    static func count(of owner: Owner, category: String?, in reader: Reader) throws -> Int {
        let (condition, arguments) = filter(owner, category)
        return Int(try reader.int("SELECT count(*) FROM saved_jobs WHERE \(condition)", arguments: arguments))
    }

    /// What was saved last comes first.
    static func list(of owner: Owner, category: String?, limit: Int, offset: Int, in reader: Reader) throws -> [SavedJob] {
        let (condition, arguments) = filter(owner, category)
        return try reader.rows(
            """
            \(selection) WHERE \(condition)
            ORDER BY saved_jobs.rid DESC LIMIT $\(arguments.count + 1) OFFSET $\(arguments.count + 2)
            """, arguments: arguments + [limit, offset], map: read)
    }

    // MARK: Parts

    private static func filter(_ owner: Owner, _ category: String?) -> (String, [(any SQLBindable)?]) {
        guard let category else { return ("saved_jobs.account_rid = $1", [owner.rowID]) }
        return ("saved_jobs.account_rid = $1 AND saved_jobs.category = $2", [owner.rowID, category])
    }

    private static let selection = """
        SELECT saved_jobs.rid, saved_jobs.id, saved_jobs.category, saved_jobs.notes, saved_jobs.created_at, accounts.id, \
        \(JobStore.listColumns) FROM saved_jobs JOIN accounts ON accounts.rid = saved_jobs.account_rid \
        JOIN jobs ON jobs.rid = saved_jobs.job_rid
        """

    private static func read(_ row: borrowing Row) throws -> SavedJob {
        SavedJob(
            rowID: try row.int(0), id: try row.id(1), job: try JobStore.readListItem(row, from: 6), category: try row.text(2),
            notes: try row.text(3), createdAt: try row.time(4), user: try row.id(5))
    }
}
