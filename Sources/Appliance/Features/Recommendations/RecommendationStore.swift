import Platform

/// All SQL over recommendations. Every function that reaches a row of an account demands its `Owner`.
enum RecommendationStore {
    typealias Status = RecommendedJob.Status

    // MARK: Reading

    /// The owner's, the best first and the newest of those; nil for `statuses` asks for all.
    static func recommendations(
        of owner: Owner, statuses: [Status]?, limit: Int, offset: Int, in reader: Reader
    ) throws -> [RecommendedJob] {
        let (filter, words) = filter(statuses, from: 4)
        return try reader.rows(page(filter), arguments: [owner.rowID, limit, offset] + words, map: read)
    }

    static func count(of owner: Owner, statuses: [Status]?, in reader: Reader) throws -> Int {
        let (filter, words) = filter(statuses, from: 2)
        return Int(
            try reader.int("SELECT count(*) FROM recommended_jobs WHERE account_rid = $1 \(filter)", arguments: [owner.rowID] + words))
    }

    static func recommendation(_ id: Identifier, of owner: Owner, in reader: Reader) throws -> RecommendedJob? {
        try reader.first("\(selection) WHERE recommended_jobs.id = $1 AND account_rid = $2", id, owner.rowID, map: read)
    }

    /// How many recommendations an account has.
    struct Counts: Sendable, Equatable {
        var total = 0
        var pending = 0
        var viewed = 0
        var dismissed = 0
        /// When the last of them was made or changed.
        var lastUpdated: Timestamp?
    }

    static func counts(of owner: Owner, in reader: Reader) throws -> Counts {
        var counts = Counts()
        try reader.each(
            "SELECT status, count(*), max(updated_at) FROM recommended_jobs WHERE account_rid = $1 GROUP BY status", owner.rowID
        ) { row in
            let number = Int(try row.int(1))
            counts.total += number
            switch Status(rawValue: try row.text(0)) {
            case .pendingReview: counts.pending += number
            case .viewed: counts.viewed += number
            case .dismissed: counts.dismissed += number
            default: break
            }
            let updated = try row.time(2)
            counts.lastUpdated = max(counts.lastUpdated ?? updated, updated)
        }
        return counts
    }

    /// How many there are of all accounts.
    static func count(in reader: Reader) throws -> Int64 { try reader.int("SELECT count(*) FROM recommended_jobs") }

    /// The numbers of the jobs on which the owner has decided: they do not come back.
    static func settledJobs(of owner: Owner, in reader: Reader) throws -> Set<Int64> {
        let (filter, words) = filter(Status.allCases.filter { !$0.isOpen }, from: 2)
        return Set(
            try reader.rows("SELECT job_rid FROM recommended_jobs WHERE account_rid = $1 \(filter)", arguments: [owner.rowID] + words) {
                try $0.int(0)
            })
    }

    // MARK: Changing

    static func setStatus(
        _ status: Status, of recommendation: RecommendedJob, owner: Owner, in transaction: Transaction
    ) throws -> RecommendedJob {
        try transaction.execute(
            "UPDATE recommended_jobs SET status = $1, updated_at = $2 WHERE rid = $3 AND account_rid = $4", status.rawValue,
            transaction.now, recommendation.rowID, owner.rowID)
        var stored = recommendation
        stored.status = status
        stored.updatedAt = transaction.now
        return stored
    }

    /// What `put` left.
    struct Put: Sendable, Equatable {
        let id: Identifier
        let isNew: Bool
    }

    /// Recommends a job, or gives an open recommendation of it the new score and makes it pending again. Nil, and
    /// nothing done, when the owner has decided on it by now, or the job is gone or closed.
    static func put(
        _ score: MatchScore, version: String, job: Int64, for owner: Owner, in transaction: Transaction
    ) throws -> Put? {
        let reasons = JSONValue.array(score.reasons.map(\.json)).jsonText
        let known = try transaction.first(
            "SELECT id, status FROM recommended_jobs WHERE account_rid = $1 AND job_rid = $2", owner.rowID, job
        ) { (id: try $0.id(0), status: Status(rawValue: try $0.text(1))) }
        if let known {
            guard known.status?.isOpen == true else { return nil }
            try transaction.execute(
                """
                UPDATE recommended_jobs SET score = $1, status = $2, algorithm_version = $3, reasons = $4, recommended_at = $5,
                    updated_at = $5 WHERE account_rid = $6 AND job_rid = $7
                """, score.value, Status.pendingReview.rawValue, version, reasons, transaction.now, owner.rowID, job)
            return Put(id: known.id, isNew: false)
        }
        let id = transaction.newIdentifier()
        let added = try transaction.execute(
            """
            INSERT INTO recommended_jobs
                (id, account_rid, job_rid, score, status, algorithm_version, reasons, recommended_at, updated_at)
            SELECT $1, $2, rid, $3, $4, $5, $6, $7, $7 FROM jobs WHERE rid = $8 AND status = 'active'
            """, id, owner.rowID, score.value, Status.pendingReview.rawValue, version, reasons, transaction.now, job)
        return added == 1 ? Put(id: id, isNew: true) : nil
    }

    // MARK: Rows

    static func page(_ filter: String) -> String {
        """
        \(selection) WHERE account_rid = $1 \(filter)
        ORDER BY score DESC, recommended_at DESC, recommended_jobs.rid DESC LIMIT $2 OFFSET $3
        """
    }

    /// A condition for these statuses, whose parameters begin at `first`, and their arguments.
    static func filter(_ statuses: [Status]?, from first: Int) -> (condition: String, arguments: [(any SQLBindable)?]) {
        guard let statuses else { return ("", []) }
        let places = statuses.indices.map { "$\($0 + first)" }.joined(separator: ", ")
        return ("AND recommended_jobs.status IN (\(places))", statuses.map(\.rawValue))
    }

    private static let selection = """
        SELECT recommended_jobs.rid, recommended_jobs.id, score, recommended_jobs.status, algorithm_version, reasons, recommended_at, \
        recommended_jobs.updated_at, \(JobStore.listColumns) \
        FROM recommended_jobs JOIN jobs ON jobs.rid = recommended_jobs.job_rid
        """

    private static func read(_ row: borrowing Row) throws -> RecommendedJob {
        guard let status = Status(rawValue: try row.text(3)) else { throw StorageError.unexpectedValue(column: 3) }
        return RecommendedJob(
            rowID: try row.int(0), id: try row.id(1), job: try JobStore.readListItem(row, from: 8), score: try row.double(2),
            status: status, algorithmVersion: try row.textOrNil(4), reasons: try row.text(5), recommendedAt: try row.time(6),
            updatedAt: try row.time(7))
    }
}
