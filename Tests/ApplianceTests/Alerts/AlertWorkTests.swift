import Platform
import Testing

@testable import Appliance

/// What adding jobs and the schedule order, and what the queue makes of it.
@Suite("The background work of alerts", .timeLimit(.minutes(1)))
struct AlertWorkTests {
    private static func orders(_ fixture: AccountsFixture) throws -> [(payload: JSONValue, runAt: Timestamp)] {
        try fixture.database.read { reader in
            try reader.rows("SELECT payload, run_at FROM work_items WHERE kind = 'alerts.match' ORDER BY rid") {
                (payload: try $0.json(0), runAt: try $0.time(1))
            }
        }
    }

    private static func add(_ fixture: AccountsFixture, _ title: String = "Baker") async throws {
        try await MatchFixture.add([MatchFixture.job(title)], to: fixture.database)
        try await fixture.database.write { try AlertWork.jobsAdded(in: $0) }
    }

    @Test("Adding jobs orders nothing until somebody wants to know at once")
    func ordered() async throws {
        try await AccountsFixture.run { fixture in
            let ada = try await MatchFixture.account(in: fixture.database)
            _ = try await MatchFixture.alert("daily", of: ada, in: fixture.database)
            _ = try await MatchFixture.alert("off", of: ada, in: fixture.database) { ($0.frequency, $0.isActive) = (.immediate, false) }
            try await Self.add(fixture)
            #expect(try Self.orders(fixture).isEmpty)
            _ = try await MatchFixture.alert("now", of: ada, in: fixture.database) { $0.frequency = .immediate }
            // Three times at one moment: one item, at the end of the ten seconds that the moment is in.
            for _ in 0..<3 { try await Self.add(fixture) }
            let orders = try Self.orders(fixture)
            #expect(orders.map(\.payload) == [["scope": "immediate"]])
            let wait = (orders.first?.runAt.microseconds ?? 0) - fixture.clock.now().microseconds
            #expect(wait > 0 && wait <= 10_000_000)
            // Jobs that come when that item may be running already get another.
            fixture.clock.advance(seconds: 10)
            try await Self.add(fixture)
            #expect(try Self.orders(fixture).count == 2)
        }
    }

    @Test("The queue runs what was ordered, immediate alerts alone or all that are due, and says what came of it")
    func worked() async throws {
        try await AccountsFixture.run { fixture in
            let database = fixture.database
            let ada = try await MatchFixture.account(in: database)
            for frequency in [JobAlert.Frequency.immediate, .daily] {
                _ = try await MatchFixture.alert(frequency.rawValue, of: ada, in: database) { $0.frequency = frequency }
            }
            let queue = WorkQueue(
                database: database, workers: [AlertWork(database: database, clock: fixture.clock)], node: "test", clock: fixture.clock,
                random: SystemRandom(), log: Log(clock: fixture.clock) { _ in })
            try await queue.start()
            try await Self.add(fixture)
            fixture.clock.advance(seconds: 11)
            queue.wake()
            #expect(
                try await eventually { try MatchFixture.notifications(.jobAlert, of: ada, in: database).count == 1 })
            let due = try await database.write { try $0.enqueue(AlertWork.order(.daily)) }
            queue.wake()
            await queue.attempted(due)
            let results = try database.read { reader in
                try reader.rows("SELECT result FROM work_items WHERE state = 'succeeded' ORDER BY rid") { try $0.json(0) }
            }
            #expect(results == [["alerts": 1, "notifications": 1], ["alerts": 2, "notifications": 1]])
            await queue.stop(drainSeconds: 0)
        }
    }

    @Test("The schedule's order waits once, however often it is given")
    func scheduled() async throws {
        try await AccountsFixture.run { fixture in
            let ids = try await fixture.database.write { transaction in
                [try transaction.enqueue(AlertWork.order(.weekly)), try transaction.enqueue(AlertWork.order(.weekly))]
            }
            #expect(ids[0] == ids[1])
            #expect(try Self.orders(fixture).map(\.payload) == [["scope": "weekly"]])
        }
    }

    @Test("No statement over alerts or new jobs walks a table or sorts, however many rows there are")
    func plans() async throws {
        try await AccountsFixture.run { fixture in
            func plan(_ sql: String) async throws -> String { try await MatchFixture.plan(sql, in: fixture.database) }
            let rows = [
                (AlertStore.page, "SEARCH job_alerts USING INDEX job_alerts_by_account (account_rid=?)"),
                (AlertStore.dueAlerts, "SEARCH job_alerts USING INDEX job_alerts_to_run (frequency=? AND rid>?)"),
                (AlertStore.anyImmediate, "SEARCH job_alerts USING INDEX job_alerts_to_run (frequency=?)"),
                (AlertStore.jobSlice, "SEARCH jobs USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
            ]
            for (sql, expected) in rows { #expect(try await plan(sql) == expected) }
            let first = try await plan(AlertStore.firstJobSince)
            #expect(first.hasPrefix("SEARCH jobs USING COVERING INDEX") && first.contains("created_at>?"), "\(first)")
        }
    }
}
