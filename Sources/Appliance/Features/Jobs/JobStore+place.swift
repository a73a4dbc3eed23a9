import Platform

/// How a job that comes in from outside finds the one that it is.
///
/// 1. The job with the same external source and id.
/// 2. The one job with the same canonical link. If that has an external id of its own from another source, it is that
///    source's: what comes in is the same job seen elsewhere, and changes nothing. If it has one of the same source, the
///    two are different jobs behind one link.
///
/// Whatever is only alike (title, company and location) is a new job; `twins` names those that it may be.
extension JobStore {
    static func place(_ job: Job, usesLink: Bool = true, in transaction: Transaction) throws -> Placement {
        if let known = try named(job, in: transaction) { return try merge(job, into: known, in: transaction) }
        if usesLink, let known = try linked(job, in: transaction) {
            var job = job
            if known.externalID.isEmpty { return try merge(job, into: known, in: transaction) }
            if known.externalSource != job.externalSource { return Placement(outcome: .unchanged, job: known) }
            if job.externalID.isEmpty {
                job.externalID = known.externalID
                return try merge(job, into: known, in: transaction)
            }
        }
        return Placement(outcome: .created, job: try insert(job, in: transaction))
    }

    /// Ids of other jobs whose title, company and location have the same words, oldest first; five at most.
    static func twins(of job: Job, in reader: Reader) throws -> [Identifier] {
        let likeness = Folding.likeness(title: job.title, company: job.company, location: job.location)
        return try reader.rows(
            """
            SELECT jobs.id FROM jobs_folded JOIN jobs ON jobs.rid = jobs_folded.rid
            WHERE jobs_folded.likeness = $1 AND jobs_folded.rid <> $2 ORDER BY jobs_folded.rid LIMIT 5
            """, likeness, job.stored?.rowID ?? 0
        ) { try $0.id(0) }
    }

    private static func named(_ job: Job, in transaction: Transaction) throws -> Job? {
        guard !job.externalID.isEmpty else { return nil }
        return try transaction.first(
            "SELECT \(storedColumns) FROM jobs WHERE external_source = $1 AND external_id = $2 AND external_id <> ''", job.externalSource,
            job.externalID
        ) { try read($0, at: transaction.now) }
    }

    /// A link that several jobs have already is the page of their company, and names none of them.
    private static func linked(_ job: Job, in transaction: Transaction) throws -> Job? {
        let link = CanonicalURL.of(job.externalURL)
        guard !link.isEmpty else { return nil }
        let known = try transaction.rows(
            "SELECT rid FROM jobs WHERE canonical_url = $1 AND canonical_url <> '' LIMIT 2", link
        ) { try $0.int(0) }
        guard known.count == 1 else { return nil }
        return try self.job(rowID: known[0], at: transaction.now, in: transaction)
    }

    private static func merge(_ job: Job, into known: Job, in transaction: Transaction) throws -> Placement {
        var job = job
        job.stored = known.stored
        if job == known { return Placement(outcome: .unchanged, job: known) }
        return Placement(outcome: .updated, job: try write(job, over: known, in: transaction))
    }
}
