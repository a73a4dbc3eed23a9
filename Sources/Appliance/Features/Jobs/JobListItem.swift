import Platform

/// A job as lists show it, and as other features show the jobs that they speak of.
struct JobListItem: Sendable, Equatable {
    /// The number inside the database, by which other tables refer to the job.
    var rowID: Int64
    var id: Identifier
    var title: String
    var company: String
    var location: String
    var jobType: String
    var experienceLevel: String
    var salaryMin: Int?
    var salaryMax: Int?
    var salaryPeriod: String
    var isRemote: Bool
    var postedDate: Timestamp?
    var externalURL: String
    var companyLogoURL: String
    var viewCount: Int
    /// Not shown; who lists jobs may want to leave out those that are no longer open.
    var status: String

    static let description = Resource<JobListItem>(
        name: "JobListItem",
        fields: [
            .readOnly("id", .identifier) { $1.identifier($0.id) },
            .readOnly("title") { $1.string($0.title) },
            .readOnly("company") { $1.string($0.company) },
            .readOnly("location") { $1.string($0.location) },
            .readOnly("job_type") { $1.string($0.jobType) },
            .readOnly("experience_level") { $1.string($0.experienceLevel) },
            .readOnly("salary_min", .integer, nullable: true) { write($0.salaryMin, into: &$1) },
            .readOnly("salary_max", .integer, nullable: true) { write($0.salaryMax, into: &$1) },
            .readOnly("salary_range_display") {
                $1.string(Job.salaryRangeDisplay(min: $0.salaryMin, max: $0.salaryMax, period: $0.salaryPeriod))
            },
            .readOnly("is_remote", .boolean) { $1.bool($0.isRemote) },
            .readOnly("posted_date", .datetime, nullable: true) { item, writer in
                if let date = item.postedDate { writer.timestamp(date) } else { writer.null() }
            },
            .readOnly("external_url") { $1.string($0.externalURL) },
            .readOnly("company_logo_url") { $1.string($0.companyLogoURL) },
            .readOnly("view_count", .integer) { $1.int($0.viewCount) },
        ])

    func write(into writer: inout JSONWriter) { Self.description.write(self, into: &writer) }

    private static func write(_ number: Int?, into writer: inout JSONWriter) {
        if let number { writer.int(number) } else { writer.null() }
    }
}

extension JobStore {
    /// The columns of a `JobListItem`, in the order of `readListItem`, of a table that the statement calls `jobs`.
    static let listColumns = """
        jobs.rid, jobs.id, jobs.title, jobs.company, jobs.location, jobs.job_type, jobs.experience_level, jobs.salary_min, \
        jobs.salary_max, jobs.salary_period, jobs.is_remote, jobs.posted_date, jobs.external_url, jobs.company_logo_url, \
        jobs.view_count, jobs.status
        """

    static func readListItem(_ row: borrowing Row) throws -> JobListItem { try readListItem(row, from: 0) }

    /// Reads a list item whose columns begin at `first`, as behind a join.
    static func readListItem(_ row: borrowing Row, from first: Int) throws -> JobListItem {
        JobListItem(
            rowID: try row.int(first), id: try row.id(first + 1), title: try row.text(first + 2), company: try row.text(first + 3),
            location: try row.text(first + 4), jobType: try row.text(first + 5), experienceLevel: try row.text(first + 6),
            salaryMin: try row.intOrNil(first + 7).map { Int($0) }, salaryMax: try row.intOrNil(first + 8).map { Int($0) },
            salaryPeriod: try row.text(first + 9), isRemote: try row.bool(first + 10), postedDate: try row.timeOrNil(first + 11),
            externalURL: try row.text(first + 12), companyLogoURL: try row.text(first + 13), viewCount: Int(try row.int(first + 14)),
            status: try row.text(first + 15))
    }

    static func listItem(_ id: Identifier, in reader: Reader) throws -> JobListItem? {
        try reader.first("SELECT \(listColumns) FROM jobs WHERE id = $1", id, map: readListItem)
    }

    /// Those of these that there are.
    static func listItems(_ ids: Set<Identifier>, in reader: Reader) throws -> [Identifier: JobListItem] {
        var found: [Identifier: JobListItem] = [:]
        for id in ids { found[id] = try listItem(id, in: reader) }
        return found
    }

    static func listItem(rowID: Int64, in reader: Reader) throws -> JobListItem? {
        try reader.first("SELECT \(listColumns) FROM jobs WHERE rid = $1", rowID, map: readListItem)
    }

    /// Changes how many applications a job has, in the transaction that changes them.
    static func countApplications(_ difference: Int, of rowID: Int64, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE jobs SET application_count = max(0, application_count + $1) WHERE rid = $2", difference, rowID)
    }
}
