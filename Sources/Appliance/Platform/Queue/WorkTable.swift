/// All SQL over work items.
package enum WorkTable {
    /// Runs that may end with their process before the item is given up: one that takes the process down each time
    /// must not do so for ever.
    static let maximumInterruptions = 20

    // MARK: Ordering

    static func insert(_ order: WorkOrder, in transaction: Transaction) throws -> Identifier {
        if let key = order.uniqueKey, let open = try unfinished(kind: order.kind, uniqueKey: key, in: transaction) { return open }
        let id = transaction.newIdentifier()
        try transaction.execute(
            """
            INSERT INTO work_items (id, kind, account_rid, unique_key, payload, state, run_at, created_at)
            VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7)
            """, id, order.kind, order.owner?.rowID, order.uniqueKey, order.payload.jsonText, order.runAt ?? transaction.now,
            transaction.now)
        return id
    }

    private static func unfinished(kind: String, uniqueKey: String, in reader: Reader) throws -> Identifier? {
        try reader.first(
            """
            SELECT id FROM work_items
            WHERE kind = $1 AND unique_key = $2 AND unique_key IS NOT NULL AND state IN ('pending', 'running', 'retry')
            """, kind, uniqueKey
        ) { try $0.id(0) }
    }

    /// The newest item of that kind with that key, finished or not.
    package static func newest(kind: String, uniqueKey: String, in reader: Reader) throws -> Identifier? {
        try reader.first(
            "SELECT id FROM work_items WHERE kind = $1 AND unique_key = $2 ORDER BY rid DESC LIMIT 1", kind, uniqueKey
        ) { try $0.id(0) }
    }

    // MARK: Running

    /// Leases up to `limit` items that are due, the longest due first, and counts the attempt.
    static func claim(
        _ kinds: [String], limit: Int, lease: WorkLease, until end: Timestamp, in transaction: Transaction
    ) throws -> [WorkItem] {
        guard limit > 0, !kinds.isEmpty else { return [] }
        let places = kinds.indices.map { "$\($0 + 6)" }.joined(separator: ", ")
        let items = try transaction.rows(
            """
            UPDATE work_items SET state = 'running', attempts = attempts + 1, started_at = coalesce(started_at, $1), lease_node = $2,
                lease_boot = $3, lease_until = $4
            WHERE rid IN (
                SELECT rid FROM work_items WHERE state IN ('pending', 'retry') AND run_at <= $1 AND kind IN (\(places))
                ORDER BY run_at, rid LIMIT $5)
            RETURNING rid, id, kind, account_rid, payload, attempts, created_at
            """,
            arguments: [transaction.now, lease.node, lease.boot, end, limit] + kinds
        ) { row in
            WorkItem(
                rowID: try row.int(0), id: try row.id(1), kind: try row.text(2),
                owner: try row.intOrNil(3).map { Owner.ofWork(accountRowID: $0) }, payload: try row.json(4),
                attempt: Int(try row.int(5)), createdAt: try row.time(6))
        }
        return items.sorted { $0.rowID < $1.rowID }
    }

    /// When the next item of these kinds is due; nil when none waits.
    static func nextDue(_ kinds: [String], in reader: Reader) throws -> Timestamp? {
        let places = kinds.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        var due: Timestamp?
        try reader.each(
            """
            SELECT run_at FROM work_items WHERE state IN ('pending', 'retry') AND kind IN (\(places)) ORDER BY run_at, rid LIMIT 1
            """, arguments: kinds
        ) { due = try $0.time(0) }
        return due
    }

    /// Whether this very run still holds its item.
    static func isHeld(_ item: WorkItem, by lease: WorkLease, in reader: Reader) throws -> Bool {
        try reader.int(
            "SELECT count(*) FROM work_items WHERE rid = $1 AND state = 'running' AND lease_boot = $2 AND attempts = $3", item.rowID,
            lease.boot, item.attempt) == 1
    }

    static func hasExpiredLease(at now: Timestamp, in reader: Reader) throws -> Bool {
        try reader.int("SELECT count(*) FROM work_items WHERE state = 'running' AND lease_until < $1", now) > 0
    }

    static func renew(_ rowIDs: [Int64], by lease: WorkLease, until end: Timestamp, in transaction: Transaction) throws {
        for rowID in rowIDs {
            try transaction.execute(
                "UPDATE work_items SET lease_until = $1 WHERE rid = $2 AND state = 'running' AND lease_boot = $3", end, rowID, lease.boot)
        }
    }

    // MARK: Ending

    static func succeed(_ item: WorkItem, result: String, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE work_items SET state = 'succeeded', result = $1, error = NULL, error_code = NULL, finished_at = $2, lease_node = NULL,
                lease_boot = NULL, lease_until = NULL WHERE rid = $3
            """, result, transaction.now, item.rowID)
    }

    /// Notes a failure; with `retryAt` the item comes again, else it is dead.
    static func fail(_ item: WorkItem, code: String, detail: String, retryAt: Timestamp?, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE work_items SET state = $1, error_code = $2, error = $3, run_at = coalesce($4, run_at), finished_at = $5,
                lease_node = NULL, lease_boot = NULL, lease_until = NULL WHERE rid = $6
            """, (retryAt == nil ? WorkItem.State.dead : .retry).rawValue, code, detail, retryAt, retryAt == nil ? transaction.now : nil,
            item.rowID)
    }

    /// Gives an item back that a stopping process did not finish; the attempt does not count.
    static func putBack(_ item: WorkItem, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE work_items SET state = CASE WHEN attempts > 1 THEN 'retry' ELSE 'pending' END, attempts = attempts - 1, run_at = $1,
                lease_node = NULL, lease_boot = NULL, lease_until = NULL WHERE rid = $2
            """, transaction.now, item.rowID)
    }

    /// Frees what other boots of this node left running, and what anybody's lease has run out on.
    ///
    /// An interrupted run costs no attempt: the item is not to blame that the process was killed. One that was
    /// interrupted very often is, and is given up.
    @discardableResult
    static func freeAbandoned(by lease: WorkLease, in transaction: Transaction) throws -> Int {
        let abandoned = "state = 'running' AND ((lease_node = $1 AND lease_boot <> $2) OR lease_until < $3)"
        try transaction.execute(
            """
            UPDATE work_items SET state = 'dead', interruptions = interruptions + 1, finished_at = $3, error_code = 'interrupted',
                error = 'The work was interrupted too often.', lease_node = NULL, lease_boot = NULL, lease_until = NULL
            WHERE \(abandoned) AND interruptions + 1 >= $4
            """, lease.node, lease.boot, transaction.now, maximumInterruptions)
        return try transaction.execute(
            """
            UPDATE work_items SET state = CASE WHEN attempts > 1 THEN 'retry' ELSE 'pending' END, attempts = attempts - 1,
                interruptions = interruptions + 1, lease_node = NULL, lease_boot = NULL, lease_until = NULL
            WHERE \(abandoned)
            """, lease.node, lease.boot, transaction.now)
    }

    /// Deletes items that ended long ago, some at a time; true when there may be more.
    static func clean(doneBefore: Timestamp, deadBefore: Timestamp, limit: Int, in transaction: Transaction) throws -> Bool {
        var deleted = 0
        for (state, before) in [
            (WorkItem.State.succeeded, doneBefore), (.cancelled, doneBefore), (.dead, deadBefore),
        ] {
            deleted += try transaction.execute(
                "DELETE FROM work_items WHERE rid IN (SELECT rid FROM work_items WHERE state = $1 AND finished_at < $2 LIMIT $3)",
                state.rawValue, before, limit)
        }
        return deleted >= limit
    }

    /// Deletes everything that was ordered for an account, which is being deleted itself.
    package static func deleteAll(of owner: Owner, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM work_items WHERE account_rid = $1", owner.rowID)
    }

    // MARK: Looking

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

    /// Since when the longest due item has been due; nil when none waits. The first entry of an index.
    static func oldestDue(in reader: Reader) throws -> Timestamp? {
        let oldest = try reader.first("SELECT min(run_at) FROM work_items WHERE state IN ('pending', 'retry')") { try $0.timeOrNil(0) }
        return oldest ?? nil
    }

    /// How many items wait, run and are dead. Each count has its index, and yet takes as long as there are items.
    static func depths(in reader: Reader) throws -> [WorkItem.State: Int] {
        var counts: [WorkItem.State: Int] = [:]
        for condition in ["state IN ('pending', 'retry')", "state = 'running'", "state = 'dead' AND finished_at IS NOT NULL"] {
            try reader.each("SELECT state, count(*) FROM work_items WHERE \(condition) GROUP BY state") {
                counts[try state($0, 0)] = Int(try $0.int(1))
            }
        }
        return counts
    }

    private static func state(_ row: borrowing Row, _ column: Int) throws -> WorkItem.State {
        guard let state = WorkItem.State(rawValue: try row.text(column)) else { throw StorageError.unexpectedValue(column: column) }
        return state
    }
}

/// Who runs items: a process, by the machine it is on and by its start.
struct WorkLease: Sendable, Equatable {
    let node: String
    let boot: Identifier
}

extension Transaction {
    /// Orders work that is done after the commit, and only if there is one. Returns the item's id.
    @discardableResult
    package func enqueue(_ order: WorkOrder) throws -> Identifier {
        let id = try WorkTable.insert(order, in: self)
        emit(WorkEnqueued())
        return id
    }
}
