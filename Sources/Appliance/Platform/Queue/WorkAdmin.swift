/// What the operator does with the background work: one for the commands and for the staff's routes.
package struct WorkAdmin: Sendable {
    /// What cannot be done with an item.
    package enum Failure: HTTPFact, Equatable {
        /// In that state there is nothing to `wish` for.
        case wrongState(WorkItem.State, wish: String)
        /// Another unfinished item of the kind has the key.
        case keyTaken

        package var status: Int { 409 }

        package var detail: String {
            switch self {
            case .wrongState(let state, let wish): "The work is \(state.rawValue): it cannot be \(wish)."
            case .keyTaken: "Other work that is not done yet has the same key; this would do it twice."
            }
        }

        package func writeBody(into writer: inout JSONWriter) {
            writer.object { writer in writer.field("detail", detail) }
        }
    }

    private let database: Database
    /// Items that one transaction changes.
    private static let atOnce = 200

    package init(database: Database) { self.database = database }

    // MARK: Looking

    /// One queue in figures.
    package struct Queue: Sendable {
        package let name: WorkQueueName
        let isPaused: Bool
        let figures: WorkFigures.Kind
        /// How long the longest due item has been due, in microseconds.
        let lateness: Int64
        let kinds: [String]

        package var json: JSONValue {
            [
                "queue": .string(name.rawValue), "is_paused": .bool(isPaused), "waiting": .integer(figures.waiting),
                "running": .integer(figures.running), "dead": .integer(figures.dead), "quarantined": .integer(figures.quarantined),
                "oldest_seconds": .integer(Int(lateness / 1_000_000)), "kinds": .list(kinds),
            ]
        }

        static let schema = JSONSchema.named(
            "WorkQueue",
            .object([
                JSONSchema.Member("queue", .text), JSONSchema.Member("is_paused", .boolean), JSONSchema.Member("waiting", .integer),
                JSONSchema.Member("running", .integer), JSONSchema.Member("dead", .integer), JSONSchema.Member("quarantined", .integer),
                JSONSchema.Member("oldest_seconds", .integer), JSONSchema.Member("kinds", .array(.text)),
            ]))
    }

    package func queues(at now: Timestamp) async throws -> [Queue] {
        try await database.scan { reader in
            let known = try WorkTable.knownQueues(in: reader)
            let figures = try WorkTable.figures(in: reader).queues(known)
            let oldest = try WorkTable.oldestReady(in: reader)
            let paused = try WorkTable.pausedQueues(in: reader)
            return WorkQueueName.allCases.map { name in
                let kinds = known.filter { $0.value == name }.keys.sorted()
                let due = kinds.compactMap { oldest[$0] }.min() ?? now
                return Queue(
                    name: name, isPaused: paused.contains(name), figures: figures[name] ?? WorkFigures.Kind(),
                    lateness: max(0, now.microseconds - due.microseconds), kinds: kinds)
            }
        }
    }

    package func count(_ filter: WorkFilter) async throws -> Int {
        try await database.scan { try WorkTable.count(filter, in: $0) }
    }

    package func list(_ filter: WorkFilter, limit: Int, offset: Int = 0) async throws -> [WorkRecord] {
        try await database.scan { try WorkTable.list(filter, limit: limit, offset: offset, in: $0) }
    }

    package func record(_ id: Identifier) throws -> WorkRecord? { try database.read { try WorkTable.record(id, in: $0) } }

    /// What is to be done and what came of it: only for who may read the file anyway.
    package func inside(_ id: Identifier) throws -> [(String, JSONValue)] { try database.read { try WorkTable.inside(id, in: $0) } }

    // MARK: One item; nil when there is none of that id

    /// Has it run again at once, as if it had never been tried.
    package func retry(_ id: Identifier) async throws -> WorkRecord? {
        try await change(id, unless: [.running, .succeeded], wish: "tried again") { transaction in
            guard try WorkTable.runAgain(id, in: transaction) else { throw Failure.keyTaken }
        }
    }

    /// Calls it off. A run that is under way is told to stop, and what it did is not stored; it may take a moment.
    package func cancel(_ id: Identifier) async throws -> WorkRecord? {
        try await change(id, unless: [.succeeded, .dead, .cancelled], wish: "cancelled") { try WorkTable.cancel(id, in: $0) }
    }

    /// Forgets one that is dead or was cancelled; what it returns was.
    package func purge(_ id: Identifier) async throws -> WorkRecord? {
        try await database.write { transaction in
            guard let record = try WorkTable.record(id, in: transaction) else { return nil }
            guard record.state == .dead || record.state == .cancelled else {
                throw Failure.wrongState(record.state, wish: "purged")
            }
            try WorkTable.delete(id, in: transaction)
            return record
        }
    }

    private func change(
        _ id: Identifier, unless states: Set<WorkItem.State>, wish: String, _ body: @escaping @Sendable (Transaction) throws -> Void
    ) async throws -> WorkRecord? {
        try await database.write { transaction in
            guard let record = try WorkTable.record(id, in: transaction) else { return nil }
            guard !states.contains(record.state) else { throw Failure.wrongState(record.state, wish: wish) }
            try body(transaction)
            return try WorkTable.record(id, in: transaction)
        }
    }

    // MARK: The dead

    /// Has all that is dead run again, but for items whose key another one has by now. Returns how many.
    package func retryDead(_ filter: WorkFilter) async throws -> Int {
        try await eachDead(filter) { id, transaction in try WorkTable.runAgain(id, in: transaction) }
    }

    /// Forgets all that is dead. Returns how many.
    package func purgeDead(_ filter: WorkFilter) async throws -> Int {
        try await eachDead(filter) { id, transaction in
            try WorkTable.delete(id, in: transaction)
            return true
        }
    }

    private func eachDead(
        _ filter: WorkFilter, _ body: @escaping @Sendable (Identifier, Transaction) throws -> Bool
    ) async throws -> Int {
        var (last, done): (Int64, Int) = (0, 0)
        while true {
            let after = last
            let dead = try await database.scan { try WorkTable.dead(filter, after: after, limit: Self.atOnce, in: $0) }
            guard let end = dead.last else { return done }
            done += try await database.write { transaction in
                try dead.count { item in
                    guard try WorkTable.state(of: item.id, in: transaction) == .dead else { return false }
                    return try body(item.id, transaction)
                }
            }
            last = end.rowID
            try Task.checkCancellation()
        }
    }

    // MARK: Queues

    /// Nothing more is taken from the queue, also after a restart; what runs is finished.
    package func pause(_ queue: WorkQueueName) async throws { try await database.write { try WorkTable.pause(queue, in: $0) } }

    package func resume(_ queue: WorkQueueName) async throws { try await database.write { try WorkTable.resume(queue, in: $0) } }
}
