import Synchronization

@testable import Platform

/// A worker whose runs the test decides.
final class ScriptedWorker: Worker {
    enum Step: Sendable {
        case succeed(JSONValue)
        case fail(code: String, permanent: Bool = false, retryAfter: Int? = nil)
        case snooze(seconds: Int)
        /// An error that tells the queue nothing.
        case trip
        /// Waits until the gate opens or the run is cancelled.
        case wait(AsyncDoor)
        /// Waits, and then fails like a call that was cut off, also when it is not cancelled.
        case storeThenThrow
    }

    struct Failure: WorkFailure {
        let workCode: String
        var workDetail: String { "It went wrong: \(workCode)." }
        let isPermanent: Bool
        let retryAfterSeconds: Int?
    }

    struct Trip: Error {}

    let kind: String
    let queue: WorkQueueName
    let maximumAttempts: Int
    let timeLimitSeconds: Int
    private let steps: Mutex<[Step]>
    private let seen: Mutex<[WorkItem]> = Mutex([])

    init(kind: String = "test.work", queue: WorkQueueName = .maintenance, attempts: Int = 3, timeLimit: Int = 1800, _ steps: Step...) {
        self.kind = kind
        self.queue = queue
        maximumAttempts = attempts
        timeLimitSeconds = timeLimit
        self.steps = Mutex(steps)
    }

    var runs: [WorkItem] { seen.withLock { $0 } }

    func pauseSeconds(afterAttempt attempt: Int) -> Int { 100 * attempt }

    /// The last step repeats.
    func run(_ item: WorkItem) async throws -> WorkOutcome {
        seen.withLock { $0.append(item) }
        let step = steps.withLock { $0.count > 1 ? $0.removeFirst() : $0.first }
        switch step {
        case .succeed(let result): return Self.outcome(item, result)
        case .fail(let code, let permanent, let retryAfter):
            throw Failure(workCode: code, isPermanent: permanent, retryAfterSeconds: retryAfter)
        case .snooze(let seconds):
            return .snooze(seconds: seconds) { try $0.addBook("snooze \(item.snoozes) of \(item.id)") }
        case .trip, nil: throw Trip()
        case .wait(let door):
            try await door.wait()
            return Self.outcome(item, "waited")
        case .storeThenThrow:
            return WorkOutcome { transaction in
                try transaction.addBook("half")
                throw Trip()
            }
        }
    }

    /// Each run that is committed leaves a book, so that the test can count them.
    private static func outcome(_ item: WorkItem, _ result: JSONValue) -> WorkOutcome {
        WorkOutcome { transaction in
            try transaction.addBook("\(item.id)")
            return result
        }
    }
}

/// A door that tasks wait at until it opens; a cancelled one goes away.
actor AsyncDoor {
    private var isOpen = false
    private var waiting: [Int: CheckedContinuation<Void, any Error>] = [:]
    private var arrivals = 0
    private var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    func wait() async throws {
        guard !isOpen else { return }
        arrivals += 1
        let number = arrivals
        for watcher in watchers where watcher.count <= arrivals { watcher.continuation.resume() }
        watchers.removeAll { $0.count <= arrivals }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
                waiting[number] = continuation
            }
        } onCancel: {
            Task { await self.leave(number) }
        }
    }

    func open() {
        isOpen = true
        for continuation in waiting.values { continuation.resume() }
        waiting = [:]
    }

    /// Returns when so many have come.
    func untilArrived(_ count: Int) async {
        guard arrivals < count else { return }
        await withCheckedContinuation { watchers.append((count, $0)) }
    }

    private func leave(_ number: Int) { waiting.removeValue(forKey: number)?.resume(throwing: CancellationError()) }
}

extension WorkTable {
    /// Takes as a queue would that has these kinds alone, so many places, and nothing that runs.
    static func claim(
        _ kinds: [String], limit: Int, lease: WorkLease, until end: Timestamp, in transaction: Transaction
    ) throws -> [WorkItem] {
        let wish = WorkPlan.Wish(queue: .maintenance, kinds: kinds, limit: limit, turns: nil)
        return try claim(WorkPlan(places: limit, wishes: [wish], takesSuspect: true), lease: lease, until: end, in: transaction)
    }
}

/// A queue over a real database, with a clock that stands still.
struct WorkFixture: Sendable {
    let test: TestDatabase
    let queue: WorkQueue
    let log: LogLines

    var database: Database { test.database }
    var admin: WorkAdmin { WorkAdmin(database: database) }
    var clock: ManualClock { test.clock }

    static let migrations = TestSchema.migrations + WorkSchema.migrations + WorkSchema.queueMigrations

    /// Opens a database, starts a queue with the workers, runs `body`, and stops both.
    static func run(
        _ workers: any Worker..., settings: WorkQueue.Settings = WorkQueue.Settings(), _ body: (WorkFixture) async throws -> Void
    ) async throws {
        try await withDatabase(migrations: migrations) { test -> Void in
            let fixture = try await start(workers, settings: settings, on: test)
            do {
                try await body(fixture)
            } catch {
                await fixture.queue.stop(drainSeconds: 0)
                throw error
            }
            await fixture.queue.stop(drainSeconds: 0)
        }
    }

    static func start(
        _ workers: [any Worker], settings: WorkQueue.Settings = WorkQueue.Settings(), node: String = "here", on test: TestDatabase
    ) async throws -> WorkFixture {
        let log = LogLines()
        let queue = WorkQueue(
            database: test.database, workers: workers, settings: settings, node: node, clock: test.clock, random: SystemRandom(),
            log: Log(level: .debug, format: .json, clock: test.clock, sink: log.sink))
        test.database.setEventSink { [weak queue] events in
            if events.contains(where: { $0 is WorkEnqueued }) { queue?.wake() }
            for case let asked as WorkCancelAsked in events { queue?.stopRun(of: asked) }
        }
        try await queue.start()
        return WorkFixture(test: test, queue: queue, log: log)
    }

    func enqueue(_ order: WorkOrder = WorkOrder("test.work", payload: ["n": 1])) async throws -> Identifier {
        try await database.write { try $0.enqueue(order) }
    }

    /// Moves the clock and lets the queue look.
    func advance(seconds: Int) {
        clock.advance(seconds: seconds)
        queue.wake()
    }

    func state(_ id: Identifier) throws -> WorkItem.State? { try database.read { try WorkTable.state(of: id, in: $0) } }

    /// Waits until the item is in that state.
    func until(_ id: Identifier, is state: WorkItem.State) async -> Bool {
        await eventually { (try? self.state(id)) == state }
    }

    func column<T>(_ name: String, of id: Identifier, _ read: (borrowing Row) throws -> T) throws -> T? {
        try database.read { try $0.first("SELECT \(name) FROM work_items WHERE id = $1", id, map: read) }
    }
}
