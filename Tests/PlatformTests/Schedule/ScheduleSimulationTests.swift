import Glibc
import TestSupport
import Testing

@testable import Platform

/// A year of a server that is restarted a thousand times at moments of chance, with a clock that is set now and then.
///
/// What has to come of it is said without regard to how it is done. A server that lives from one moment of its clock to
/// another runs all slots between them, and at its beginning the latest slot up to then; the union of these over all lives is
/// what runs, each slot once, whatever order the lives come in on a clock that also goes back.
///
/// `JOBRAKER_SCHEDULE_SEEDS` asks for the long form: as many years, and schedules that run every hour and every quarter of one.
@Suite("Schedules over a simulated year", .timeLimit(.minutes(30))) struct ScheduleSimulationTests {
    private static let restarts = 1000
    private static let seeds = getenv("JOBRAKER_SCHEDULE_SEEDS").flatMap { Int(String(cString: $0)) }

    /// Times in the hours that are left out and that come twice among them.
    private static var expressions: [String] {
        let few = ["30 2 * * *", "15 1 * * *", "0 */12 * * *", "0 9 * * mon", "30 2 1 * *"]
        return seeds == nil ? few : few + ["0 * * * *", "*/15 * * * *", "0,30 1-3 * * sun"]
    }

    @Test("Every slot runs exactly once, or once for those that were missed", arguments: ["America/New_York", "Europe/Berlin", "UTC"])
    func year(zone: String) async throws {
        for seed in 0..<(Self.seeds ?? 1) { try await simulate(zone, seed: UInt64(seed)) }
    }

    private func simulate(_ zone: String, seed: UInt64) async throws {
        var life = try SimulatedLife(zone, Self.expressions, seed: seed)
        let temporary = try TemporaryDirectory()
        let directory = try DataDirectory(locking: temporary("data"))
        var options = TestDatabase.options
        // Nothing is asked here of power cuts.
        options.syncsOnlyAtCheckpoints = true
        for part in 0..<5 {
            // The file is opened anew a few times; between them a restart is a new scheduler on it.
            life = try await withDatabase(in: directory, options: options, migrations: ScheduleFixture.migrations, clock: life.clock) {
                [life] test in
                var life = life
                let fixture = ScheduleFixture(test, life.schedules)
                if part == 0 { try await fixture.look() }
                for _ in 0..<(Self.restarts / 5) {
                    fixture.restart()
                    try await life.live(fixture)
                }
                if part == 4 { try life.judge(fixture, "\(zone), seed \(seed)") }
                return life
            }
        }
        #expect(life.clock.now() > life.start.adding(seconds: 310 * 86_400))
    }
}

/// The chance and the memory of one simulation.
struct SimulatedLife: Sendable {
    let clock: ManualClock
    let start: Timestamp
    let schedules: [Schedule]
    /// The slots of each schedule, from the start to well behind the end.
    private let slots: [[Timestamp]]
    private var dice: SeededGenerator
    /// From when to when, on its own clock, a server lived without its clock being set.
    private var spans: [(from: Timestamp, to: Timestamp)] = []

    init(_ zone: String, _ expressions: [String], seed: UInt64) throws {
        let start = try #require(Timestamp(iso: "2026-01-01T00:00"))
        self.start = start
        clock = ManualClock(start)
        dice = SeededGenerator(seed: seed)
        schedules = try expressions.map { try ScheduleFixture.schedule($0, $0, zone: zone) }
        slots = schedules.map { schedule in
            var (slots, moment): ([Timestamp], Timestamp) = ([], start)
            while let slot = schedule.timetable?.next(after: moment), slot < start.adding(seconds: 900 * 86_400) {
                slots.append(slot)
                moment = slot
            }
            return slots
        }
        spans = [(start, start)]
    }

    private mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &dice) }

    private func set(to moment: Timestamp) { clock.advance(microseconds: moment.microseconds - clock.now().microseconds) }

    /// From a start to a kill, and the time that passes until the next start.
    mutating func live(_ fixture: ScheduleFixture) async throws {
        for _ in 0...below(3) {
            try await span(fixture, seconds: below(14_000))
            // The clock is set, by seconds or by hours, and mostly not at all; whoever lives notices within half a minute.
            switch below(8) {
            case 0: jump(by: below(7200) - 3600)
            case 1: jump(by: below(8) * 1800 - 7200)
            case 2: jump(by: below(60) - 30)
            case 3 where below(30) == 0: jump(by: below(20 * 86_400) - 10 * 86_400)
            default: break
            }
            set(to: clock.now().adding(seconds: below(31)))
        }
        let downtime = below(4) == 0 ? below(120_000) : below(12_000)
        set(to: clock.now().adding(seconds: downtime).adding(microseconds: Int64(below(1_000_000))))
    }

    /// Never to before there were schedules.
    private func jump(by seconds: Int) { set(to: max(start.adding(seconds: 1), clock.now().adding(seconds: seconds))) }

    /// Lives on without a jump: it looks at the beginning, at each slot as it comes, and in between as it likes.
    private mutating func span(_ fixture: ScheduleFixture, seconds: Int) async throws {
        let (from, end) = (clock.now(), clock.now().adding(seconds: seconds))
        while true {
            let now = clock.now()
            guard let pause = await fixture.scheduler.look() else { throw HarnessFailure(words: "it does not wake up again") }
            let next = slots.compactMap { slots in slots[Self.partition(slots, after: now)...].first }.min() ?? end
            // It would sleep no longer than until there.
            #expect(pause == max(1000, min(30_000_000, next.microseconds - now.microseconds)))
            guard next <= end else { break }
            if below(10) == 0, next.microseconds - now.microseconds > 2_000_000 {
                set(to: now.adding(seconds: below(Int((next.microseconds - now.microseconds) / 1_000_000))))
                _ = await fixture.scheduler.look()
            }
            set(to: next)
        }
        set(to: end)
        spans.append((from, end))
    }

    struct HarnessFailure: Error { let words: String }

    /// How many slots are not after a moment.
    private static func partition(_ slots: [Timestamp], after moment: Timestamp) -> Int {
        var (low, high) = (0, slots.count)
        while low < high {
            let middle = (low + high) / 2
            if slots[middle] > moment { high = middle } else { low = middle + 1 }
        }
        return low
    }

    func judge(_ fixture: ScheduleFixture, _ what: String) throws {
        var total = 0
        for (schedule, slots) in zip(schedules, slots) {
            var expected: Set<Timestamp> = []
            for span in spans {
                let first = Self.partition(slots, after: span.from)
                if first > 0 { expected.insert(slots[first - 1]) }
                expected.formUnion(slots[first..<Self.partition(slots, after: span.to)])
            }
            let ran = try fixture.database.read { reader in
                try reader.rows("SELECT slot FROM schedule_runs WHERE schedule = $1", schedule.name) { try $0.time(0) }
            }
            #expect(Set(ran).count == ran.count, "\(schedule.name) ran twice: \(what)")
            #expect(expected.subtracting(ran).isEmpty, "\(schedule.name) did not run: \(what)")
            #expect(Set(ran).subtracting(expected).isEmpty, "\(schedule.name) ran without cause: \(what)")
            #expect(ran.count > 5)
            total += ran.count
        }
        #expect(try fixture.items() == Int64(total))
    }
}
