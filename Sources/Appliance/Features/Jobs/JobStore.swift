import Platform

/// All SQL over jobs.
enum JobStore {
    enum Outcome: Sendable { case created, updated, unchanged }

    /// Creates the job, or updates the one with the same external source and
    /// id; its passage follows in the same transaction. Only active jobs can be found.
    static func upsert(_ job: Job, in transaction: Transaction) throws -> Outcome {
        let known = try transaction.first(
            "SELECT rid, id FROM jobs WHERE external_source = $1 AND external_id = $2 AND external_id <> ''", job.externalSource,
            job.externalID
        ) { (rowID: try $0.int(0), id: try $0.id(1)) }
        let id: Identifier
        if let known {
            id = known.id
            let same = comparison.map { "\($0) IS $\($1)" }.joined(separator: " AND ")
            let assignments = comparison.map { "\($0) = $\($1)" }.joined(separator: ", ")
            let changed = try transaction.execute(
                "UPDATE jobs SET \(assignments), updated_at = $\(columns.count + 1) WHERE rid = $\(columns.count + 2) AND NOT (\(same))",
                arguments: values(of: job) + [transaction.now, known.rowID])
            if changed == 0 { return .unchanged }
        } else {
            id = transaction.newIdentifier()
            let places = (1...(columns.count + 2)).map { "$\($0)" }.joined(separator: ", ")
            try transaction.execute(
                "INSERT INTO jobs (\(columns.joined(separator: ", ")), id, created_at, updated_at) VALUES (\(places), $\(columns.count + 2))",
                arguments: values(of: job) + [id, transaction.now])
        }
        try updatePassage(of: job, id: id, in: transaction)
        return known == nil ? .created : .updated
    }

    static func count(in reader: Reader) throws -> Int64 { try reader.int("SELECT count(*) FROM jobs") }

    private static func updatePassage(of job: Job, id: Identifier, in transaction: Transaction) throws {
        guard job.status == "active" else { return try PassageStore.remove(.job, id: id.description, in: transaction) }
        let metadata = JSONValue.object(
            JSONObject([
                ("job_id_original", .string(id.description)), ("company", .string(job.company)), ("location", .string(job.location)),
                ("posted_date", job.postedDate.map { .string($0.iso) } ?? .null), ("job_type", .string(job.jobType)),
                ("title", .string(job.title)),
            ]))
        try PassageStore.upsert(
            .job, id: id.description, title: job.title, body: job.searchText, metadata: metadata, in: transaction)
    }

    private static let columns = [
        "title", "company", "description", "requirements", "benefits", "location", "city", "state", "country", "is_remote",
        "remote_type", "job_type", "experience_level", "salary_min", "salary_max", "salary_currency", "salary_period",
        "skills_required", "skills_preferred", "technologies", "external_id", "external_source", "external_url",
        "company_logo_url", "status", "posted_date", "application_deadline",
    ]

    private static let comparison = columns.enumerated().map { ($0.element, $0.offset + 1) }

    private static func values(of job: Job) -> [(any SQLBindable)?] {
        [
            job.title, job.company, job.description, job.requirements, job.benefits, job.location, job.city, job.state, job.country,
            job.isRemote, job.remoteType, job.jobType, job.experienceLevel, job.salaryMin, job.salaryMax, job.salaryCurrency,
            job.salaryPeriod, list(job.skillsRequired), list(job.skillsPreferred), list(job.technologies), job.externalID,
            job.externalSource, job.externalURL, job.companyLogoURL, job.status, job.postedDate, job.applicationDeadline,
        ]
    }

    private static func list(_ items: [String]) -> String {
        JSONValue.list(items).jsonText
    }
}
