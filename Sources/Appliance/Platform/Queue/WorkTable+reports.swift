/// What an item's owner sees of it.
extension WorkTable {
    /// What an item's owner may know of it.
    package struct Report: Sendable, Equatable {
        package let id: Identifier
        package let state: WorkItem.State
        package let result: JSONValue
        package let error: String?
        package let errorCode: String?
        package let createdAt: Timestamp
        package let finishedAt: Timestamp?
    }

    package static func report(_ id: Identifier, of owner: Owner, in reader: Reader) throws -> Report? {
        try reader.first(
            "SELECT \(reportColumns) FROM work_items WHERE id = $1 AND account_rid = $2", id, owner.rowID, map: readReport)
    }

    /// Everything that was ordered for an account and is still known, the oldest first: for its owner's own copy.
    package static func each(of owner: Owner, in reader: Reader, body: (WorkOrder, Report) throws -> Void) throws {
        try reader.each(
            "SELECT \(reportColumns), kind, payload, run_at FROM work_items WHERE account_rid = $1 ORDER BY rid", owner.rowID
        ) { row in
            let order = WorkOrder(try row.text(7), payload: try row.json(8), owner: owner, runAt: try row.time(9))
            try body(order, try readReport(row))
        }
    }

    private static let reportColumns = "id, state, result, error, error_code, created_at, finished_at"

    private static func readReport(_ row: borrowing Row) throws -> Report {
        Report(
            id: try row.id(0), state: try state(row, 1), result: row.isNull(2) ? .null : try row.json(2),
            error: try row.textOrNil(3), errorCode: try row.textOrNil(4), createdAt: try row.time(5),
            finishedAt: try row.timeOrNil(6))
    }

    static func state(of id: Identifier, in reader: Reader) throws -> WorkItem.State? {
        try reader.first("SELECT state FROM work_items WHERE id = $1", id) { try state($0, 0) }
    }

    /// Whether an attempt at the item is under way, or will be as soon as it is its turn.
    static func isComing(_ id: Identifier, in reader: Reader) throws -> Bool {
        let found = try reader.first(
            """
            SELECT work_items.state, work_pauses.queue FROM work_items
            LEFT JOIN work_kinds ON work_kinds.kind = work_items.kind LEFT JOIN work_pauses ON work_pauses.queue = work_kinds.queue
            WHERE work_items.id = $1
            """, id
        ) { (state: try state($0, 0), isPaused: !$0.isNull(1)) }
        guard let found else { return false }
        return found.state == .running || (found.state == .pending && !found.isPaused)
    }

    static func state(_ row: borrowing Row, _ column: Int) throws -> WorkItem.State {
        guard let state = WorkItem.State(rawValue: try row.text(column)) else { throw StorageError.unexpectedValue(column: column) }
        return state
    }
}
