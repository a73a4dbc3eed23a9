import Platform
import Testing

@testable import Appliance

@Suite(.timeLimit(.minutes(1))) struct ViewCounterTests {
    private static func counter(_ fixture: JobFixture) -> ViewCounter {
        ViewCounter(database: fixture.database, clock: fixture.clock, log: Log(clock: fixture.clock) { _ in })
    }

    private static func stored(_ fixture: JobFixture) throws -> [Int64] {
        try fixture.database.read { try $0.rows("SELECT view_count FROM jobs ORDER BY rid") { try $0.int(0) } }
    }

    @Test("Views are gathered, counted meanwhile, and stored together every few seconds and at the end")
    func flushes() async throws {
        try await JobFixture.run { fixture in
            var rows: [Int64] = []
            for title in ["Baker", "Miller"] { rows += [try await fixture.place(title).job.stored?.rowID].compactMap { $0 } }
            let views = Self.counter(fixture)
            views.start()
            await fixture.clock.untilSleeping()
            for row in [rows[0], rows[0], rows[1]] { views.note(row) }
            #expect(rows.map(views.pending) == [2, 1])
            #expect(try Self.stored(fixture) == [0, 0])
            let before = try fixture.database.read { try JobIndex.generation(in: $0) }
            fixture.clock.advance(microseconds: ViewCounter.intervalMicroseconds)
            await fixture.clock.untilSleeping()
            #expect(try Self.stored(fixture) == [2, 1])
            #expect(rows.map(views.pending) == [0, 0])
            // It is no change of the jobs.
            #expect(try fixture.database.read { try JobIndex.generation(in: $0) } == before)
            views.note(rows[1])
            await views.stop()
            #expect(try Self.stored(fixture) == [2, 2])
            #expect(fixture.clock.sleeperCount == 0)
        }
    }

    @Test("Views of a job that is gone go with it")
    func gone() async throws {
        try await JobFixture.run { fixture in
            let stored = try #require(try await fixture.place("Baker").job.stored)
            let views = Self.counter(fixture)
            views.note(stored.rowID)
            #expect(try await fixture.database.write { try JobStore.delete(stored.id, in: $0) })
            await views.flush()
            #expect(views.pending(stored.rowID) == 0)
        }
    }

    @Test("So many different jobs are counted between two flushes, and no more")
    func bounded() async throws {
        try await JobFixture.run { fixture in
            let views = Self.counter(fixture)
            for row in 0..<Int64(ViewCounter.limit + 5) { views.note(row) }
            views.note(0)
            #expect(views.pending(0) == 2 && views.pending(Int64(ViewCounter.limit - 1)) == 1)
            #expect(views.pending(Int64(ViewCounter.limit)) == 0)
        }
    }

    @Test("What cannot be stored is kept for the next time")
    func failure() async throws {
        try await JobFixture.run { fixture in
            let stored = try #require(try await fixture.place("Baker").job.stored)
            let views = Self.counter(fixture)
            _ = try await fixture.database.write {
                try $0.execute("CREATE TRIGGER refusal BEFORE UPDATE OF view_count ON jobs BEGIN SELECT RAISE(ABORT, 'no'); END")
            }
            views.note(stored.rowID)
            await views.flush()
            #expect(views.pending(stored.rowID) == 1)
            _ = try await fixture.database.write { try $0.execute("DROP TRIGGER refusal") }
            await views.flush()
            #expect(views.pending(stored.rowID) == 0)
            #expect(try Self.stored(fixture) == [1])
        }
    }
}
