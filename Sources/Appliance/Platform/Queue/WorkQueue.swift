import Synchronization

/// Runs the background work of an instance, in this process.
///
/// Items stand in the database; `Transaction.enqueue` puts them there in the transaction that causes them. The queue
/// leases what is due, as many as it has free places, and runs each in a task of its own. It is woken by the commit
/// that brings something new, by the end of a run, and by the time of what is due next; a slow poll stands behind
/// these, should one fail.
///
/// `start` once, `stop` once. A process that is killed leaves its items leased; the next start on the same node frees
/// them at once, and any running queue frees them when the lease runs out.
package actor WorkQueue {
    /// Sizes and times; the defaults are the product's.
    package struct Settings: Sendable {
        /// Items that run at once.
        package var places = 4
        package var leaseSeconds = 60
        package var heartbeatSeconds = 15
        package var pollSeconds = 5
        package var resultLimitBytes = 65_536
        package var keepsDoneDays = 7
        package var keepsDeadDays = 30
        package init() {}
    }

    private let database: Database
    private let workers: [String: any Worker]
    private let kinds: [String]
    private let settings: Settings
    private let lease: WorkLease
    nonisolated let clock: any PlatformClock
    private let random: any RandomSource
    private let log: Log
    package nonisolated let counters = WorkCounters()
    private let isStopping = Atomic<Bool>(false)

    private var running: [Int64: Task<Void, Never>] = [:]
    private var waiters: [Identifier: [CheckedContinuation<Void, Never>]] = [:]
    private var loops: [Task<Void, Never>] = []
    private let alarm: AsyncStream<Void>
    private nonisolated let bell: AsyncStream<Void>.Continuation

    package init(
        database: Database, workers: [any Worker], settings: Settings = Settings(), node: String, clock: any PlatformClock,
        random: any RandomSource, log: Log
    ) {
        self.database = database
        self.workers = Dictionary(workers.map { ($0.kind, $0) }) { first, _ in first }
        kinds = self.workers.keys.sorted()
        self.settings = settings
        lease = WorkLease(node: node, boot: Identifier(v7: clock.now(), random: random))
        self.clock = clock
        self.random = random
        self.log = log
        (alarm, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Frees what an earlier process left, and begins to work.
    package func start() async throws {
        let lease = self.lease
        let freed = try await database.write { try WorkTable.freeAbandoned(by: lease, in: $0) }
        if freed > 0 { log.info("Work that an earlier run left unfinished is taken up again.", ["items": .int(freed)]) }
        loops = [Task { await self.serve() }, Task { await self.keepLeases() }]
    }

    /// There may be something to do. Called for each `WorkEnqueued`.
    package nonisolated func wake() { bell.yield() }

    /// Returns once the item has had an attempt, or is finished or deleted, or the queue stops before it has begun.
    package func attempted(_ id: Identifier) async {
        guard !isStopping.load(ordering: .relaxed) else { return }
        let state = try? database.read { try WorkTable.state(of: id, in: $0) }
        guard state == .pending || state == .running else { return }
        await withCheckedContinuation { waiters[id, default: []].append($0) }
    }

    /// Takes nothing more, lets what runs finish within so many seconds, then cancels it and puts it back.
    package func stop(drainSeconds: Int) async {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        bell.finish()
        for loop in loops { loop.cancel() }
        for loop in loops { await loop.value }
        // What has not begun will not begin here.
        releaseWaiters { $0 == .running }
        let clock = self.clock
        let cut = Task {
            try await clock.sleep(microseconds: Int64(drainSeconds) * 1_000_000)
            self.cancelAll()
        }
        while let task = running.values.first { await task.value }
        cut.cancel()
        for waiter in waiters.values.flatMap({ $0 }) { waiter.resume() }
        waiters = [:]
    }

    private func cancelAll() {
        for task in running.values { task.cancel() }
    }

    /// How many items somebody waits for.
    var awaitedCount: Int { waiters.count }

    /// Lets those go whose item has no attempt to come: no end of a run would ever wake who waits for an item that was
    /// deleted, as all are with their account. A state that cannot be read is asked for again.
    private func releaseWaiters(unless isComing: (WorkItem.State) -> Bool) {
        for id in waiters.keys {
            let state: WorkItem.State?
            do { state = try database.read { try WorkTable.state(of: id, in: $0) } } catch { continue }
            if let state, isComing(state) { continue }
            for waiter in waiters.removeValue(forKey: id) ?? [] { waiter.resume() }
        }
    }

    // MARK: Taking work

    private func serve() async {
        var alarms = alarm.makeAsyncIterator()
        while !Task.isCancelled {
            var pause = Int64(settings.pollSeconds) * 1_000_000
            do {
                try await claim()
                if running.count < settings.places { pause = try min(pause, untilNextDue()) }
            } catch is CancellationError {
                return
            } catch {
                log.warning("Work could not be taken from the queue.", ["error": .string("\(error)")])
            }
            releaseWaiters { $0 == .pending || $0 == .running }
            let (clock, bell) = (clock, bell)
            let timer = Task {
                try await clock.sleep(microseconds: pause)
                bell.yield()
            }
            _ = await alarms.next()
            timer.cancel()
        }
    }

    private func untilNextDue() throws -> Int64 {
        guard let due = try database.read({ [kinds] in try WorkTable.nextDue(kinds, in: $0) }) else { return .max }
        // Never less than a millisecond, so that a clock which stands still does not spin.
        return max(1000, due.microseconds - clock.now().microseconds)
    }

    private func claim() async throws {
        let free = settings.places - running.count
        guard free > 0, !kinds.isEmpty else { return }
        // A look without a write first: an idle server does not touch its disk.
        let now = clock.now()
        guard let due = try database.read({ [kinds] in try WorkTable.nextDue(kinds, in: $0) }), due <= now else { return }
        let (kinds, lease, end) = (kinds, lease, now.adding(seconds: settings.leaseSeconds))
        let items = try await database.write { try WorkTable.claim(kinds, limit: free, lease: lease, until: end, in: $0) }
        for item in items { begin(item) }
    }

    private func begin(_ item: WorkItem) {
        guard let worker = workers[item.kind] else { return }
        let run = WorkRun(
            item: item, worker: worker, lease: lease, database: database, clock: clock, random: random, log: log,
            resultLimit: settings.resultLimitBytes)
        running[item.rowID] = Task {
            let began = self.clock.now()
            let end = await run.run { self.isStopping.load(ordering: .relaxed) }
            self.ended(item, end, took: self.clock.now().microseconds - began.microseconds)
        }
    }

    private func ended(_ item: WorkItem, _ end: WorkRun.End, took microseconds: Int64) {
        running[item.rowID] = nil
        counters.note(item.kind) { kind in
            kind.busyMicroseconds += microseconds
            switch end {
            case .succeeded: kind.succeeded += 1
            case .retried: kind.retried += 1
            case .dead: kind.dead += 1
            case .putBack, .lost, .unrecorded: break
            }
        }
        for waiter in waiters.removeValue(forKey: item.id) ?? [] { waiter.resume() }
        bell.yield()
    }

    // MARK: Upkeep

    private func keepLeases() async {
        var sinceCleaning = 0
        while (try? await clock.sleep(microseconds: Int64(settings.heartbeatSeconds) * 1_000_000)) != nil {
            sinceCleaning += settings.heartbeatSeconds
            do {
                try await heartbeat()
                if sinceCleaning >= 600 {
                    sinceCleaning = 0
                    try await clean()
                }
            } catch {
                log.warning("The leases of running work were not renewed.", ["error": .string("\(error)")])
            }
        }
    }

    /// Renews what runs here, and frees what nobody renews any more. Without either there is no write.
    private func heartbeat() async throws {
        let held = Array(running.keys)
        let now = clock.now()
        guard try !held.isEmpty || database.read({ try WorkTable.hasExpiredLease(at: now, in: $0) }) else { return }
        let (lease, end) = (lease, now.adding(seconds: settings.leaseSeconds))
        let freed = try await database.write { transaction in
            try WorkTable.renew(held, by: lease, until: end, in: transaction)
            return try WorkTable.freeAbandoned(by: lease, in: transaction)
        }
        if freed > 0 { bell.yield() }
    }

    private func clean() async throws {
        let now = clock.now()
        let done = now.adding(seconds: -settings.keepsDoneDays * 86_400)
        let dead = now.adding(seconds: -settings.keepsDeadDays * 86_400)
        while try await database.write({ try WorkTable.clean(doneBefore: done, deadBefore: dead, limit: 500, in: $0) }) {}
    }

    /// For the metrics.
    nonisolated func depths() throws -> [WorkItem.State: Int] { try database.read { try WorkTable.depths(in: $0) } }

    /// How long the longest due item has been due, in microseconds.
    nonisolated func lateness() throws -> Int64 {
        guard let due = try database.read({ try WorkTable.oldestDue(in: $0) }) else { return 0 }
        return max(0, clock.now().microseconds - due.microseconds)
    }
}
