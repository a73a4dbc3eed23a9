/// All SQL over work items: here how an item comes to be, and what becomes of a run of it. How items are taken is in
/// `WorkTable+claims.swift`, what is counted in `WorkTable+figures.swift`, and what the operator does with them in
/// `WorkTable+operator.swift`.
package enum WorkTable {
    /// After so many runs that ended with their process an item is suspected of it, and from then on kept apart: it runs
    /// alone of its kind, and each time later. The number is part of the schema's indexes.
    static let quarantineAt = 2
    /// After so many it is given up: one that takes the process down each time must not do so for ever.
    static let maximumInterruptions = 10
    /// What a suspect waits after its second interruption; twice that after each further one.
    static let quarantineSeconds = 15

    // MARK: Ordering

    static func insert(_ order: WorkOrder, in transaction: Transaction) throws -> Identifier {
        if let key = order.uniqueKey, let open = try unfinished(kind: order.kind, uniqueKey: key, in: transaction) { return open }
        let id = transaction.newIdentifier()
        let runAt = order.runAt ?? transaction.now
        try transaction.execute(
            """
            INSERT INTO work_items (id, kind, account_rid, unique_key, payload, state, priority, is_ready, run_at, created_at)
            VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8, $9)
            """, id, order.kind, order.owner?.rowID, order.uniqueKey, order.payload.jsonText, order.priority.rawValue,
            runAt <= transaction.now, runAt, transaction.now)
        return id
    }

    static func unfinished(kind: String, uniqueKey: String, in reader: Reader) throws -> Identifier? {
        try reader.first(
            """
            SELECT id FROM work_items
            WHERE kind = $1 AND unique_key = $2 AND unique_key IS NOT NULL AND state IN ('pending', 'running', 'retry')
            """, kind, uniqueKey
        ) { try $0.id(0) }
    }

    /// Has an item that waits become due at another moment. One that runs, or is over, is left alone.
    static func move(_ id: Identifier, to moment: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE work_items SET run_at = $1, is_ready = CASE WHEN interruptions < 2 AND $1 <= $2 THEN 1 ELSE 0 END
            WHERE id = $3 AND state IN ('pending', 'retry')
            """, moment, transaction.now, id)
    }

    /// The newest item of that kind with that key, finished or not.
    package static func newest(kind: String, uniqueKey: String, in reader: Reader) throws -> Identifier? {
        try reader.first(
            "SELECT id FROM work_items WHERE kind = $1 AND unique_key = $2 ORDER BY rid DESC LIMIT 1", kind, uniqueKey
        ) { try $0.id(0) }
    }

    // MARK: Running

    /// What a run still has of its item.
    enum Hold: Sendable, Equatable {
        /// Nothing: it is another's by now, or nobody's.
        case lost
        /// It, but somebody wants it to stop.
        case cancelled
        case held
    }

    static func hold(_ item: WorkItem, by lease: WorkLease, in reader: Reader) throws -> Hold {
        try reader.first(
            "SELECT cancel_asked_at FROM work_items WHERE rid = $1 AND state = 'running' AND lease_boot = $2 AND attempts = $3",
            item.rowID, lease.boot, item.attempt
        ) { $0.isNull(0) ? .held : .cancelled } ?? .lost
    }

    static func hasExpiredLease(at now: Timestamp, in reader: Reader) throws -> Bool {
        try reader.first("SELECT 1 FROM work_items WHERE state = 'running' AND lease_until < $1 LIMIT 1", now) { _ in true } ?? false
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

    /// Ends a run that is to come again and costs no attempt.
    static func snooze(_ item: WorkItem, until moment: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE work_items SET state = CASE WHEN attempts > 1 THEN 'retry' ELSE 'pending' END, attempts = attempts - 1,
                snoozes = snoozes + 1, run_at = $1, lease_node = NULL, lease_boot = NULL, lease_until = NULL WHERE rid = $2
            """, moment, item.rowID)
    }

    /// Gives an item back that a stopping process did not finish; the attempt does not count.
    static func putBack(_ item: WorkItem, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE work_items SET state = CASE WHEN attempts > 1 THEN 'retry' ELSE 'pending' END, attempts = attempts - 1, run_at = $1,
                is_ready = CASE WHEN interruptions < 2 THEN 1 ELSE 0 END, lease_node = NULL, lease_boot = NULL, lease_until = NULL
            WHERE rid = $2
            """, transaction.now, item.rowID)
    }

    /// Ends a run that somebody wanted to stop, and its item with it.
    static func callOff(_ item: WorkItem, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE work_items SET state = 'cancelled', finished_at = $1, lease_node = NULL, lease_boot = NULL, lease_until = NULL
            WHERE rid = $2
            """, transaction.now, item.rowID)
    }

    /// Frees what other boots of this node left running, and what anybody's lease has run out on; returns how many wait
    /// again.
    ///
    /// An interrupted run costs no attempt: the item is not to blame that the process was killed. One that was
    /// interrupted twice may be, and is put into quarantine; one that was interrupted very often is given up. What was
    /// to stop anyway has stopped.
    @discardableResult
    static func freeAbandoned(by lease: WorkLease, in transaction: Transaction) throws -> Int {
        let abandoned = "state = 'running' AND ((lease_node = $1 AND lease_boot <> $2) OR lease_until < $3)"
        let free = "lease_node = NULL, lease_boot = NULL, lease_until = NULL"
        try transaction.execute(
            """
            UPDATE work_items SET state = 'cancelled', interruptions = interruptions + 1, finished_at = $3, \(free)
            WHERE \(abandoned) AND cancel_asked_at IS NOT NULL
            """, lease.node, lease.boot, transaction.now)
        try transaction.execute(
            """
            UPDATE work_items SET state = 'dead', interruptions = interruptions + 1, finished_at = $3, error_code = 'interrupted',
                error = 'The work was interrupted too often.', \(free)
            WHERE \(abandoned) AND interruptions + 1 >= $4
            """, lease.node, lease.boot, transaction.now, maximumInterruptions)
        return try transaction.execute(
            """
            UPDATE work_items SET state = CASE WHEN attempts > 1 THEN 'retry' ELSE 'pending' END, attempts = attempts - 1,
                interruptions = interruptions + 1, is_ready = CASE WHEN interruptions < 1 THEN 1 ELSE 0 END,
                run_at = CASE WHEN interruptions < 1 THEN run_at ELSE $3 + $4 * (1 << (interruptions - 1)) END, \(free)
            WHERE \(abandoned)
            """, lease.node, lease.boot, transaction.now, quarantineSeconds * 1_000_000)
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

    /// The same, and what waits already under the order's key is moved to the order's time, be it earlier or later. What
    /// runs by now under that key is left alone: it sees what this transaction writes, or ends before it.
    @discardableResult
    package func reschedule(_ order: WorkOrder) throws -> Identifier {
        let id = try WorkTable.insert(order, in: self)
        try WorkTable.move(id, to: order.runAt ?? now, in: self)
        emit(WorkEnqueued())
        return id
    }
}
