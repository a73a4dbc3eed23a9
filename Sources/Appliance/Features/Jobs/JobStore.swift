import Platform

/// All SQL over the rows of jobs. What lists and searches read beside them is kept in step by `JobIndex`, in the same
/// transaction as every change.
enum JobStore {
    enum Outcome: Sendable { case created, updated, unchanged }

    /// What became of a job that came in, and the job as it is stored.
    struct Placement: Sendable {
        let outcome: Outcome
        let job: Job
    }

    // MARK: Reading

    /// A job as it stands at `now`, for whether it is expired.
    static func job(_ id: Identifier, at now: Timestamp, in reader: Reader) throws -> Job? {
        try reader.first("SELECT \(storedColumns) FROM jobs WHERE id = $1", id) { try read($0, at: now) }
    }

    static func job(rowID: Int64, at now: Timestamp, in reader: Reader) throws -> Job? {
        try reader.first("SELECT \(storedColumns) FROM jobs WHERE rid = $1", rowID) { try read($0, at: now) }
    }

    /// All jobs after one, in the order in which they came in: for exports.
    static func each(after rowID: Int64, at now: Timestamp, in reader: Reader, body: (Job) throws -> Void) throws {
        try reader.each("SELECT \(storedColumns) FROM jobs WHERE rid > $1 ORDER BY rid", rowID) { try body(read($0, at: now)) }
    }

    static func rowID(_ id: Identifier, in reader: Reader) throws -> Int64? {
        try reader.first("SELECT rid FROM jobs WHERE id = $1", id) { try $0.int(0) }
    }

    static func count(in reader: Reader) throws -> Int64 { try reader.int("SELECT count(*) FROM jobs") }

    static func activeRowIDs(in reader: Reader) throws -> [Int64] {
        try reader.rows("SELECT rid FROM jobs WHERE status = 'active' ORDER BY rid") { try $0.int(0) }
    }

    // MARK: Writing

    /// Creates the job, or updates the one that it is; see `place`.
    @discardableResult
    static func upsert(_ job: Job, in transaction: Transaction) throws -> Outcome { try place(job, in: transaction).outcome }

    /// Stores a new job. Throws `JobError.externalIDTaken` when another job has its external source and id.
    static func create(_ job: Job, in transaction: Transaction) throws -> Job {
        try demandFreeName(job, in: transaction)
        return try insert(job, in: transaction)
    }

    /// Stores new values of a job that was read in this transaction, and returns it with the time of the change.
    static func update(_ job: Job, from old: Job, in transaction: Transaction) throws -> Job {
        try demandFreeName(job, in: transaction)
        return try write(job, over: old, in: transaction)
    }

    /// Deletes the job with all that refers to it; false when there is none.
    static func delete(_ id: Identifier, in transaction: Transaction) throws -> Bool {
        guard let job = try job(id, at: transaction.now, in: transaction), let stored = job.stored else { return false }
        try JobIndex.remove(job, stored, in: transaction)
        try transaction.execute("DELETE FROM jobs WHERE rid = $1", stored.rowID)
        return true
    }

    /// Adds views to jobs that may be gone by now. It is no change of the jobs: what was counted over them holds.
    static func addViews(_ views: [Int64: Int], in transaction: Transaction) throws {
        for (rowID, count) in views.sorted(by: { $0.key < $1.key }) {
            try transaction.execute("UPDATE jobs SET view_count = view_count + $1 WHERE rid = $2", count, rowID)
        }
    }

    // MARK: Parts

    static func insert(_ job: Job, in transaction: Transaction) throws -> Job {
        let id = transaction.newIdentifier()
        let places = (1...(columns.count + 2)).map { "$\($0)" }.joined(separator: ", ")
        try transaction.execute(
            "INSERT INTO jobs (\(columns.joined(separator: ", ")), id, created_at, updated_at) VALUES (\(places), $\(columns.count + 2))",
            arguments: values(of: job) + [id, transaction.now])
        var made = job
        let stored = Job.Stored(
            rowID: transaction.lastRowID, id: id, createdAt: transaction.now, updatedAt: transaction.now,
            isExpired: isExpired(job.applicationDeadline, at: transaction.now))
        made.stored = stored
        try JobIndex.put(made, stored, over: nil, in: transaction)
        if job.status == "active" { try AlertWork.jobsAdded(in: transaction) }
        return made
    }

    static func write(_ job: Job, over old: Job, in transaction: Transaction) throws -> Job {
        guard var stored = old.stored else { throw HTTPError.noMatch(model: "Job") }
        let assignments = columns.enumerated().map { "\($0.element) = $\($0.offset + 1)" }.joined(separator: ", ")
        try transaction.execute(
            "UPDATE jobs SET \(assignments), updated_at = $\(columns.count + 1) WHERE rid = $\(columns.count + 2)",
            arguments: values(of: job) + [transaction.now, stored.rowID])
        stored.updatedAt = transaction.now
        stored.isExpired = isExpired(job.applicationDeadline, at: transaction.now)
        var changed = job
        changed.stored = stored
        try JobIndex.put(changed, stored, over: old, in: transaction)
        return changed
    }

    private static func demandFreeName(_ job: Job, in reader: Reader) throws {
        guard !job.externalID.isEmpty else { return }
        let taken = try reader.first(
            "SELECT rid FROM jobs WHERE external_source = $1 AND external_id = $2 AND external_id <> ''", job.externalSource, job.externalID
        ) { try $0.int(0) }
        if let taken, taken != job.stored?.rowID { throw JobError.externalIDTaken }
    }
}
