import Platform

/// A queue on a database of its own, both with the product's settings and wired to each other as the product does it.
struct Stage: Sendable {
    let shape: Shape
    let database: Database
    let ledger: Ledger
    private let order: [WorkQueueName]

    /// Opens a new database, starts the queue, runs `body`, holds what it did against the table, and closes.
    static func run(
        _ shape: Shape, items: Int, in directory: String, _ body: (Stage) async throws -> JSONObject
    ) async throws -> JSONValue {
        let clock = SystemClock()
        let database = try Database(
            directory: DataDirectory(locking: directory),
            migrations: PlatformSchema.migrations + WorkSchema.migrations + WorkSchema.queueMigrations, clock: clock, random: SystemRandom()
        )
        let ledger = Ledger(items: items)
        let queue = WorkQueue(
            database: database, workers: shape.queues.map { NoOp(queue: $0, ledger: ledger) }, settings: shape.settings,
            node: HostIdentity.name, clock: clock, random: SystemRandom(), log: Log())
        database.setEventSink { [weak queue] events in
            if events.contains(where: { $0 is WorkEnqueued }) { queue?.wake() }
            let ends = events.count { $0 is ItemEnded }
            if ends > 0 { ledger.end(ends) }
        }
        do {
            try await queue.start()
            let stage = Stage(shape: shape, database: database, ledger: ledger, order: shape.order)
            let before = try await stage.commits()
            var result = try await body(stage)
            result.append("commits", .integer(try await stage.commits() - before - 1))
            try await stage.check(&result)
            await close(queue, database)
            return .object(result)
        } catch {
            await close(queue, database)
            throw error
        }
    }

    private static func close(_ queue: WorkQueue, _ database: Database) async {
        await queue.stop(drainSeconds: 5)
        await withCheckedContinuation { done in
            BlockingWork.run {
                database.close()
                done.resume()
            }
        }
    }

    /// Orders these items in one transaction, and returns once it is on the disk.
    func enqueue(_ numbers: Range<Int>) async throws {
        let order = order
        try await database.write { transaction in
            for number in numbers {
                let kind = NoOp.kind(order[number % order.count])
                try transaction.enqueue(WorkOrder(kind, payload: ["number": .integer(number)]))
            }
        }
    }

    /// A commit of its own, counted after it was read.
    private func commits() async throws -> Int {
        try await database.write { Int(try $0.int("SELECT sequence FROM last_commit")) }
    }

    /// Every item is in the table as done, at its first attempt, on a disk that each commit reached.
    private func check(_ result: inout JSONObject) async throws {
        let (done, all, synchronous) = try await database.write { transaction in
            (
                Int(try transaction.int("SELECT count(*) FROM work_items WHERE state = 'succeeded' AND attempts = 1")),
                Int(try transaction.int("SELECT count(*) FROM work_items")), Int(try transaction.int("PRAGMA synchronous"))
            )
        }
        guard done == ledger.items, all == ledger.items else {
            throw BenchmarkError.notAllDone(items: ledger.items, done: done, stored: all)
        }
        result.append("shape", .string(shape.rawValue))
        result.append("places", .integer(shape.together))
        result.append("synchronous", .string(synchronous == 2 ? "FULL" : "\(synchronous)"))
    }
}

/// Why a run counts for nothing.
enum BenchmarkError: Error, CustomStringConvertible {
    case strangeItem
    case notOnceEach(items: Int, runs: Int)
    case notAllDone(items: Int, done: Int, stored: Int)

    var description: String {
        switch self {
        case .strangeItem: "an item has no number"
        case .notOnceEach(let items, let runs): "\(items) items were ordered, and there were \(runs) runs"
        case .notAllDone(let items, let done, let stored):
            "\(items) items were ordered, \(stored) are stored and \(done) of them done at once"
        }
    }
}
