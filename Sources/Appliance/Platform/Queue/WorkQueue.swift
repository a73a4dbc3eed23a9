import Synchronization

/// Runs the background work of an instance, in this process.
///
/// Items stand in the database; `Transaction.enqueue` puts them there in the transaction that causes them. The queue
/// leases what is due, as many as it has free places, and runs each in a task of its own. It is woken by the commit
/// that brings something new, by the end of a run, and by the time of what is due next; a slow poll stands behind
/// these, should one fail.
///
/// A run gives its place back before its end is committed, and what may be leased is seen only when the lease is written:
/// so the ends of many runs and the leases of the next ones come into one group of writes.
///
/// `start` once, `stop` once. A process that is killed leaves its items leased; the next start on the same node frees
/// them at once, and any running queue frees them when the lease runs out.
package actor WorkQueue {
    /// Sizes and times; the defaults are the product's.
    package struct Settings: Sendable {
        /// Items that run at once, of all queues together.
        package var places = 4
        /// What a queue has of that; one that is not named here has all.
        package var shares: [WorkQueueName: WorkShare] = [:]
        package var leaseSeconds = 60
        package var heartbeatSeconds = 15
        package var pollSeconds = 1
        package var resultLimitBytes = 65_536
        package var keepsDoneDays = 7
        package var keepsDeadDays = 30
        package init() {}
    }

    /// What is under way in this process, and what has room beside it. Not the actor's own, as the writer's thread looks at
    /// it too.
    private struct Board {
        var places: WorkPlaces
        /// The items that have a place, and where.
        var holders: [Int64: (item: WorkItem, queue: WorkQueueName)] = [:]
        /// These, and those of which only the end is still to be stored.
        var running: Set<Int64> = []
    }

    let database: Database
    private let workers: [String: any Worker]
    /// The kinds that there are workers for, by the queue they stand in.
    private nonisolated let kinds: [WorkQueueName: [String]]
    nonisolated let queueOf: [String: WorkQueueName]
    let settings: Settings
    let lease: WorkLease
    nonisolated let clock: any PlatformClock
    private let random: any RandomSource
    let log: Log
    package nonisolated let counters = WorkCounters()
    private let isStopping = Atomic<Bool>(false)

    private nonisolated let board: Mutex<Board>
    private var running: [Int64: Task<Void, Never>] = [:]
    private var waiters: [Identifier: [CheckedContinuation<Void, Never>]] = [:]
    private var loops: [Task<Void, Never>] = []
    private let alarm: AsyncStream<Void>
    nonisolated let bell: AsyncStream<Void>.Continuation

    package init(
        database: Database, workers: [any Worker], settings: Settings = Settings(), node: String, clock: any PlatformClock,
        random: any RandomSource, log: Log
    ) {
        self.database = database
        self.workers = Dictionary(workers.map { ($0.kind, $0) }) { first, _ in first }
        queueOf = self.workers.mapValues(\.queue)
        kinds = Dictionary(grouping: queueOf.keys.sorted()) { [queueOf] kind in queueOf[kind] ?? .maintenance }
        self.settings = settings
        board = Mutex(Board(places: WorkPlaces(total: settings.places, shares: settings.shares)))
        lease = WorkLease(node: node, boot: Identifier(v7: clock.now(), random: random))
        self.clock = clock
        self.random = random
        self.log = log
        (alarm, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Frees what an earlier process left, and begins to work.
    package func start() async throws {
        let (lease, queueOf) = (lease, queueOf)
        let (freed, suspects) = try await database.write { transaction in
            try WorkTable.register(queueOf, in: transaction)
            return (try WorkTable.freeAbandoned(by: lease, in: transaction), try WorkTable.suspects(in: transaction))
        }
        if freed > 0 { log.info("Work that an earlier run left unfinished is taken up again.", ["items": .int(freed)]) }
        if suspects > 0 {
            log.warning(
                "Work that was running at the end of the process twice is kept apart: it runs alone, and each time later.",
                ["items": .int(suspects)])
        }
        loops = [Task { await self.serve() }, Task { await self.keepLeases() }]
    }

    /// There may be something to do. Called for each `WorkEnqueued`.
    package nonisolated func wake() { bell.yield() }

    /// Tells a run to stop whose item was cancelled. Called for each `WorkCancelAsked`.
    package nonisolated func stopRun(of asked: WorkCancelAsked) { Task { await self.cancel([asked.rowID]) } }

    func cancel(_ rowIDs: [Int64]) {
        for rowID in rowIDs { running[rowID]?.cancel() }
    }

    /// Returns once the item has had an attempt, or is finished or deleted, or will not begin soon: its queue is paused,
    /// or all of this stops.
    package func attempted(_ id: Identifier) async {
        guard !isStopping.load(ordering: .relaxed) else { return }
        guard (try? database.read { try WorkTable.isComing(id, in: $0) }) == true else { return }
        await withCheckedContinuation { waiters[id, default: []].append($0) }
    }

    /// Takes nothing more, lets what runs finish within so many seconds, then cancels it and puts it back.
    package func stop(drainSeconds: Int) async {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        bell.finish()
        for loop in loops { loop.cancel() }
        for loop in loops { await loop.value }
        // What has not begun will not begin here.
        releaseWaiters { id, reader in try WorkTable.state(of: id, in: reader) == .running }
        let clock = self.clock
        let cut = Task {
            try await clock.sleep(microseconds: Int64(drainSeconds) * 1_000_000)
            self.cancelAll()
        }
        while let run = running.values.first { await run.value }
        cut.cancel()
        for waiter in waiters.values.flatMap({ $0 }) { waiter.resume() }
        waiters = [:]
    }

    private func cancelAll() {
        for run in running.values { run.cancel() }
    }

    /// How many items somebody waits for.
    var awaitedCount: Int { waiters.count }

    /// What runs here.
    var runningRowIDs: [Int64] { Array(running.keys) }

    /// Lets those go whose item has no attempt to come: no end of a run would ever wake who waits for an item that was
    /// deleted, as all are with their account, or whose queue is paused. What cannot be read is asked for again.
    private func releaseWaiters(unless isComing: (Identifier, Reader) throws -> Bool) {
        for id in waiters.keys {
            do { if try database.read({ try isComing(id, $0) }) { continue } } catch { continue }
            for waiter in waiters.removeValue(forKey: id) ?? [] { waiter.resume() }
        }
    }

    // MARK: Taking work

    private func serve() async {
        var alarms = alarm.makeAsyncIterator()
        while !Task.isCancelled {
            var pause = Int64(settings.pollSeconds) * 1_000_000
            do {
                var next = try look()
                while next.isAnyDue, try await claim() > 0, !Task.isCancelled { next = try look() }
                // Never less than a millisecond, so that a clock which stands still does not spin.
                if let again = next.again { pause = min(pause, max(1000, again.microseconds - clock.now().microseconds)) }
            } catch is CancellationError {
                return
            } catch {
                log.warning("Work could not be taken from the queue.", ["error": .string("\(error)")])
            }
            if !waiters.isEmpty { releaseWaiters { try WorkTable.isComing($0, in: $1) } }
            let (clock, bell) = (clock, bell)
            let timer = Task {
                try await clock.sleep(microseconds: pause)
                bell.yield()
            }
            _ = await alarms.next()
            timer.cancel()
        }
    }

    /// What can be taken now, and when to look again at the latest. Without a write: an idle server does not touch its
    /// disk.
    private func look() throws -> (isAnyDue: Bool, again: Timestamp?) {
        let (places, running) = board.withLock { ($0.places, $0.running) }
        guard places.free > 0 else { return (false, nil) }
        let now = clock.now()
        return try database.read { reader in
            let (paused, ready) = (try WorkTable.pausedQueues(in: reader), try WorkTable.readyKinds(in: reader))
            var again: [Timestamp] = []
            var open: [String] = []
            var isAnyReady = false
            for queue in WorkQueueName.allCases where !paused.contains(queue) {
                guard let kinds = kinds[queue] else { continue }
                let isReady = kinds.contains { ready.contains($0) }
                let free = places.free(in: queue, at: now)
                guard free > 0 else {
                    if isReady, let opens = places.rateOpens(queue, after: now) { again.append(opens) }
                    continue
                }
                open += kinds
                guard isReady else { continue }
                // An account whose places are all taken is ready and yet can have nothing.
                isAnyReady = try isAnyReady || places.turns[queue].map { try WorkTable.nextAccount(kinds, $0, in: reader) != nil } ?? true
            }
            guard !open.isEmpty else { return (false, again.min()) }
            if let later = try WorkTable.nextLater(in: reader) { again.append(later) }
            if places.isQuarantineFree, let suspect = try WorkTable.nextSuspect(open, in: reader), !running.contains(suspect.rowID) {
                again.append(suspect.due)
            }
            return (isAnyReady || again.contains { $0 <= now }, again.min())
        }
    }

    /// Takes what there is room for at the moment when the lease is written.
    private func claim() async throws -> Int {
        let items = try await database.write { [lease, settings] transaction in
            guard let plan = self.plan(at: transaction.now) else { return [WorkItem]() }
            return try WorkTable.claim(plan, lease: lease, until: transaction.now.adding(seconds: settings.leaseSeconds), in: transaction)
        }
        for item in items { begin(item) }
        return items.count
    }

    /// What there is room for; nil when there is none. It only grows until the items of one claim have begun, as no other
    /// claim is under way.
    private nonisolated func plan(at now: Timestamp) -> WorkPlan? {
        board.withLock { board in
            let places = board.places
            let wishes = WorkQueueName.allCases.compactMap { queue -> WorkPlan.Wish? in
                let free = places.free(in: queue, at: now)
                guard free > 0, let kinds = kinds[queue] else { return nil }
                return WorkPlan.Wish(queue: queue, kinds: kinds, limit: free, turns: places.turns[queue])
            }
            guard !wishes.isEmpty else { return nil }
            return WorkPlan(places: places.free, wishes: wishes, takesSuspect: places.isQuarantineFree, running: board.running)
        }
    }

    private func begin(_ item: WorkItem) {
        guard let worker = workers[item.kind] else { return }
        let now = clock.now()
        counters.delay.record(microseconds: now.microseconds - max(item.createdAt, item.dueAt ?? item.createdAt).microseconds)
        board.withLock { board in
            board.places.begin(item, in: worker.queue, at: now)
            board.holders[item.rowID] = (item, worker.queue)
            board.running.insert(item.rowID)
        }
        let run = WorkRun(
            item: item, worker: worker, lease: lease, database: database, clock: clock, random: random, log: log,
            resultLimit: settings.resultLimitBytes)
        let task = Task {
            let end = await run.run { self.leavePlace(of: item.rowID) }
            self.ended(item, end, took: self.clock.now().microseconds - now.microseconds)
        }
        running[item.rowID] = task
    }

    /// The work is done, and only its end is still to be stored.
    private nonisolated func leavePlace(of rowID: Int64) {
        let hadPlace = board.withLock { board in
            guard let holder = board.holders.removeValue(forKey: rowID) else { return false }
            board.places.leave(holder.item, in: holder.queue)
            return true
        }
        if hadPlace { bell.yield() }
    }

    private func ended(_ item: WorkItem, _ end: WorkRun.End, took microseconds: Int64) {
        leavePlace(of: item.rowID)
        running[item.rowID] = nil
        board.withLock { _ = $0.running.remove(item.rowID) }
        counters.note(item.kind) { kind in
            kind.busyMicroseconds += microseconds
            switch end {
            case .succeeded: kind.succeeded += 1
            case .retried: kind.retried += 1
            case .dead: kind.dead += 1
            case .snoozed: kind.snoozed += 1
            case .cancelled: kind.cancelled += 1
            case .putBack, .lost, .unrecorded: break
            }
        }
        for waiter in waiters.removeValue(forKey: item.id) ?? [] { waiter.resume() }
        bell.yield()
    }
}
