import Platform

/// All SQL over lists of jobs. They are read from the narrow table by an index, or come from its copy in memory; the
/// twenty or so that are shown are then looked up one by one.
enum JobListStore {
    /// Row ids from `offset` on, at most `limit` of them. With the exact `count` a page near the end is read from the end.
    static func rowIDs(
        _ filter: JobFilter, by order: JobOrder, limit: Int, offset: Int, count: Int, in reader: Reader
    ) throws -> [Int64] {
        guard offset < count else { return [] }
        let limit = min(limit, count - offset)
        let isReversed = offset > count / 2
        let conditions = JobConditions(filter, order: order)
        let (rows, skipped) = (conditions.arguments.count + 1, conditions.arguments.count + 2)
        let found = try reader.rows(
            "SELECT jobs_folded.rid FROM jobs_folded\(conditions.sql)\(sorting(order, isReversed: isReversed)) LIMIT $\(rows) OFFSET $\(skipped)",
            arguments: conditions.arguments + [limit, isReversed ? count - offset - limit : offset]
        ) { try $0.int(0) }
        return isReversed ? found.reversed() : found
    }

    static func items(_ rowIDs: [Int64], in reader: Reader) throws -> [JobListItem] {
        try rowIDs.compactMap { try JobStore.listItem(rowID: $0, in: reader) }
    }

    /// The company of a job as it is written.
    static func company(of rowID: Int64, in reader: Reader) throws -> String? {
        try reader.first("SELECT company FROM jobs WHERE rid = $1", rowID) { try $0.text(0) }
    }

    static func isActive(_ rowID: Int64, in reader: Reader) throws -> Bool {
        try reader.int("SELECT count(*) FROM jobs_folded WHERE rid = $1 AND status = 'active'", rowID) == 1
    }

    // MARK: The copy in memory

    /// Brings rows of an earlier generation up to the reader's state, or, without one, reads all.
    static func bring(_ rows: inout JobRows, upFrom generation: Int64?, in reader: Reader) throws {
        var fresh: [JobRow] = []
        try reader.each(generation == nil ? allRows : changedRows, arguments: generation.map { [$0] } ?? []) { row in
            fresh.append(try rows.read(row))
        }
        rows.merge(fresh)
        // What was deleted leaves no trace but the number of those that are left.
        guard Int64(rows.count) != (try reader.int("SELECT count(*) FROM jobs_folded")) else { return }
        rows.keep(only: JobMark(of: try reader.rows("SELECT rid FROM jobs_folded") { try $0.int(0) }))
    }

    static let allRows = "SELECT \(foldedColumns) FROM jobs_folded"
    static let changedRows = "SELECT \(foldedColumns) FROM jobs_folded WHERE generation > $1"

    /// In the order of `JobRows.read`.
    private static let foldedColumns = """
        rid, posted_key, created_at, pay_key, salary_min, salary_max, is_remote, title, company, location, job_type, \
        experience_level, status
        """

    // MARK: Parts

    private static func sorting(_ order: JobOrder, isReversed: Bool) -> String {
        let keys = (order == .salary ? ["pay_key"] : []) + ["posted_key", "created_at", "rid"]
        return " ORDER BY " + keys.map { isReversed ? $0 : "\($0) DESC" }.joined(separator: ", ")
    }
}
