import Platform

/// The SQL of a run over the alerts of all accounts.
extension AlertStore {
    /// An alert that is due, as a run takes it up.
    struct Due: Sendable, Equatable {
        let rowID: Int64
        let id: Identifier
        let owner: Owner
        let name: String
        let criteria: AlertCriteria
        /// Whether its owner wants a mail of this one, where mails of alerts are wanted at all.
        let isMailed: Bool
        /// The newest job of its last run; nil if it was never run.
        let matchedThrough: Int64?
    }

    static let dueAlerts = """
        SELECT rid, id, account_rid, name, matched_through, email_notifications, \(criteriaColumns) FROM job_alerts
        WHERE is_active = 1 AND frequency = $1 AND (last_run IS NULL OR last_run <= $2) AND rid > $3 ORDER BY rid LIMIT $4
        """

    /// Active alerts of a frequency that were never run, or not since `before`, in the order of their numbers from
    /// behind `after`. No more than `limit`, and no more once their keywords take `bytes`.
    static func due(
        _ frequency: JobAlert.Frequency, lastRunBefore before: Timestamp, after: Int64, limit: Int, bytes: Int, in reader: Reader
    ) throws -> [Due] {
        var found: [Due] = []
        var size = 0
        try reader.each(dueAlerts, frequency.rawValue, before, after, limit) { row in
            guard size < bytes else { return }
            let due = Due(
                rowID: try row.int(0), id: try row.id(1), owner: Owner.ofWork(accountRowID: try row.int(2)), name: try row.text(3),
                criteria: try readCriteria(row, from: 6), isMailed: try row.bool(5), matchedThrough: try row.intOrNil(4))
            size += due.criteria.keywords.reduce(due.criteria.location.utf8.count) { $0 + $1.utf8.count }
            found.append(due)
        }
        return found
    }

    /// Notes that an alert was run at that time, against all jobs up to that number. False when it was switched off,
    /// deleted, or run by somebody else since it was read: then what was found for it does not count.
    static func noteRun(_ alert: Due, at time: Timestamp, through job: Int64, in transaction: Transaction) throws -> Bool {
        try transaction.execute(
            """
            UPDATE job_alerts SET last_run = $1, matched_through = $2 WHERE rid = $3 AND is_active = 1 AND matched_through IS $4
            """, time, job, alert.rowID, alert.matchedThrough) == 1
    }

    static let anyImmediate = "SELECT rid FROM job_alerts WHERE is_active = 1 AND frequency = 'immediate' LIMIT 1"

    /// Whether anybody wants to know of new jobs at once.
    static func hasImmediate(in reader: Reader) throws -> Bool { try reader.first(anyImmediate) { _ in true } ?? false }

    // MARK: Jobs

    /// The number of the newest job; 0 when there is none.
    static func newestJob(in reader: Reader) throws -> Int64 { try reader.int("SELECT rid FROM jobs ORDER BY rid DESC LIMIT 1") }

    /// `+ 0`, because for the least of a plain column SQLite walks the jobs from the oldest on until one qualifies.
    static let firstJobSince = "SELECT min(rid + 0) FROM jobs WHERE status = 'active' AND created_at >= $1"

    /// The lowest number of an active job that was added at that time or later; nil when there is none.
    static func firstJob(since time: Timestamp, in reader: Reader) throws -> Int64? {
        try reader.first(firstJobSince, time) { try $0.intOrNil(0) } ?? nil
    }

    static let jobSlice = """
        SELECT rid, id, title, description, location, job_type, experience_level, is_remote, salary_min, salary_max, posted_date,
            created_at, status
        FROM jobs WHERE rid > $1 AND rid <= $2 ORDER BY rid LIMIT $3
        """

    /// Hands the active ones of the next `limit` jobs behind `after` to `body`, one at a time. Returns the number of the
    /// last job that was looked at; nil when there was none left.
    static func eachActiveJob(
        after: Int64, through: Int64, limit: Int, in reader: Reader, _ body: (ScannedJob) throws -> Void
    ) throws -> Int64? {
        var last: Int64?
        // The status is looked at here: asked of the database, it could lead it to another index and a sort.
        try reader.each(jobSlice, after, through, limit) { row in
            last = try row.int(0)
            guard try row.text(12) == "active" else { return }
            try body(
                ScannedJob(
                    rowID: try row.int(0), id: try row.id(1), title: try row.text(2), description: try row.text(3),
                    location: try row.text(4), jobType: try row.text(5), experienceLevel: try row.text(6), isRemote: try row.bool(7),
                    salaryMin: try salary(row, 8), salaryMax: try salary(row, 9), postedDate: try row.timeOrNil(10),
                    createdAt: try row.time(11)))
        }
        return last
    }

    private static func salary(_ row: borrowing Row, _ column: Int) throws -> Int? {
        try row.intOrNil(column).flatMap { $0 > 0 ? Int($0) : nil }
    }
}
