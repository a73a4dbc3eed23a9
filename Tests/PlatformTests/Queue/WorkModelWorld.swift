import Synchronization
import TestSupport
import Testing

@testable import Platform

/// Does the same to a database and to the model, step by step, and compares.
///
/// Two processes on two nodes come and go over one database. Each takes items with the places and turns of a real queue,
/// and each run is a real `WorkRun`, whose worker does what the step wants.
final class WorkModelWorld {
    /// A server, as far as its queue goes.
    private final class Process {
        let node: String
        var lease: WorkLease
        var isUp = false
        var places = Process.places
        /// Runs that have begun and not ended.
        var runs: [WorkItem] = []

        static let places = WorkPlaces(total: 5, shares: [.ai: WorkShare(places: 3, placesPerAccount: 2)])

        init(_ node: String) {
            self.node = node
            lease = WorkLease(node: node, boot: Identifier(rowID: 0))
        }
    }

    private static let kinds: [WorkQueueName: [String]] = [.ai: ["ask", "interview"], .maintenance: ["clean"]]
    private static let leaseSeconds = 60

    let test: TestDatabase
    private let admin: WorkAdmin
    private let worker = ObedientWorker()
    private let processes = [Process("a"), Process("b")]
    private var model = WorkModel()
    private var random: SeededGenerator
    private var boots: Int64 = 0
    /// Everything that was ever ordered, but for what was purged.
    private var ordered: Set<Identifier> = []
    private var succeeded: Set<Identifier> = []

    init(_ test: TestDatabase, _ random: SeededGenerator) {
        self.test = test
        self.random = random
        admin = WorkAdmin(database: test.database)
    }

    private var now: Timestamp { test.clock.now() }

    private func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private var anyItem: Identifier? { model.items.randomElement(using: &random)?.id }

    // MARK: Steps

    func step() async throws {
        guard let process = processes.randomElement(using: &random) else { return }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<22: try await order()
        case 22..<42: try await claim(process)
        case 42..<64: try await end(process)
        case 64..<72: try await heartbeat(process)
        case 72..<84: test.clock.advance(seconds: chance(10) ? 7_000 : Int.random(in: 1...25, using: &random))
        case 84..<88: if process.isUp { crash(process) } else { try await start(process) }
        case 88..<90: try await stop(process)
        case 90..<94: try await cancel()
        case 94..<97: try await retry()
        default: try await purge()
        }
    }

    private func order() async throws {
        let kind = ["ask", "interview", "clean"].randomElement(using: &random) ?? "clean"
        let account = kind == "clean" || chance(10) ? nil : Int64.random(in: 1...4, using: &random)
        let key = chance(40) ? "key \(Int.random(in: 1...3, using: &random))" : nil
        let priority = WorkPriority.allCases.randomElement(using: &random) ?? .normal
        let runAt = chance(30) ? now.adding(seconds: Int.random(in: 1...90, using: &random)) : nil
        let order = WorkOrder(
            kind, payload: .null, owner: account.map { .ofWork(accountRowID: $0) }, runAt: runAt, uniqueKey: key, priority: priority)
        let id = try await test.database.write { try $0.enqueue(order) }
        if let open = model.open(kind: kind, key: key) {
            #expect(id == open.id, "a second item has the key of an unfinished one")
        } else {
            #expect(ordered.insert(id).inserted)
            model.order(
                WorkModel.Item(
                    id: id, kind: kind, key: key, account: account ?? 0, priority: priority.rawValue, runAt: runAt ?? now))
        }
    }

    private func claim(_ process: Process) async throws {
        guard process.isUp, process.places.free > 0 else { return }
        let wishes = WorkQueueName.allCases.compactMap { queue -> WorkPlan.Wish? in
            let free = process.places.free(in: queue, at: now)
            guard let kinds = Self.kinds[queue], free > 0 else { return nil }
            return WorkPlan.Wish(queue: queue, kinds: kinds, limit: free, turns: process.places.turns[queue])
        }
        let plan = WorkPlan(
            places: process.places.free, wishes: wishes, takesSuspect: process.places.isQuarantineFree,
            running: Set(process.runs.map(\.rowID)))
        let (lease, end) = (process.lease, now.adding(seconds: Self.leaseSeconds))
        let items = try await test.database.write { try WorkTable.claim(plan, lease: lease, until: end, in: $0) }
        let expected = model.claim(plan, beside: Set(process.runs.map(\.id)), lease: lease, until: end, now: now)
        #expect(items.map(\.id) == expected, "other items were taken, or in another order")
        for item in items {
            #expect(item.attempt == model[item.id]?.attempts)
            #expect(!process.runs.contains { $0.id == item.id }, "an item begins beside itself")
            process.runs.append(item)
            process.places.begin(item, in: worker.queue(of: item.kind), at: now)
        }
    }

    private func end(_ process: Process, succeeding: Bool = false) async throws {
        guard process.isUp, let index = process.runs.indices.randomElement(using: &random) else { return }
        let item = process.runs.remove(at: index)
        process.places.leave(item, in: worker.queue(of: item.kind))
        let steps: [ObedientWorker.Step] = [.succeed, .succeed, .fail, .fail, .failForGood, .snooze(30)]
        try await finish(item, of: process, succeeding ? .succeed : steps.randomElement(using: &random) ?? .succeed)
    }

    private func finish(_ item: WorkItem, of process: Process, _ step: ObedientWorker.Step) async throws {
        worker.steps.withLock { $0[item.id] = step }
        let run = WorkRun(
            item: item, worker: worker, lease: process.lease, database: test.database, clock: test.clock, random: SystemRandom(),
            log: Log(sink: { _ in }), resultLimit: 1024)
        let task = Task { await run.run {} }
        if step == .stop { task.cancel() }
        let end = await task.value
        let wanted: WorkRun.End =
            switch step {
            case .succeed: .succeeded
            case .fail: item.attempt < worker.maximumAttempts ? .retried : .dead
            case .failForGood: .dead
            case .snooze: .snoozed
            case .stop: .putBack
            }
        let due: Timestamp?
        switch wanted {
        case .snoozed: due = now.adding(seconds: 30)
        case .putBack: due = now
        case .retried where model.holds(process.lease, item.id) && model[item.id]?.isCancelAsked == false:
            // Spread at random: it is read, and must be near to what was wanted.
            let read = try test.database.read { try $0.first("SELECT run_at FROM work_items WHERE id = $1", item.id) { try $0.time(0) } }
            let pause = (read ?? now).microseconds - now.microseconds
            #expect((9_000_000...11_000_000).contains(pause / Int64(item.attempt)))
            due = read
        default: due = nil
        }
        let expected = model.end(item.id, by: process.lease, as: wanted, runAt: due)
        #expect(end == expected, "\(step) of \(item.id)")
        if end == .succeeded { #expect(succeeded.insert(item.id).inserted, "done twice") }
    }

    private func heartbeat(_ process: Process) async throws {
        guard process.isUp else { return }
        let (lease, rows, end) = (process.lease, process.runs.map(\.rowID), now.adding(seconds: Self.leaseSeconds))
        try await test.database.write { transaction in
            try WorkTable.renew(rows, by: lease, until: end, in: transaction)
            try WorkTable.freeAbandoned(by: lease, in: transaction)
        }
        model.renew(process.runs.map(\.id), by: lease, until: end)
        model.free(by: lease, now: now)
    }

    /// Nothing of it is left but its leases.
    private func crash(_ process: Process) {
        process.isUp = false
        process.runs = []
        process.places = Process.places
    }

    private func start(_ process: Process) async throws {
        guard !process.isUp else { return }
        boots += 1
        let lease = WorkLease(node: process.node, boot: Identifier(rowID: boots))
        try await test.database.write { _ = try WorkTable.freeAbandoned(by: lease, in: $0) }
        model.free(by: lease, now: now)
        process.lease = lease
        process.isUp = true
    }

    /// As an operator stops it: what does not finish is put back.
    private func stop(_ process: Process) async throws {
        guard process.isUp else { return }
        for item in process.runs { try await finish(item, of: process, .stop) }
        crash(process)
    }

    // MARK: The operator

    private func cancel() async throws {
        guard let id = anyItem else { return }
        let isDone = try await Self.isDone { try await admin.cancel(id) }
        let wasRight = model.cancel(id)
        #expect(isDone == wasRight)
    }

    private func retry() async throws {
        guard let id = anyItem else { return }
        let isDone = try await Self.isDone { try await admin.retry(id) }
        let wasRight = model.retry(id, now: now)
        #expect(isDone == wasRight)
    }

    private func purge() async throws {
        guard let id = anyItem else { return }
        let isDone = try await Self.isDone { try await admin.purge(id) }
        let wasRight = model.purge(id)
        #expect(isDone == wasRight)
        if isDone { ordered.remove(id) }
    }

    private static func isDone(_ body: () async throws -> WorkRecord?) async throws -> Bool {
        do { return try await body() != nil } catch is WorkAdmin.Failure { return false }
    }

    // MARK: Judging

    /// The database holds what the model does, every item once, and each key once among what is unfinished.
    func compare() throws {
        let rows = try test.database.read { reader in
            try reader.rows(
                """
                SELECT id, kind, unique_key, account_rid, priority, state, attempts, interruptions, snoozes, run_at, lease_node, lease_boot,
                    lease_until, cancel_asked_at FROM work_items ORDER BY rid
                """
            ) { row in
                var item = WorkModel.Item(
                    id: try row.id(0), kind: try row.text(1), key: try row.textOrNil(2), account: try row.intOrNil(3) ?? 0,
                    priority: Int(try row.int(4)), state: try WorkTable.state(row, 5), attempts: Int(try row.int(6)),
                    interruptions: Int(try row.int(7)), snoozes: Int(try row.int(8)), runAt: try row.time(9))
                if let node = try row.textOrNil(10) { item.holder = WorkLease(node: node, boot: try row.id(11)) }
                item.leaseEnd = try row.timeOrNil(12)
                item.isCancelAsked = !row.isNull(13)
                return item
            }
        }
        #expect(rows == model.items)
        #expect(Set(rows.map(\.id)) == ordered, "an item was lost")
        let keys = rows.filter(\.isOpen).compactMap { item in item.key.map { [item.kind, $0] } }
        #expect(Set(keys).count == keys.count, "two unfinished items have one key")
    }

    /// Whatever happened: when nothing more goes wrong, everything comes to its end, and what was done was stored once.
    func settle() async throws {
        for process in processes { try await start(process) }
        var rounds = 0
        while model.items.contains(where: \.isOpen) {
            rounds += 1
            try #require(rounds < 400, "an item never ends")
            test.clock.advance(seconds: 10)
            for process in processes {
                try await heartbeat(process)
                try await claim(process)
                while !process.runs.isEmpty { try await end(process, succeeding: true) }
            }
            // A pause in quarantine lasts for an hour at the most.
            if rounds.isMultiple(of: 20) { test.clock.advance(seconds: 4_000) }
        }
        try compare()
        #expect(try test.titles().sorted() == succeeded.map { "\($0)" }.sorted())
    }
}

/// A worker that does what the test wrote down for the item. What it stores can be stored once only.
private final class ObedientWorker: Worker {
    enum Step: Sendable, Equatable {
        case succeed, fail, failForGood
        case snooze(Int)
        /// The process is told to stop.
        case stop
    }

    let kind = "obedient"
    let maximumAttempts = 3
    let steps = Mutex<[Identifier: Step]>([:])

    func queue(of kind: String) -> WorkQueueName { kind == "clean" ? .maintenance : .ai }

    func pauseSeconds(afterAttempt attempt: Int) -> Int { 10 * attempt }

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        switch steps.withLock({ $0[item.id] }) {
        case .succeed:
            return WorkOutcome { transaction in
                try transaction.addBook("\(item.id)")
                return .null
            }
        case .snooze(let seconds): return .snooze(seconds: seconds)
        case .stop:
            while true {
                try Task.checkCancellation()
                await Task.yield()
            }
        case .failForGood: throw ScriptedWorker.Failure(workCode: "gone", isPermanent: true, retryAfterSeconds: nil)
        case .fail, nil: throw ScriptedWorker.Trip()
        }
    }
}
