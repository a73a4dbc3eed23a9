import Platform

/// The jobs that are looked at when recommendations are made: enough of them, and never all.
extension RecommendationStore {
    /// Hands to `body`, one at a time, active jobs: those that are `near`, those that have words of the query, the best of the
    /// full-text index first, and behind them the newest ones.
    static func eachCandidate(
        _ query: TextQuery, near: [Int64] = [], byText: Int, limit: Int, without excluded: Set<Int64>, in reader: Reader,
        _ body: (MatchJob) throws -> Void
    ) throws {
        var seen = excluded
        var left = limit
        func offer(_ job: MatchJob) throws {
            guard left > 0, seen.insert(job.rowID).inserted else { return }
            left -= 1
            try body(job)
        }
        var rows = near
        if !query.isEmpty {
            let matches = try TextIndex.ranked(query.expression, in: .jobs(), limit: byText, in: reader).map(\.rowID)
            rows += try PassageStore.passages(matches, in: reader).map(\.sourceRowID)
        }
        for row in rows where !seen.contains(row) {
            if let job = try reader.first(jobByRow, row, map: readJob) { try offer(job) }
        }
        // As many more as were seen already, so that the limit is reached all the same.
        try reader.each(newestJobs, left + seen.count) { row in
            guard left > 0, !seen.contains(try row.int(0)) else { return }
            try offer(try readJob(row))
        }
    }

    static let newestJobs = "SELECT \(jobColumns) FROM jobs WHERE status = 'active' ORDER BY created_at DESC LIMIT $1"

    static let jobByRow = "SELECT \(jobColumns) FROM jobs WHERE rid = $1 AND status = 'active'"

    private static let jobColumns = """
        rid, id, title, description, requirements, location, city, state, is_remote, job_type, experience_level, salary_min, \
        salary_max, salary_currency, salary_period, skills_required, skills_preferred, technologies
        """

    private static func readJob(_ row: borrowing Row) throws -> MatchJob {
        MatchJob(
            rowID: try row.int(0), id: try row.id(1), title: try row.text(2), description: try row.text(3),
            requirements: try row.text(4), location: try row.text(5), city: try row.text(6), state: try row.text(7),
            isRemote: try row.bool(8), jobType: try row.text(9), experienceLevel: try row.text(10),
            salaryMin: try row.intOrNil(11).map { Int($0) }, salaryMax: try row.intOrNil(12).map { Int($0) },
            salaryCurrency: try row.text(13), salaryPeriod: try row.text(14), skillsRequired: try texts(row, 15),
            skillsPreferred: try texts(row, 16), technologies: try texts(row, 17))
    }

    private static func texts(_ row: borrowing Row, _ column: Int) throws -> [String] {
        guard let items = try row.json(column).array else { throw StorageError.unexpectedValue(column: column) }
        return items.compactMap(\.string)
    }
}
