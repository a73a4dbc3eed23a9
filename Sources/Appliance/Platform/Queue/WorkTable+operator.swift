/// What the operator asks of items, and does with them.
extension WorkTable {
    /// The newest first. For a thread that may be kept busy.
    static func list(_ filter: WorkFilter, limit: Int, offset: Int, in reader: Reader) throws -> [WorkRecord] {
        let (condition, arguments) = sql(filter)
        return try reader.rows(
            """
            SELECT \(WorkRecord.columns) FROM work_items LEFT JOIN work_kinds ON work_kinds.kind = work_items.kind
            WHERE \(condition) ORDER BY rid DESC LIMIT $\(arguments.count + 1) OFFSET $\(arguments.count + 2)
            """, arguments: arguments + [limit, offset], map: WorkRecord.init)
    }

    static func count(_ filter: WorkFilter, in reader: Reader) throws -> Int {
        let (condition, arguments) = sql(filter)
        let from = "work_items LEFT JOIN work_kinds ON work_kinds.kind = work_items.kind"
        return Int(try reader.int("SELECT count(*) FROM \(from) WHERE \(condition)", arguments: arguments))
    }

    /// Some of what is dead, behind a row.
    static func dead(_ filter: WorkFilter, after last: Int64, limit: Int, in reader: Reader) throws -> [(rowID: Int64, id: Identifier)] {
        var filter = filter
        filter.states = [.dead]
        let (condition, arguments) = sql(filter)
        return try reader.rows(
            """
            SELECT rid, work_items.id FROM work_items LEFT JOIN work_kinds ON work_kinds.kind = work_items.kind
            WHERE \(condition) AND rid > $\(arguments.count + 1) ORDER BY rid LIMIT $\(arguments.count + 2)
            """, arguments: arguments + [last, limit]
        ) { (try $0.int(0), try $0.id(1)) }
    }

    static func record(_ id: Identifier, in reader: Reader) throws -> WorkRecord? {
        try reader.first(
            """
            SELECT \(WorkRecord.columns) FROM work_items LEFT JOIN work_kinds ON work_kinds.kind = work_items.kind
            WHERE work_items.id = $1
            """, id, map: WorkRecord.init)
    }

    /// What is to be done, what came of it, and under which key: for the operator, who has the file anyway.
    static func inside(_ id: Identifier, in reader: Reader) throws -> [(String, JSONValue)] {
        try reader.first("SELECT unique_key, payload, result FROM work_items WHERE id = $1", id) { row in
            [
                ("unique_key", try row.textOrNil(0).map { .string($0) } ?? .null), ("payload", try row.json(1)),
                ("result", row.isNull(2) ? .null : try row.json(2)),
            ]
        } ?? []
    }

    /// Each state is asked for so that its own index answers: of what is done there may be millions.
    private static func sql(_ filter: WorkFilter) -> (condition: String, arguments: [(any SQLBindable)?]) {
        let states = filter.states ?? [.pending, .retry, .running, .dead]
        var parts = WorkItem.State.allCases.filter { states.contains($0) }.map { state in
            switch state {
            case .pending, .retry:
                """
                (work_items.state = '\(state.rawValue)' AND rid IN (
                    SELECT rid FROM work_items WHERE is_ready = 1
                    UNION ALL SELECT rid FROM work_items
                        WHERE is_ready = 0 AND interruptions < 2 AND state IN ('pending', 'retry')
                    UNION ALL SELECT rid FROM work_items WHERE interruptions >= 2 AND state IN ('pending', 'retry')))
                """
            case .running: "rid IN (SELECT rid FROM work_items WHERE state = 'running')"
            case .dead: "rid IN (SELECT rid FROM work_items WHERE state = 'dead')"
            case .succeeded, .cancelled:
                "rid IN (SELECT rid FROM work_items WHERE state = '\(state.rawValue)' AND finished_at IS NOT NULL)"
            }
        }
        if parts.isEmpty { parts = ["1 = 0"] }
        var conditions = ["(" + parts.joined(separator: " OR ") + ")"]
        var arguments: [(any SQLBindable)?] = []
        if let kind = filter.kind {
            arguments.append(kind)
            conditions.append("work_items.kind = $\(arguments.count)")
        }
        if let queue = filter.queue {
            arguments.append(queue.rawValue)
            conditions.append("work_kinds.queue = $\(arguments.count)")
        }
        if filter.quarantinedOnly {
            conditions.append("rid IN (SELECT rid FROM work_items WHERE interruptions >= 2 AND state IN ('pending', 'retry'))")
        }
        return (conditions.joined(separator: " AND "), arguments)
    }

    // MARK: Doing something with one

    /// Has an item run again, as if it had never been tried. False, and nothing is done, when another item has its key.
    static func runAgain(_ id: Identifier, in transaction: Transaction) throws -> Bool {
        let taken = try transaction.int(
            """
            SELECT count(*) FROM work_items AS mine
            JOIN work_items AS other ON other.kind = mine.kind AND other.unique_key = mine.unique_key
            WHERE mine.id = $1 AND other.rid <> mine.rid AND other.state IN ('pending', 'running', 'retry')
            """, id)
        guard taken == 0 else { return false }
        try transaction.execute(
            """
            UPDATE work_items SET state = 'pending', attempts = 0, interruptions = 0, is_ready = 1, run_at = $1, finished_at = NULL,
                cancel_asked_at = NULL WHERE id = $2
            """, transaction.now, id)
        transaction.emit(WorkEnqueued())
        return true
    }

    /// Calls an item off that has not begun; one that runs is asked to stop.
    static func cancel(_ id: Identifier, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE work_items SET state = 'cancelled', is_ready = 0, finished_at = $1 WHERE id = $2 AND state IN ('pending', 'retry')",
            transaction.now, id)
        let running = try transaction.first("SELECT rid FROM work_items WHERE id = $1 AND state = 'running'", id) { try $0.int(0) }
        guard let running else { return }
        try transaction.execute("UPDATE work_items SET cancel_asked_at = $1 WHERE rid = $2", transaction.now, running)
        transaction.emit(WorkCancelAsked(rowID: running))
    }

    static func delete(_ id: Identifier, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM work_items WHERE id = $1", id)
    }

    /// Which of these runs somebody wants to stop: found again should the event have gone astray.
    static func toStop(_ rowIDs: [Int64], in reader: Reader) throws -> [Int64] {
        try rowIDs.filter { rowID in
            let sql = "SELECT count(*) FROM work_items WHERE rid = $1 AND state = 'running' AND cancel_asked_at IS NOT NULL"
            return try reader.int(sql, rowID) > 0
        }
    }

    // MARK: Queues

    static func pause(_ queue: WorkQueueName, in transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO work_pauses (queue, paused_at) VALUES ($1, $2) ON CONFLICT (queue) DO NOTHING", queue.rawValue, transaction.now)
        // Who waits for an item that will not begin now is let go.
        transaction.emit(WorkEnqueued())
    }

    static func resume(_ queue: WorkQueueName, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM work_pauses WHERE queue = $1", queue.rawValue)
        transaction.emit(WorkEnqueued())
    }
}
