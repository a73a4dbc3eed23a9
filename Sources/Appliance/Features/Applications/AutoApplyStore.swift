import Platform

/// All SQL over orders of automatic applications.
enum AutoApplyStore {
    static func add(_ job: Identifier, task: Identifier, of owner: Owner, in transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO auto_apply_orders (account_rid, job_id, task_id, ordered_at) VALUES ($1, $2, $3, $4)", owner.rowID, job, task,
            transaction.now)
    }

    /// How many an account has ordered on the day of `time`, whatever has become of them.
    static func count(of owner: Owner, onDayOf time: Timestamp, in reader: Reader) throws -> Int {
        Int(try reader.int(countQuery, owner.rowID, ApplicationDay.start(of: time), ApplicationDay.end(of: time)))
    }

    static let countQuery =
        "SELECT count(*) FROM auto_apply_orders WHERE account_rid = $1 AND ordered_at >= $2 AND ordered_at < $3"
}

extension JobStore {
    /// Whether a job can be applied to: it is active, and its deadline has not passed.
    static func takesApplications(_ job: JobListItem, at now: Timestamp, in reader: Reader) throws -> Bool {
        try reader.int(
            "SELECT count(*) FROM jobs WHERE rid = $1 AND status = 'active' AND (application_deadline IS NULL OR application_deadline >= $2)",
            job.rowID, now) > 0
    }
}

extension AutoApplyStore {
    /// Every order of an account, the oldest first.
    static func each(of owner: Owner, in reader: Reader, _ body: (_ job: Identifier, _ orderedAt: Timestamp) throws -> Void) throws {
        try reader.each("SELECT job_id, ordered_at FROM auto_apply_orders WHERE account_rid = $1 ORDER BY ordered_at, rid", owner.rowID) {
            try body(try $0.id(0), try $0.time(1))
        }
    }
}
