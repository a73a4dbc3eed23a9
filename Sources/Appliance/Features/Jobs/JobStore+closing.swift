import Platform

/// Jobs that are open no longer, although nobody has said so.
extension JobStore {
    static let pastDeadline = """
        SELECT rid FROM jobs WHERE status = 'active' AND application_deadline IS NOT NULL AND application_deadline < $1
        ORDER BY application_deadline LIMIT $2
        """

    static let grownOld = """
        SELECT rid FROM jobs WHERE status = 'active' AND created_at < $1 AND (posted_date IS NULL OR posted_date < $1)
        ORDER BY created_at LIMIT $2
        """

    /// Closes some of those whose deadline has passed; returns how many.
    static func closeExpired(limit: Int, in transaction: Transaction) throws -> Int {
        try close(try transaction.rows(pastDeadline, transaction.now, limit) { try $0.int(0) }, in: transaction)
    }

    /// Closes some of those that were neither posted nor added since then.
    static func closeOld(before moment: Timestamp, limit: Int, in transaction: Transaction) throws -> Int {
        try close(try transaction.rows(grownOld, moment, limit) { try $0.int(0) }, in: transaction)
    }

    /// As a client would: with all that lists, searches and the index know of them.
    private static func close(_ rows: [Int64], in transaction: Transaction) throws -> Int {
        for row in rows {
            guard let job = try job(rowID: row, at: transaction.now, in: transaction) else { continue }
            var closed = job
            closed.status = "closed"
            _ = try write(closed, over: job, in: transaction)
        }
        return rows.count
    }
}

extension JobSchema {
    /// A later step, so it has its own place in `Schema`.
    static let closingMigrations = [
        Migration(
            version: 87, name: "job_deadlines",
            sql: """
                CREATE INDEX jobs_by_deadline ON jobs (status, application_deadline) WHERE application_deadline IS NOT NULL;
                """)
    ]
}
