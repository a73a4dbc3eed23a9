import Platform

/// All SQL over lists of jobs: which jobs, in what order, how many. They are read from the narrow tables; the twenty or so
/// that are shown are then looked up one by one.
enum JobListStore {
    /// Which jobs a statement is about.
    struct Selection: Sendable {
        var filter: JobFilter
        /// For each skill of the filter the jobs that have it.
        var marks: [SkillMarks.Mark] = []
    }

    static func count(_ selection: Selection, in reader: Reader) throws -> Int {
        let filter = selection.filter
        if filter.isHopeless { return 0 }
        if let query = filter.words?.query, filter == JobFilter(status: "active", words: filter.words) {
            // The full-text index holds active jobs alone.
            return Int(try reader.int("SELECT count(*) FROM jobs_text WHERE jobs_text MATCH $1", query.expression))
        }
        let conditions = JobConditions(filter, marks: selection.marks, source: .any)
        return Int(try reader.int("SELECT count(*) FROM \(tables(filter))\(conditions.sql)", arguments: conditions.arguments))
    }

    /// Row ids from `offset` on, at most `limit` of them. With the exact `count` a page near the end is read from the end.
    static func rowIDs(
        _ selection: Selection, by order: JobOrder, limit: Int, offset: Int, count: Int, in reader: Reader
    ) throws -> [Int64] {
        guard offset < count, !selection.filter.isHopeless else { return [] }
        let limit = min(limit, count - offset)
        let isReversed = offset > count / 2
        let conditions = JobConditions(selection.filter, marks: selection.marks, source: .order(order))
        let (rows, skipped) = (conditions.arguments.count + 1, conditions.arguments.count + 2)
        let found = try reader.rows(
            "SELECT jobs_folded.rid FROM jobs_folded\(conditions.sql)\(sorting(order, isReversed: isReversed)) LIMIT $\(rows) OFFSET $\(skipped)",
            arguments: conditions.arguments + [limit, isReversed ? count - offset - limit : offset]
        ) { try $0.int(0) }
        return isReversed ? found.reversed() : found
    }

    /// The newest matches of the filter's words, best first; at most `limit`, which is how many are compared by rank.
    static func ranked(_ selection: Selection, limit: Int, in reader: Reader) throws -> [Int64] {
        try scored(selection, limit: limit, in: reader).map(\.rowID)
    }

    /// The same with the score of each; the smaller the better.
    static func scored(_ selection: Selection, limit: Int, in reader: Reader) throws -> [(rowID: Int64, score: Double)] {
        guard !selection.filter.isHopeless, selection.filter.words?.query != nil else { return [] }
        let conditions = JobConditions(selection.filter, marks: selection.marks, source: .matches)
        let found = try reader.rows(
            """
            SELECT jobs_text.rowid, \(JobText.rank) FROM jobs_text CROSS JOIN jobs_folded\(conditions.sql)
            ORDER BY jobs_text.rowid DESC LIMIT $\(conditions.arguments.count + 1)
            """, arguments: conditions.arguments + [limit]
        ) { (rowID: try $0.int(0), score: try $0.double(1)) }
        return found.sorted { ($0.score, $1.rowID) < ($1.score, $0.rowID) }
    }

    /// All jobs of a selection, in no order.
    static func allRowIDs(_ selection: Selection, in reader: Reader) throws -> [Int64] {
        guard !selection.filter.isHopeless else { return [] }
        let conditions = JobConditions(selection.filter, marks: selection.marks, source: .any)
        return try reader.rows(
            "SELECT jobs_folded.rid FROM \(tables(selection.filter))\(conditions.sql)", arguments: conditions.arguments
        ) { try $0.int(0) }
    }

    static func isActive(_ rowID: Int64, in reader: Reader) throws -> Bool {
        try reader.int("SELECT count(*) FROM jobs_folded WHERE rid = $1 AND status = 'active'", rowID) == 1
    }

    /// Whether a job has the words of the selection.
    static func matches(_ selection: Selection, _ rowID: Int64, in reader: Reader) throws -> Bool {
        guard let query = selection.filter.words?.query else { return false }
        return try reader.int("SELECT count(*) FROM jobs_text WHERE jobs_text MATCH $1 AND rowid = $2", query.expression, rowID) == 1
    }

    /// Matches as the full-text index has them, newest first: what comes behind those that are ranked.
    static func unranked(_ selection: Selection, limit: Int, offset: Int, in reader: Reader) throws -> [Int64] {
        let conditions = JobConditions(selection.filter, marks: selection.marks, source: .matches)
        let (rows, skipped) = (conditions.arguments.count + 1, conditions.arguments.count + 2)
        return try reader.rows(
            """
            SELECT jobs_text.rowid FROM jobs_text CROSS JOIN jobs_folded\(conditions.sql)
            ORDER BY jobs_text.rowid DESC LIMIT $\(rows) OFFSET $\(skipped)
            """, arguments: conditions.arguments + [limit, offset]
        ) { try $0.int(0) }
    }

    static func items(_ rowIDs: [Int64], in reader: Reader) throws -> [JobListItem] {
        try rowIDs.compactMap { try JobStore.listItem(rowID: $0, in: reader) }
    }

    /// Counts the values of some fields over the selection, where there is one, and over further jobs, which are not in it.
    static func facets(_ selection: Selection?, and further: [Int64] = [], in reader: Reader) throws -> JobFacets {
        var tally = JobFacets.Tally()
        func add(_ row: borrowing Row) throws {
            tally.add(
                rowID: try row.int(0), jobType: try row.text(1), level: try row.text(2), isRemote: try row.bool(3),
                company: try row.text(4))
        }
        if let selection, !selection.filter.isHopeless {
            let conditions = JobConditions(selection.filter, marks: selection.marks, source: .any)
            try reader.each(
                "SELECT \(facetColumns) FROM \(tables(selection.filter))\(conditions.sql)", arguments: conditions.arguments, body: add)
        }
        for rowID in further { try reader.each("SELECT \(facetColumns) FROM jobs_folded WHERE rid = $1", rowID, body: add) }
        return try tally.facets { rowID in
            try reader.first("SELECT company FROM jobs WHERE rid = $1", rowID) { try $0.text(0) }
        }
    }

    private static let facetColumns =
        "jobs_folded.rid, jobs_folded.job_type, jobs_folded.experience_level, jobs_folded.is_remote, jobs_folded.company"

    // MARK: Parts

    private static func tables(_ filter: JobFilter) -> String {
        filter.words?.query == nil ? "jobs_folded" : "jobs_text CROSS JOIN jobs_folded"
    }

    private static func sorting(_ order: JobOrder, isReversed: Bool) -> String {
        let keys = (order == .salary ? ["pay_key"] : []) + ["posted_key", "created_at", "rid"]
        return " ORDER BY " + keys.map { isReversed ? $0 : "\($0) DESC" }.joined(separator: ", ")
    }
}
