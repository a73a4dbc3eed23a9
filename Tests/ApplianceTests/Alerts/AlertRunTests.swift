import Platform
import Testing

@testable import Appliance

/// Runs over the alerts of all accounts, on a real database with a clock that the test moves.
@Suite("Runs of alerts", .timeLimit(.minutes(1)))
struct AlertRunTests {
    private static let day = 86_400

    private static func run(
        _ fixture: AccountsFixture, _ scope: AlertRun.Scope = .due, slices: AlertRun.Slices = AlertRun.Slices()
    ) async throws -> AlertRun.Summary {
        try await AlertRun(database: fixture.database, now: fixture.clock.now(), slices: slices).run(scope)
    }

    private static func summary(_ alerts: Int, _ notifications: Int) -> AlertRun.Summary {
        AlertRun.Summary(alerts: alerts, notifications: notifications)
    }

    @Test("New jobs that match are told of once, with what leads to them")
    func told() async throws {
        try await AccountsFixture.run { fixture in
            let database = fixture.database
            let ada = try await MatchFixture.account(in: database)
            let alert = try await MatchFixture.alert(of: ada, in: database) { $0.criteria.keywords = ["bak"] }
            let ids = try await MatchFixture.add(
                [MatchFixture.job("Baker"), MatchFixture.job("Miller") { $0.description = "Mills." }, MatchFixture.job("Bakery hand")],
                to: database)
            #expect(try await Self.run(fixture) == Self.summary(1, 1))
            let told = try MatchFixture.notifications(.jobAlert, of: ada, in: database)
            #expect(told.map(\.title) == ["New Job Alert: 2 matching jobs found"])
            #expect(
                told.first?.data == [
                    "alert_id": .string(alert.id.description), "job_ids": .list([ids[2].description, ids[0].description]), "count": 2,
                ])
            // The same again at once, and a day later: the alert is not due, and then there is nothing new.
            #expect(try await Self.run(fixture) == Self.summary(0, 0))
            fixture.clock.advance(seconds: Self.day)
            #expect(try await Self.run(fixture) == Self.summary(1, 0))
            try await MatchFixture.add([MatchFixture.job("Baker again")], to: database)
            fixture.clock.advance(seconds: Self.day)
            #expect(try await Self.run(fixture) == Self.summary(1, 1))
            #expect(try MatchFixture.notifications(.jobAlert, of: ada, in: database).last?.data["count"] == 1)
        }
    }

    @Test("Each alert is due when its time has come, the immediate one always, and one that never ran at once")
    func due() async throws {
        try await AccountsFixture.run { fixture in
            let database = fixture.database
            let ada = try await MatchFixture.account(in: database)
            for frequency in JobAlert.Frequency.allCases {
                _ = try await MatchFixture.alert(frequency.rawValue, of: ada, in: database) { $0.frequency = frequency }
            }
            func ran() async throws -> Set<String> {
                let before = fixture.clock.now()
                _ = try await Self.run(fixture)
                return try await database.scan { reader in
                    Set(try reader.rows("SELECT name FROM job_alerts WHERE last_run = $1", before) { try $0.text(0) })
                }
            }
            #expect(try await ran() == ["immediate", "daily", "weekly", "monthly"])
            let rows: [(seconds: Int, expected: Set<String>)] = [
                (Self.day - 1200, ["immediate"]), (1200, ["immediate", "daily"]), (5 * Self.day, ["immediate", "daily"]),
                (Self.day, ["immediate", "daily", "weekly"]), (7 * Self.day, ["immediate", "daily", "weekly"]),
                (16 * Self.day, ["immediate", "daily", "weekly", "monthly"]),
            ]
            for row in rows {
                fixture.clock.advance(seconds: row.seconds)
                #expect(try await ran() == row.expected, "after \(row.seconds)")
            }
            // A schedule that comes a little early does not make a daily alert miss its day.
            fixture.clock.advance(seconds: Self.day - 300)
            #expect(try await ran() == ["immediate", "daily"])
            // Only those that want to know at once.
            fixture.clock.advance(seconds: 60 * Self.day)
            #expect(try await Self.run(fixture, .immediate) == Self.summary(1, 0))
        }
    }

    @Test("An alert that never ran looks back one day")
    func firstLook() async throws {
        try await AccountsFixture.run { fixture in
            let database = fixture.database
            let ada = try await MatchFixture.account(in: database)
            try await MatchFixture.add([MatchFixture.job("Old")], to: database)
            fixture.clock.advance(seconds: Self.day + 1)
            let ids = try await MatchFixture.add([MatchFixture.job("New")], to: database)
            _ = try await MatchFixture.alert(of: ada, in: database)
            #expect(try await Self.run(fixture) == Self.summary(1, 1))
            #expect(
                try MatchFixture.notifications(.jobAlert, of: ada, in: database).first?.data["job_ids"] == .list(ids.map(\.description)))
        }
    }

    @Test("Jobs that are not open, alerts that are off and accounts that are closed cause nothing")
    func silent() async throws {
        try await AccountsFixture.run { fixture in
            let database = fixture.database
            let (ada, eve) = (
                try await MatchFixture.account(in: database), try await MatchFixture.account("eve@example.org", in: database)
            )
            _ = try await MatchFixture.alert("off", of: ada, in: database) { $0.isActive = false }
            _ = try await MatchFixture.alert("on", of: ada, in: database) { $0.criteria.keywords = ["closed"] }
            _ = try await MatchFixture.alert("closed account", of: eve, in: database)
            try await database.write { try AccountStore.setActive(false, eve.owner, in: $0) }
            for status in Job.statuses {
                try await MatchFixture.add([MatchFixture.job("\(status) job") { $0.status = status }], to: database)
            }
            #expect(try await Self.run(fixture) == Self.summary(2, 0))
            #expect(try fixture.count("notifications") == 0)
            #expect(try database.read { try $0.int("SELECT count(*) FROM job_alerts WHERE last_run IS NULL") } == 1)
        }
    }

    @Test("An alert that was run, switched off or deleted while a run looked for it is left to whoever did that")
    func overtaken() async throws {
        try await AccountsFixture.run { fixture in
            let (database, now) = (fixture.database, fixture.clock.now())
            let ada = try await MatchFixture.account(in: database)
            for name in ["run", "off", "deleted", "left"] { _ = try await MatchFixture.alert(name, of: ada, in: database) }
            let read = try await database.scan {
                try AlertStore.due(.daily, lastRunBefore: now, after: 0, limit: 10, bytes: 1000, in: $0)
            }
            #expect(read.map(\.name) == ["run", "off", "deleted", "left"])
            let noted = try await database.write { transaction in
                #expect(try AlertStore.noteRun(read[0], at: now, through: 3, in: transaction))
                _ = try transaction.execute("UPDATE job_alerts SET is_active = 0 WHERE name = 'off'")
                #expect(try AlertStore.delete(read[2].id, of: ada.owner, in: transaction))
                return try read.map { try AlertStore.noteRun($0, at: now, through: 4, in: transaction) }
            }
            #expect(noted == [false, false, false, true])
        }
    }

    @Test("Runs at the same time tell of no job twice")
    func together() async throws {
        try await AccountsFixture.run { fixture in
            let database = fixture.database
            let ada = try await MatchFixture.account(in: database)
            for number in 0..<20 { _ = try await MatchFixture.alert("\(number)", of: ada, in: database) { $0.frequency = .immediate } }
            try await MatchFixture.add([MatchFixture.job(), MatchFixture.job()], to: database)
            var slices = AlertRun.Slices()
            (slices.alerts, slices.notes) = (6, 2)
            let small = slices
            let told = try await withThrowingTaskGroup(of: AlertRun.Summary.self) { group in
                for _ in 0..<4 { group.addTask { try await Self.run(fixture, .immediate, slices: small) } }
                return try await group.reduce(0) { $0 + $1.notifications }
            }
            #expect(told == 20)
            #expect(try fixture.count("notifications") == 20)
        }
    }

    @Test("However it is sliced, a run finds for each alert what the rule finds", arguments: 0..<4)
    func sliced(seed: Int) async throws {
        let dice = MatchDice(UInt64(seed))
        let wishes = (0..<25).map { _ in AlertMatcherTests.criteria(dice) }
        let jobs = (0..<30).map { _ in
            MatchFixture.job(dice.text(upTo: 8, least: 1)) { job in
                (job.description, job.location) = (dice.text(upTo: 20, least: 1), dice.text(upTo: 6, least: 1))
                job.jobType = dice.pick(["full_time", "contract"])
                job.experienceLevel = dice.pick(["mid", "lead"])
                job.isRemote = dice.chance(2)
                job.salaryMin = dice.chance(2) ? dice.below(6) : nil
                job.salaryMax = dice.chance(2) ? dice.below(6) : nil
                job.status = dice.chance(3) ? "active" : "closed"
            }
        }
        try await AccountsFixture.run { fixture in
            let database = fixture.database
            let ada = try await MatchFixture.account(in: database)
            for wish in wishes { _ = try await MatchFixture.alert(of: ada, in: database) { $0.criteria = wish } }
            try await MatchFixture.add(jobs, to: database)
            let slices = AlertRun.Slices(alerts: 7, bytes: 40, jobs: 4, notes: 3)
            let summary = try await Self.run(fixture, slices: slices)
            let stored = try await database.scan { reader in
                var stored: [ScannedJob] = []
                _ = try AlertStore.eachActiveJob(after: 0, through: .max, limit: 100, in: reader) { stored.append($0) }
                return stored
            }
            #expect(stored.count == jobs.count { $0.status == "active" })
            let expected = wishes.map { wish in stored.count { AlertMatcherTests.naive(AlertMatcher.Entry(wish), $0) } }.filter { $0 > 0 }
            let told = try MatchFixture.notifications(.jobAlert, of: ada, in: database).map { $0.data["count"]?.int ?? 0 }
            #expect(told == expected)
            #expect(summary == Self.summary(wishes.count, expected.count))
        }
    }
}
