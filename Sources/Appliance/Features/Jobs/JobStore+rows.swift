import Platform

/// How a job lies in its row.
extension JobStore {
    /// The columns that clients' fields and what is derived from them go to, in the order of `values`.
    static let columns = [
        "title", "company", "description", "requirements", "benefits", "location", "city", "state", "country", "is_remote",
        "remote_type", "job_type", "experience_level", "salary_min", "salary_max", "salary_currency", "salary_period",
        "skills_required", "skills_preferred", "technologies", "external_id", "external_source", "external_url",
        "company_logo_url", "status", "posted_date", "application_deadline", "skills_text", "canonical_url",
    ]

    static func values(of job: Job) -> [(any SQLBindable)?] {
        [
            job.title, job.company, job.description, job.requirements, job.benefits, job.location, job.city, job.state, job.country,
            job.isRemote, job.remoteType, job.jobType, job.experienceLevel, job.salaryMin, job.salaryMax, job.salaryCurrency,
            job.salaryPeriod, list(job.skillsRequired), list(job.skillsPreferred), list(job.technologies), job.externalID,
            job.externalSource, job.externalURL, job.companyLogoURL, job.status, job.postedDate, job.applicationDeadline,
            job.skillsText, CanonicalURL.of(job.externalURL),
        ]
    }

    /// The columns of a whole job, in the order of `read`: what only the server writes, then what clients write.
    static let storedColumns =
        "rid, id, view_count, application_count, processed_for_matching, created_at, updated_at, "
        + columns.prefix(27).joined(separator: ", ")

    static func read(_ row: borrowing Row, at now: Timestamp) throws -> Job {
        var job = Job()
        job.title = try row.text(7)
        job.company = try row.text(8)
        job.description = try row.text(9)
        job.requirements = try row.text(10)
        job.benefits = try row.text(11)
        job.location = try row.text(12)
        job.city = try row.text(13)
        job.state = try row.text(14)
        job.country = try row.text(15)
        job.isRemote = try row.bool(16)
        job.remoteType = try row.text(17)
        job.jobType = try row.text(18)
        job.experienceLevel = try row.text(19)
        job.salaryMin = try row.intOrNil(20).map { Int($0) }
        job.salaryMax = try row.intOrNil(21).map { Int($0) }
        job.salaryCurrency = try row.text(22)
        job.salaryPeriod = try row.text(23)
        job.skillsRequired = try texts(row, 24)
        job.skillsPreferred = try texts(row, 25)
        job.technologies = try texts(row, 26)
        job.externalID = try row.text(27)
        job.externalSource = try row.text(28)
        job.externalURL = try row.text(29)
        job.companyLogoURL = try row.text(30)
        job.status = try row.text(31)
        job.postedDate = try row.timeOrNil(32)
        job.applicationDeadline = try row.timeOrNil(33)
        job.stored = Job.Stored(
            rowID: try row.int(0), id: try row.id(1), viewCount: Int(try row.int(2)), applicationCount: Int(try row.int(3)),
            isProcessedForMatching: try row.bool(4), createdAt: try row.time(5), updatedAt: try row.time(6),
            isExpired: isExpired(job.applicationDeadline, at: now))
        return job
    }

    static func isExpired(_ deadline: Timestamp?, at now: Timestamp) -> Bool { deadline.map { now > $0 } ?? false }

    private static func list(_ items: [String]) -> String { JSONValue.list(items).jsonText }

    private static func texts(_ row: borrowing Row, _ column: Int) throws -> [String] {
        guard let items = try row.json(column).array else { throw StorageError.unexpectedValue(column: column) }
        return items.compactMap(\.string)
    }
}
