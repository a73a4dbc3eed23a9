import Synchronization

/// Orders the work of schedules when their time has come.
///
/// Each slot runs exactly once: its row is written in the transaction that orders its work, and no second row of a slot
/// can be. A process that dies before that commit leaves the slot to its next start. What "due" means is `ScheduleWatch`'s.
///
/// It sleeps until the next slot, and yet looks at the clock twice a minute: sleep does not notice that the clock is
/// set, and a look costs nothing while no slot has come and the clock has not gone back.
///
/// `start` once, `stop` once, before the queue stops.
package actor Scheduler {
    static let longestSleep: Int64 = 30_000_000
    /// After a write that failed.
    private static let pauseMicroseconds: Int64 = 5_000_000

    private let database: Database
    private let clock: any PlatformClock
    private let log: Log
    package nonisolated let counters = ScheduleCounters()

    private nonisolated let wanted: Mutex<[Schedule]?>
    private let alarm: AsyncStream<Void>
    private nonisolated let bell: AsyncStream<Void>.Continuation
    private var loop: Task<Void, Never>?

    private var watches: [ScheduleWatch] = []
    /// Between these two nothing is due: the last look, and the next slot as it was then.
    private var quiet: (from: Timestamp, to: Timestamp)?

    package init(database: Database, schedules: [Schedule], clock: any PlatformClock, log: Log) {
        self.database = database
        self.clock = clock
        self.log = log
        wanted = Mutex(schedules)
        (alarm, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func start() {
        guard loop == nil else { return }
        loop = Task { await self.run() }
    }

    package func stop() async {
        bell.finish()
        loop?.cancel()
        await loop?.value
    }

    /// Takes over other timetables, soon. What runs goes on.
    package nonisolated func replace(_ schedules: [Schedule]) {
        wanted.withLock { $0 = schedules }
        bell.yield()
    }

    private func run() async {
        var alarms = alarm.makeAsyncIterator()
        while !Task.isCancelled {
            let pause = await look()
            let (clock, bell) = (clock, bell)
            // With nothing switched on there is nothing to wake up for.
            let timer = pause.map { pause in
                Task {
                    try await clock.sleep(microseconds: pause)
                    bell.yield()
                }
            }
            _ = await alarms.next()
            timer?.cancel()
        }
    }

    /// Orders what is due, and says for how long there is nothing to do; nil for ever.
    func look() async -> Int64? {
        do {
            if let schedules = wanted.withLock({ $0 }) { try await adopt(schedules) }
            let now = clock.now()
            if let quiet, quiet.from <= now, now < quiet.to { return pause(from: now, to: quiet.to) }
            try await orderDue(at: now)
            guard let next = watches.compactMap({ $0.next(after: now) }).min() else { return watches.isEmpty ? nil : Self.longestSleep }
            quiet = (now, next)
            return pause(from: now, to: next)
        } catch {
            quiet = nil
            if !Task.isCancelled {
                log.warning("The schedules could not be looked after; it is tried again.", ["error": .string("\(error)")])
            }
            return Self.pauseMicroseconds
        }
    }

    /// Never less than a millisecond, so that a clock which stands still does not spin.
    private func pause(from now: Timestamp, to next: Timestamp) -> Int64 {
        max(1000, min(Self.longestSleep, next.microseconds - now.microseconds))
    }

    /// Takes note of which are on. With nothing new there is no write.
    private func adopt(_ schedules: [Schedule]) async throws {
        let on = schedules.compactMap { schedule in schedule.timetable.map { (schedule: schedule, timetable: $0) } }
        let timetables = Dictionary(on.map { ($0.schedule.name, $0.timetable.text) }) { first, _ in first }
        let known = try database.read { try ScheduleTable.rows(in: $0) }
        let now = clock.now()
        let isNew = known.mapValues(\.timetable) != timetables || known.values.contains { $0.since > now }
        let rows = try await isNew ? settle(timetables) : known
        watches = on.compactMap { schedule, timetable in
            rows[schedule.name].map { ScheduleWatch(schedule: schedule, timetable: timetable, since: $0.since) }
        }
        quiet = nil
        // Unless others have come meanwhile.
        wanted.withLock { current in
            if current?.map(\.name) == schedules.map(\.name), current?.map(\.timetable) == schedules.map(\.timetable) { current = nil }
        }
    }

    private func settle(_ timetables: [String: String]) async throws -> [String: ScheduleTable.Row] {
        try await database.write { transaction in
            for name in try ScheduleTable.rows(in: transaction).keys where timetables[name] == nil {
                try ScheduleTable.turnOff(name, in: transaction)
            }
            for (name, timetable) in timetables { try ScheduleTable.turnOn(name, timetable: timetable, in: transaction) }
            return try ScheduleTable.rows(in: transaction)
        }
    }

    private func orderDue(at now: Timestamp) async throws {
        // A clock that was ahead when a schedule was switched on has been set right.
        if watches.contains(where: { $0.since > now }) {
            let timetables = Dictionary(watches.map { ($0.schedule.name, $0.timetable.text) }) { first, _ in first }
            let rows = try await settle(timetables)
            for index in watches.indices { watches[index].since = rows[watches[index].schedule.name]?.since ?? watches[index].since }
        }
        let due = watches.indices.compactMap { index in
            watches[index].due(at: now).map { (index: index, schedule: watches[index].schedule, slot: $0) }
        }
        guard !due.isEmpty else { return }
        let ran = try await database.write { transaction in
            try due.map { try ScheduleTable.run($0.schedule, slot: $0.slot, in: transaction) }
        }
        for (due, isNew) in zip(due, ran) {
            watches[due.index].settled = due.slot
            guard isNew else { continue }
            let late = now.microseconds - due.slot.microseconds
            counters.note(due.schedule.name, slot: due.slot, late: late)
            let message: String = late > 2 * Self.longestSleep ? "A slot that was missed is made up for." : "A schedule runs."
            log.info(message, ["schedule": .string(due.schedule.name), "slot": .string(due.slot.iso)])
        }
    }
}
