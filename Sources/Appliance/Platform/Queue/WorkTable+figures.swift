/// What is counted of the items, by kind.
struct WorkFigures: Sendable, Equatable {
    struct Kind: Sendable, Equatable {
        var pending = 0
        var retry = 0
        var running = 0
        var dead = 0
        /// Of those that wait, how many are kept apart.
        var quarantined = 0

        var waiting: Int { pending + retry }

        static func + (left: Kind, right: Kind) -> Kind {
            Kind(
                pending: left.pending + right.pending, retry: left.retry + right.retry, running: left.running + right.running,
                dead: left.dead + right.dead, quarantined: left.quarantined + right.quarantined)
        }
    }

    var kinds: [String: Kind] = [:]

    var total: Kind { kinds.values.reduce(Kind(), +) }

    /// By queue; kinds that stand in none are left out.
    func queues(_ queueOf: [String: WorkQueueName]) -> [WorkQueueName: Kind] {
        var queues: [WorkQueueName: Kind] = [:]
        for (kind, figures) in kinds {
            guard let queue = queueOf[kind] else { continue }
            queues[queue] = (queues[queue] ?? Kind()) + figures
        }
        return queues
    }
}

extension WorkTable {
    /// Everything that waits or runs or is dead, counted. Each count has its index, and yet takes as long as there are
    /// items.
    static func figures(in reader: Reader) throws -> WorkFigures {
        var figures = WorkFigures()
        for (condition, isQuarantine) in [
            ("is_ready = 1", false), ("is_ready = 0 AND interruptions < 2 AND state IN ('pending', 'retry')", false),
            ("interruptions >= 2 AND state IN ('pending', 'retry')", true),
        ] {
            try reader.each(
                "SELECT kind, count(*), count(*) FILTER (WHERE state = 'retry') FROM work_items WHERE \(condition) GROUP BY kind"
            ) { row in
                let (all, retry) = (Int(try row.int(1)), Int(try row.int(2)))
                figures.kinds[try row.text(0), default: WorkFigures.Kind()].pending += all - retry
                figures.kinds[try row.text(0), default: WorkFigures.Kind()].retry += retry
                if isQuarantine { figures.kinds[try row.text(0), default: WorkFigures.Kind()].quarantined += all }
            }
        }
        try reader.each("SELECT kind, count(*) FROM work_items WHERE state = 'running' GROUP BY kind") { row in
            figures.kinds[try row.text(0), default: WorkFigures.Kind()].running += Int(try row.int(1))
        }
        try reader.each("SELECT kind, count(*) FROM work_items WHERE state = 'dead' GROUP BY kind") { row in
            figures.kinds[try row.text(0), default: WorkFigures.Kind()].dead += Int(try row.int(1))
        }
        return figures
    }

    /// Since when the longest due item of each kind has been due, of those that are ready: the first entries of an index.
    static func oldestReady(in reader: Reader) throws -> [String: Timestamp] {
        var oldest: [String: Timestamp] = [:]
        for kind in try readyKinds(in: reader) {
            oldest[kind] = try WorkPriority.allCases.compactMap { priority in
                try reader.first(
                    "SELECT run_at FROM work_items WHERE is_ready = 1 AND kind = $1 AND priority = $2 ORDER BY run_at, rid LIMIT 1", kind,
                    priority.rawValue
                ) { try $0.time(0) }
            }.min()
        }
        return oldest
    }

    /// The moment for which the longest waiting item of all is due; nil when none waits.
    static func oldestDue(in reader: Reader) throws -> Timestamp? {
        let suspect = try reader.first(
            "SELECT run_at FROM work_items WHERE interruptions >= 2 AND state IN ('pending', 'retry') ORDER BY run_at, rid LIMIT 1"
        ) { try $0.time(0) }
        return try (oldestReady(in: reader).values + [nextLater(in: reader), suspect].compactMap { $0 }).min()
    }

    /// How many items wait in quarantine.
    static func suspects(in reader: Reader) throws -> Int {
        Int(try reader.int("SELECT count(*) FROM work_items WHERE interruptions >= 2 AND state IN ('pending', 'retry')"))
    }

    /// In which queue each kind stands, as the last server to start said.
    static func knownQueues(in reader: Reader) throws -> [String: WorkQueueName] {
        let rows = try reader.rows("SELECT kind, queue FROM work_kinds") { (try $0.text(0), WorkQueueName(rawValue: try $0.text(1))) }
        return rows.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
}
