import Platform

/// One job of the narrow table in memory: its texts are numbers in the tables of `JobRows`.
struct JobRow: Sendable, Equatable {
    var rowID: Int64
    var postedKey: Int64
    var createdAt: Int64
    var payKey: Int64
    /// `JobIndex.none` where there is none.
    var salaryMin: Int64
    var salaryMax: Int64
    var title: Int32
    var company: Int32
    var location: Int32
    var jobType: Int32
    var level: Int32
    var status: Int32
    var isRemote: Bool

    /// In lists by date.
    func comesBefore(_ other: JobRow) -> Bool {
        (postedKey, createdAt, rowID) > (other.postedKey, other.createdAt, other.rowID)
    }
}

/// The narrow table of all jobs in memory, in the order of lists by date.
///
/// A filter by a part of a text, by pay or by a skill fits no index: each job has to be looked at. SQLite takes some tens
/// of milliseconds for a pass over a hundred thousand jobs, whatever index it walks along. Here a pass takes less than
/// one: most jobs share their titles, companies and places with others, so a text is looked into once and not once a job,
/// and what is left to do for each is to compare a few numbers. A job takes 80 bytes, and each different text its own.
struct JobRows: Sendable {
    private(set) var rows: [JobRow] = []
    private(set) var titles = TextTable()
    private(set) var companies = TextTable()
    private(set) var locations = TextTable()
    /// Types, levels and states.
    private(set) var words = TextTable()
    /// How many rows have come in place of others. Their texts stay in the tables.
    private(set) var replaced = 0

    var count: Int { rows.count }

    /// A row of `JobListStore.foldedColumns`.
    mutating func read(_ row: borrowing Row) throws -> JobRow {
        JobRow(
            rowID: try row.int(0), postedKey: try row.int(1), createdAt: try row.int(2), payKey: try row.int(3),
            salaryMin: try row.intOrNil(4) ?? JobIndex.none, salaryMax: try row.intOrNil(5) ?? JobIndex.none,
            title: titles.number(of: row.bytes(7)), company: companies.number(of: row.bytes(8)),
            location: locations.number(of: row.bytes(9)), jobType: words.number(of: row.bytes(10)),
            level: words.number(of: row.bytes(11)), status: words.number(of: row.bytes(12)), isRemote: try row.bool(6))
    }

    /// Takes in rows that are new, or that come in place of those with their numbers.
    mutating func merge(_ fresh: [JobRow]) {
        guard !fresh.isEmpty else { return }
        let fresh = fresh.sorted { $0.comesBefore($1) }
        let changed = JobMark(of: fresh.map(\.rowID))
        var merged: [JobRow] = []
        merged.reserveCapacity(rows.count + fresh.count)
        var next = 0
        for row in rows where !changed.holds(row.rowID) {
            while next < fresh.count, fresh[next].comesBefore(row) {
                merged.append(fresh[next])
                next += 1
            }
            merged.append(row)
        }
        merged += fresh[next...]
        replaced += rows.count + fresh.count - merged.count
        rows = merged
    }

    /// Leaves out what has been deleted.
    mutating func keep(only rowIDs: JobMark) { rows.removeAll { !rowIDs.holds($0.rowID) } }
}
