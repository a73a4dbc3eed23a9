import Platform

/// Keeps what lists and searches read in step with the jobs, in the transaction that changes them: the narrow table, the
/// words of all and of the active jobs, their passages for the assistant, and the count of changes.
enum JobIndex {
    /// The smallest number stands where there is no date and no pay, and so comes last.
    static let none = Int64.min

    /// Takes a new job in, or one that was changed, with what it was before.
    static func put(_ job: Job, _ stored: Job.Stored, over old: Job?, in transaction: Transaction) throws {
        let before = try old == nil ? nil : status(stored.rowID, in: transaction)
        let (wasIndexed, wasFound) = (before != nil, before == "active")
        try fold(job, stored, generation: advance(in: transaction), in: transaction)
        if let old, wasFound, job.isActive, JobText.isSame(old, job) {
            // The words stay as they are.
        } else {
            if let old, wasFound { try JobText.remove(old, rowID: stored.rowID, in: transaction) }
            if job.isActive { try JobText.add(job, rowID: stored.rowID, in: transaction) }
        }
        if let old, wasIndexed {
            if !JobWords.isSame(old, job) {
                try JobWords.remove(old, rowID: stored.rowID, in: transaction)
                try JobWords.add(job, rowID: stored.rowID, in: transaction)
            }
        } else {
            try JobWords.add(job, rowID: stored.rowID, in: transaction)
        }
        try putPassages(job, stored, in: transaction)
    }

    static func remove(_ job: Job, _ stored: Job.Stored, in transaction: Transaction) throws {
        let before = try status(stored.rowID, in: transaction)
        if before == "active" { try JobText.remove(job, rowID: stored.rowID, in: transaction) }
        if before != nil { try JobWords.remove(job, rowID: stored.rowID, in: transaction) }
        try transaction.execute("DELETE FROM jobs_folded WHERE rid = $1", stored.rowID)
        _ = try advance(in: transaction)
        try PassageStore.remove(.job, stored.rowID, in: transaction)
    }

    /// How many changes there have been. What was counted at one generation holds until the next.
    static func generation(in reader: Reader) throws -> Int64 { try reader.int("SELECT value FROM jobs_generation WHERE rid = 1") }

    /// Takes in the jobs that were stored before there was an index. It can be broken off at any point and goes on from there.
    static func catchUp(_ database: Database) async throws {
        while try await database.scan({ try $0.int("SELECT EXISTS (SELECT 1 FROM jobs_unindexed)") == 1 }) {
            try await database.write(catchUpSome)
        }
    }

    @Sendable private static func catchUpSome(in transaction: Transaction) throws {
        let rowIDs = try transaction.rows("SELECT rid FROM jobs_unindexed ORDER BY rid LIMIT 50") { try $0.int(0) }
        for rowID in rowIDs {
            if let job = try JobStore.job(rowID: rowID, at: transaction.now, in: transaction), let stored = job.stored {
                try transaction.execute(
                    "UPDATE jobs SET skills_text = $1, canonical_url = $2 WHERE rid = $3", job.skillsText, CanonicalURL.of(job.externalURL),
                    rowID)
                try put(job, stored, over: job, in: transaction)
            }
            try transaction.execute("DELETE FROM jobs_unindexed WHERE rid = $1", rowID)
        }
    }

    // MARK: Parts

    private static func advance(in transaction: Transaction) throws -> Int64 {
        try transaction.execute("UPDATE jobs_generation SET value = value + 1 WHERE rid = 1")
        return try generation(in: transaction)
    }

    /// The status with which the job was taken in, nil before that. The index of words has every job that was, the
    /// full-text index the active ones; taking out what is not in them would spoil them.
    private static func status(_ rowID: Int64, in reader: Reader) throws -> String? {
        try reader.first("SELECT status FROM jobs_folded WHERE rid = $1", rowID) { try $0.text(0) }
    }

    private static func fold(_ job: Job, _ stored: Job.Stored, generation: Int64, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO jobs_folded (rid, posted_key, created_at, pay_key, title, company, location, job_type, experience_level, is_remote,
                status, salary_min, salary_max, likeness, generation)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            ON CONFLICT (rid) DO UPDATE SET posted_key = excluded.posted_key, pay_key = excluded.pay_key, title = excluded.title,
                company = excluded.company, location = excluded.location, job_type = excluded.job_type,
                experience_level = excluded.experience_level, is_remote = excluded.is_remote, status = excluded.status,
                salary_min = excluded.salary_min, salary_max = excluded.salary_max, likeness = excluded.likeness,
                generation = excluded.generation
            """, stored.rowID, job.postedDate?.microseconds ?? none, stored.createdAt, job.yearlyPay.map { Int64($0) } ?? none,
            Folding.fold(job.title), Folding.fold(job.company), Folding.fold(job.location), job.jobType, job.experienceLevel, job.isRemote,
            job.status, job.salaryMin, job.salaryMax,
            Folding.likeness(title: job.title, company: job.company, location: job.location), generation)
    }

    /// Only active jobs can be found.
    private static func putPassages(_ job: Job, _ stored: Job.Stored, in transaction: Transaction) throws {
        guard let document = job.document else { return try PassageStore.remove(.job, stored.rowID, in: transaction) }
        try PassageStore.put(document, in: transaction)
    }
}
