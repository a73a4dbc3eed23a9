/// What is taken at once, for which queues.
struct WorkPlan: Sendable {
    /// One queue's part of it.
    struct Wish: Sendable {
        let queue: WorkQueueName
        let kinds: [String]
        /// Items that may begin, at least one.
        let limit: Int
        /// Where accounts take turns, whose it is.
        let turns: WorkTurns?
    }

    /// Items that may begin, of all queues together.
    let places: Int
    /// In the order in which they get places.
    let wishes: [Wish]
    let takesSuspect: Bool
    /// Runs that are under way in this process. One that has lost its item does not get it again beside itself.
    var running: Set<Int64> = []
}

/// How items are taken. Nothing here gets slower by how many wait.
extension WorkTable {
    /// Items that are made ready in one transaction.
    private static let promotedAtOnce = 250

    /// Takes what the plan has places for, leases it, and counts the attempts.
    static func claim(_ plan: WorkPlan, lease: WorkLease, until end: Timestamp, in transaction: Transaction) throws -> [WorkItem] {
        try promote(in: transaction)
        let paused = try pausedQueues(in: transaction)
        let wishes = plan.wishes.filter { !paused.contains($0.queue) }
        var items: [WorkItem] = []
        // A suspect before the others, so that they cannot keep it from its turn for ever.
        if plan.takesSuspect, plan.places > 0 {
            let suspect = try nextSuspect(wishes.flatMap(\.kinds), in: transaction)
            if let suspect, suspect.due <= transaction.now, !plan.running.contains(suspect.rowID),
                let item = try take(suspect.rowID, lease, end, transaction)
            {
                items.append(item)
            }
        }
        for wish in wishes {
            let own = items.count { wish.kinds.contains($0.kind) }
            let limit = min(plan.places - items.count, wish.limit - own)
            guard limit > 0 else { continue }
            if let turns = wish.turns {
                items += try takeTurns(turns, wish.kinds, limit, plan.running, lease, end, transaction)
            } else {
                for rowID in try ready(wish.kinds, limit: limit, in: transaction) where !plan.running.contains(rowID) {
                    if let item = try take(rowID, lease, end, transaction) { items.append(item) }
                }
            }
        }
        return items
    }

    private static func takeTurns(
        _ turns: WorkTurns, _ kinds: [String], _ limit: Int, _ running: Set<Int64>, _ lease: WorkLease, _ end: Timestamp,
        _ transaction: Transaction
    ) throws -> [WorkItem] {
        var (turns, items): (WorkTurns, [WorkItem]) = (turns, [])
        while items.count < limit, let account = try nextAccount(kinds, turns, in: transaction) {
            guard let rowID = try ready(kinds, of: account, in: transaction), !running.contains(rowID) else { break }
            turns.begin(account)
            if let item = try take(rowID, lease, end, transaction) { items.append(item) }
        }
        return items
    }

    /// Leases one item. One whose payload cannot be read is dead, and holds up nobody.
    private static func take(
        _ rowID: Int64, _ lease: WorkLease, _ end: Timestamp, _ transaction: Transaction
    ) throws -> WorkItem? {
        // Two statements: RETURNING would fill and empty a table of its own for each item.
        try transaction.execute(
            """
            UPDATE work_items SET state = 'running', is_ready = 0, attempts = attempts + 1, started_at = coalesce(started_at, $1),
                lease_node = $2, lease_boot = $3, lease_until = $4
            WHERE rid = $5
            """, transaction.now, lease.node, lease.boot, end, rowID)
        let taken = try transaction.first(
            """
            SELECT id, kind, account_rid, payload, attempts, created_at, snoozes, interruptions, run_at FROM work_items WHERE rid = $1
            """, rowID
        ) { row in
            let payload = try? JSONValue.parse(row.bytes(3))
            let item = WorkItem(
                rowID: rowID, id: try row.id(0), kind: try row.text(1),
                owner: try row.intOrNil(2).map { Owner.ofWork(accountRowID: $0) }, payload: payload ?? .null,
                attempt: Int(try row.int(4)), createdAt: try row.time(5), snoozes: Int(try row.int(6)),
                interruptions: Int(try row.int(7)), dueAt: try row.time(8))
            return (item: item, isReadable: payload != nil)
        }
        guard let taken else { return nil }
        guard taken.isReadable else {
            try fail(taken.item, code: "payload_unreadable", detail: "What is to be done cannot be read.", retryAt: nil, in: transaction)
            return nil
        }
        return taken.item
    }

    /// Makes ready what has become due, some of it at a time.
    private static func promote(in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE work_items SET is_ready = 1 WHERE rid IN (
                SELECT rid FROM work_items WHERE is_ready = 0 AND interruptions < 2 AND state IN ('pending', 'retry') AND run_at <= $1
                ORDER BY run_at, rid LIMIT $2)
            """, transaction.now, promotedAtOnce)
    }

    // MARK: What is the next

    /// The ready items of these kinds that go first.
    static func ready(_ kinds: [String], limit: Int, in reader: Reader) throws -> [Int64] {
        guard !kinds.isEmpty else { return [] }
        // A part for each kind: its index gives the first of it, and only the firsts are sorted.
        let parts = kinds.indices.map { number in
            """
            SELECT rid, priority, run_at FROM (
                SELECT rid, priority, run_at FROM work_items WHERE is_ready = 1 AND kind = $\(number + 2)
                ORDER BY priority, run_at, rid LIMIT $1) AS part\(number)
            """
        }
        let sql = "SELECT rid FROM (\(parts.joined(separator: " UNION ALL "))) AS firsts ORDER BY priority, run_at, rid LIMIT $1"
        return try reader.rows(sql, arguments: [limit] + kinds) { try $0.int(0) }
    }

    /// The account whose turn it is; nil when none waits that has room.
    static func nextAccount(_ kinds: [String], _ turns: WorkTurns, in reader: Reader) throws -> Int64? {
        try turns.next { last in
            try kinds.compactMap { kind in
                try reader.first(
                    """
                    SELECT coalesce(account_rid, 0) FROM work_items
                    WHERE is_ready = 1 AND kind = $1 AND coalesce(account_rid, 0) > $2 ORDER BY coalesce(account_rid, 0) LIMIT 1
                    """, kind, last
                ) { try $0.int(0) }
            }.min()
        }
    }

    /// The account's ready item of these kinds that goes first.
    private static func ready(_ kinds: [String], of account: Int64, in reader: Reader) throws -> Int64? {
        let firsts = try kinds.compactMap { kind in
            try reader.first(
                """
                SELECT priority, run_at, rid FROM work_items WHERE is_ready = 1 AND kind = $1 AND coalesce(account_rid, 0) = $2
                ORDER BY priority, run_at, rid LIMIT 1
                """, kind, account
            ) { (try $0.int(0), try $0.int(1), try $0.int(2)) }
        }
        return firsts.min { $0 < $1 }?.2
    }

    /// The item in quarantine that goes first, and when.
    static func nextSuspect(_ kinds: [String], in reader: Reader) throws -> (rowID: Int64, due: Timestamp)? {
        guard !kinds.isEmpty else { return nil }
        let places = kinds.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        return try reader.rows(
            """
            SELECT rid, run_at FROM work_items
            WHERE interruptions >= 2 AND state IN ('pending', 'retry') AND kind IN (\(places)) ORDER BY run_at, rid LIMIT 1
            """, arguments: kinds
        ) { (rowID: try $0.int(0), due: try $0.time(1)) }.first
    }

    /// When the next item becomes due of those that are not; nil when there is none.
    static func nextLater(in reader: Reader) throws -> Timestamp? {
        try reader.first(
            """
            SELECT run_at FROM work_items
            WHERE is_ready = 0 AND interruptions < 2 AND state IN ('pending', 'retry') ORDER BY run_at, rid LIMIT 1
            """
        ) { try $0.time(0) }
    }

    /// The kinds of which something is ready. Steps from kind to kind, whatever there is of each.
    static func readyKinds(in reader: Reader) throws -> Set<String> {
        let kinds = try reader.rows(
            """
            WITH RECURSIVE ready (kind) AS (
                SELECT min(kind) FROM work_items WHERE is_ready = 1
                UNION ALL
                SELECT (SELECT min(kind) FROM work_items WHERE is_ready = 1 AND kind > ready.kind) FROM ready WHERE ready.kind IS NOT NULL)
            SELECT kind FROM ready WHERE kind IS NOT NULL
            """
        ) { try $0.text(0) }
        return Set(kinds)
    }

    // MARK: Queues

    /// Queues that nothing is taken from. A name that this release does not know holds nothing up.
    static func pausedQueues(in reader: Reader) throws -> Set<WorkQueueName> {
        Set(try reader.rows("SELECT queue FROM work_pauses") { WorkQueueName(rawValue: try $0.text(0)) }.compactMap { $0 })
    }

    /// Notes in which queue each kind stands, for commands that run without a server.
    static func register(_ queues: [String: WorkQueueName], in transaction: Transaction) throws {
        for (kind, queue) in queues.sorted(by: { $0.key < $1.key }) {
            try transaction.execute(
                "INSERT INTO work_kinds (kind, queue) VALUES ($1, $2) ON CONFLICT (kind) DO UPDATE SET queue = excluded.queue", kind,
                queue.rawValue)
        }
    }
}
