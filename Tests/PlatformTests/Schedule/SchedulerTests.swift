import TestSupport
import Testing

@testable import Platform

@Suite("The scheduler", .timeLimit(.minutes(1))) struct SchedulerTests {
    private static func schedules(_ texts: (String, String?)...) throws -> [Schedule] {
        try texts.map { try ScheduleFixture.schedule($0.0, $0.1) }
    }

    @Test("A slot orders its work when it comes, with its row, and once")
    func once() async throws {
        try await ScheduleFixture.run(try Self.schedules(("nine", "0 9 * * *"), ("hourly", "@hourly")), at: "2026-01-01T08:30") {
            (fixture) async throws in
            #expect(try await fixture.look() == [])
            #expect(try await fixture.look(at: "2026-01-01T08:59:59.999999") == [])
            #expect(try await fixture.look(at: "2026-01-01T09:00") == ["nine 09:00", "hourly 09:00"])
            #expect(try await fixture.look() == [])
            #expect(try await fixture.look(at: "2026-01-01T09:00:01") == [])
            #expect(try await fixture.look(at: "2026-01-01T10:00:02") == ["hourly 10:00"])
            #expect(try fixture.items() == 3)
            #expect(fixture.scheduler.counters.all["hourly"]?.runs == 2)
            #expect(fixture.scheduler.counters.all["hourly"]?.lateMicroseconds == 2_000_000)
        }
    }

    @Test("What was there before a schedule was known is not made up for")
    func first() async throws {
        try await ScheduleFixture.run(try Self.schedules(("nine", "0 9 * * *")), at: "2026-01-01T12:00") { (fixture) async throws in
            #expect(try await fixture.look() == [])
            #expect(try await fixture.look(at: "2026-01-02T09:00") == ["nine 09:00"])
        }
    }

    @Test("After a downtime the latest missed slot of each schedule runs, and no other")
    func missed() async throws {
        try await ScheduleFixture.run(try Self.schedules(("nine", "0 9 * * *"), ("quarter", "*/15 * * * *")), at: "2026-01-01T08:00") {
            fixture in
            try await fixture.look()
            fixture.restart()
            #expect(try await fixture.look(at: "2026-01-05T07:20") == ["nine 09:00", "quarter 07:15"])
            fixture.restart()
            #expect(try await fixture.look() == [])
            #expect(try await fixture.look(at: "2026-01-05T07:30") == ["quarter 07:30"])
            #expect(fixture.log.lines.contains { $0.contains("A slot that was missed is made up for.") && $0.contains("quarter") })
        }
    }

    @Test("A clock that is set forward brings one run, and one that is set back none that was")
    func jumps() async throws {
        try await ScheduleFixture.run(try Self.schedules(("quarter", "*/15 * * * *")), at: "2026-01-01T08:00") { fixture in
            try await fixture.look()
            #expect(try await fixture.look(at: "2026-01-01T08:15") == ["quarter 08:15"])
            #expect(try await fixture.look(at: "2026-01-01T09:16") == ["quarter 09:15"])
            #expect(try await fixture.look(at: "2026-01-01T08:16") == [])
            // These had been passed over, and now come.
            #expect(try await fixture.look(at: "2026-01-01T08:30") == ["quarter 08:30"])
            #expect(try await fixture.look(at: "2026-01-01T09:00") == ["quarter 09:00"])
            #expect(try await fixture.look(at: "2026-01-01T09:15") == [])
            #expect(try await fixture.look(at: "2026-01-01T09:30") == ["quarter 09:30"])
            fixture.restart()
            #expect(try await fixture.look(at: "2026-01-01T08:20") == [])
        }
    }

    @Test("A clock that was a year ahead when a schedule was switched on does not keep it waiting for a year")
    func ahead() async throws {
        try await ScheduleFixture.run(try Self.schedules(("nine", "0 9 * * *")), at: "2027-06-01T08:00") { fixture in
            try await fixture.look()
            #expect(try await fixture.look(at: "2026-01-01T08:30") == [])
            #expect(try await fixture.look(at: "2026-01-01T09:00") == ["nine 09:00"])
            fixture.restart()
            #expect(try await fixture.look(at: "2026-01-02T09:00") == ["nine 09:00"])
        }
        // The same when it was set right while the server was down.
        try await ScheduleFixture.run(try Self.schedules(("nine", "0 9 * * *")), at: "2027-06-01T08:00") { fixture in
            try await fixture.look()
            fixture.restart()
            #expect(try await fixture.look(at: "2026-01-01T08:30") == [])
            #expect(try await fixture.look(at: "2026-01-01T09:00") == ["nine 09:00"])
        }
    }

    @Test("A schedule that is off, or has another timetable, begins anew when it is on")
    func switched() async throws {
        try await ScheduleFixture.run(try Self.schedules(("a", "0 9 * * *"), ("b", nil)), at: "2026-01-01T08:00") { fixture in
            try await fixture.look()
            fixture.scheduler.replace(try Self.schedules(("a", nil), ("b", nil)))
            #expect(try await fixture.look(at: "2026-01-01T09:00") == [])
            #expect(await fixture.scheduler.look() == nil)
            fixture.scheduler.replace(try Self.schedules(("a", "0 9 * * *"), ("b", "0 10 * * *")))
            #expect(try await fixture.look(at: "2026-01-01T09:30") == [])
            #expect(try await fixture.look(at: "2026-01-01T10:00") == ["b 10:00"])
            fixture.scheduler.replace(try Self.schedules(("a", "0 8 * * *"), ("b", "0 10 * * *")))
            #expect(try await fixture.look(at: "2026-01-02T07:00") == [])
            #expect(try await fixture.look(at: "2026-01-02T08:00") == ["a 08:00"])
            #expect(try fixture.database.read { try ScheduleTable.rows(in: $0) }.keys.sorted() == ["a", "b"])
            // One that this release does not know any more is forgotten.
            fixture.restart(try Self.schedules(("b", "0 10 * * *")))
            try await fixture.look()
            #expect(try fixture.database.read { try ScheduleTable.rows(in: $0) }.keys.sorted() == ["b"])
        }
    }

    @Test("It sleeps until the next slot, half a minute at the most, and writes nothing meanwhile")
    func sleep() async throws {
        try await ScheduleFixture.run(try Self.schedules(("nine", "0 9 * * *")), at: "2026-01-01T08:00") { fixture in
            #expect(await fixture.scheduler.look() == 30_000_000)
            let commits = try fixture.database.read { try $0.int("SELECT sequence FROM last_commit") }
            fixture.clock.advance(seconds: 3590)
            #expect(await fixture.scheduler.look() == 10_000_000)
            #expect(try fixture.database.read { try $0.int("SELECT sequence FROM last_commit") } == commits)
            fixture.restart()
            #expect(await fixture.scheduler.look() == 10_000_000)
            #expect(try fixture.database.read { try $0.int("SELECT sequence FROM last_commit") } == commits)
        }
    }

    @Test("Left to itself it follows the clock, also one that is set, and other timetables")
    func running() async throws {
        try await ScheduleFixture.run(try Self.schedules(("nine", "0 9 * * *")), at: "2026-01-01T08:59:50") { fixture in
            let (scheduler, clock) = (fixture.scheduler, fixture.clock)
            await scheduler.start()
            await clock.untilSleeping()
            clock.advance(seconds: 10)
            #expect(await eventually { (try? fixture.slots()) == ["nine 09:00"] })
            await clock.untilSleeping()
            // A day further than it means to sleep: it notices when half a minute is over.
            clock.advance(seconds: 86_400)
            #expect(await eventually { (try? fixture.slots()) == ["nine 09:00", "nine 09:00"] })
            scheduler.replace(try Self.schedules(("nine", nil)))
            #expect(await eventually { (try? fixture.database.read { try ScheduleTable.rows(in: $0) })?.isEmpty == true })
            // Nothing to wake up for.
            #expect(await eventually { clock.sleeperCount == 0 })
            scheduler.replace(try Self.schedules(("ten", "0 10 * * *")))
            await clock.untilSleeping()
            clock.advance(seconds: 3600)
            #expect(await eventually { (try? fixture.slots())?.last == "ten 10:00" })
            await scheduler.stop()
        }
    }

    @Test("A database that takes no writes is tried again; the slot is not lost")
    func trouble() async throws {
        let schedules = try Self.schedules(("nine", "0 9 * * *"))
        let temporary = try TemporaryDirectory()
        let directory = try DataDirectory(locking: temporary("data"))
        let clock = ManualClock(try #require(Timestamp(iso: "2026-01-01T08:00")))
        try await withDatabase(in: directory, migrations: ScheduleFixture.migrations, clock: clock) { test in
            let fixture = ScheduleFixture(test, schedules)
            try await fixture.look()
            try await test.close()
            clock.advance(seconds: 3600)
            #expect(await fixture.scheduler.look() == 5_000_000)
            #expect(fixture.log.lines.contains { $0.contains("could not be looked after") })
        }
        try await withDatabase(in: directory, migrations: ScheduleFixture.migrations, clock: clock) { (test) async throws in
            #expect(try await ScheduleFixture(test, schedules).look() == ["nine 09:00"])
        }
    }

    @Test("What is run by hand is no slot, and is told with its work")
    func byHand() async throws {
        let schedules = try Self.schedules(("nine", "0 9 * * *"))
        try await ScheduleFixture.run(schedules, at: "2026-01-01T08:59") { fixture in
            try await fixture.look()
            let work = try await fixture.database.write { try ScheduleTable.runNow(schedules[0], in: $0) }
            let run = try fixture.database.read { try ScheduleTable.latest(of: "nine", in: $0) }
            #expect(run == ScheduleTable.Run(slot: nil, orderedAt: fixture.clock.now(), work: work))
            #expect(try fixture.database.read { try WorkTable.ending(of: work, in: $0) }?.state == .pending)
            #expect(try await fixture.look(at: "2026-01-01T09:00") == ["nine 09:00"])
            #expect(try fixture.slots() == ["nine -", "nine 09:00"])
        }
    }

    @Test("Old runs are deleted, but none of the newest of a schedule")
    func cleaning() async throws {
        let (rare, often) = (try ScheduleFixture.schedule("rare", "@yearly"), try ScheduleFixture.schedule("often", "* * * * *"))
        try await ScheduleFixture.run([rare, often], at: "2026-01-01T00:00") { fixture in
            let start = fixture.clock.now()
            try await fixture.database.write { transaction in
                for minute in 0..<600 { _ = try ScheduleTable.run(often, slot: start.adding(seconds: minute * 60), in: transaction) }
                #expect(try ScheduleTable.run(rare, slot: start, in: transaction))
                #expect(try !ScheduleTable.run(rare, slot: start, in: transaction))
            }
            func clean(_ before: Timestamp) async throws -> [Int] {
                try await fixture.database.write { transaction in
                    try [60, 60, 60].map { try ScheduleTable.clean(orderedBefore: before, limit: $0, in: transaction) }
                }
            }
            #expect(try await clean(start) == [0, 0, 0])
            #expect(try await clean(start.adding(seconds: 1)) == [60, 40, 0])
            #expect(try fixture.slots().count == 501)
        }
    }

    @Test("Figures tell of each schedule how often it ran and how late")
    func metrics() async throws {
        try await ScheduleFixture.run(try Self.schedules(("nine", "0 9 * * *")), at: "2026-01-01T08:00") { fixture in
            try await fixture.look()
            try await fixture.look(at: "2026-01-01T09:00:07")
            var writer = MetricsWriter()
            fixture.scheduler.counters.write(into: &writer)
            let text = String(decoding: writer.bytes, as: UTF8.self)
            #expect(text.contains(#"jobraker_schedule_runs_total{schedule="nine"} 1"#))
            #expect(text.contains(#"jobraker_schedule_lag_seconds{schedule="nine"} 7"#))
            #expect(text.contains(#"jobraker_schedule_last_slot_timestamp_seconds{schedule="nine"} 1767258000"#))
        }
    }
}
