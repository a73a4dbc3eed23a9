import Platform
import Testing

@testable import Appliance

/// Recommendations on a real database, without a request.
@Suite("Making recommendations", .timeLimit(.minutes(1)))
struct RecommenderTests {
    static func baker(
        _ email: String = "ada@example.org", in database: Database, _ change: @Sendable @escaping (inout Profile) -> Void = { _ in }
    )
        async throws -> Account
    {
        let account = try await MatchFixture.account(email, in: database)
        try await database.write { transaction in
            guard var profile = try ProfileStore.profile(of: account, in: transaction) else { return }
            (profile.skills, profile.experienceLevel) = (["Baking", "Milling"], "mid")
            change(&profile)
            _ = try ProfileStore.update(profile, in: transaction)
        }
        return account
    }

    static func bakery(_ title: String, skills: [String] = ["Baking"]) -> Job { MatchFixture.job(title) { $0.skillsRequired = skills } }

    private static func list(_ fixture: AccountsFixture, _ account: Account) throws -> [RecommendedJob] {
        try fixture.database.read {
            try RecommendationStore.recommendations(of: account.owner, statuses: nil, limit: 100, offset: 0, in: $0)
        }
    }

    @Test("The best ten are stored with score, rule and reasons, the best first")
    func best() async throws {
        try await AccountsFixture.run { fixture in
            let ada = try await Self.baker(in: fixture.database)
            var jobs = (0..<12).map { Self.bakery("Half \($0)", skills: ["Baking", "Sewing"]) }
            jobs.insert(Self.bakery("Whole", skills: ["Milling", "Baking"]), at: 5)
            jobs.append(MatchFixture.job("Pilot") { $0.description = "Flies." })
            jobs.append(Self.bakery("Closed", skills: ["Baking"]))
            jobs[jobs.count - 1].status = "closed"
            try await MatchFixture.add(jobs, to: fixture.database)
            let made = try await Recommender(database: fixture.database).generate(for: ada.owner)
            #expect(made.count == Recommender.wanted && made.allSatisfy(\.isNew))
            #expect(made.first?.job.title == "Whole" && made.first?.score == 1)
            // Of equal ones the newer.
            #expect(made.dropFirst().map(\.job.title) == (3..<12).reversed().map { "Half \($0)" })
            let listed = try Self.list(fixture, ada)
            #expect(listed.first?.id == made.first?.id && Set(listed.map(\.id)) == Set(made.map(\.id)))
            #expect(listed.map(\.score) == made.map(\.score))
            #expect(listed.allSatisfy { $0.status == .pendingReview && $0.algorithmVersion == "v2.0_criteria" })
            for (stored, fresh) in zip(listed.prefix(1), made) {
                #expect(try JSONValue.parse(Array(stored.reasons.utf8)) == .array(fresh.job.score.reasons.map(\.json)))
            }
        }
    }

    @Test("What was dismissed, called irrelevant or applied to does not come back; what is open does, as pending")
    func settled() async throws {
        try await AccountsFixture.run { fixture in
            let database = fixture.database
            let ada = try await Self.baker(in: database)
            try await MatchFixture.add(
                RecommendedJob.Status.allCases.map { Self.bakery($0.rawValue) } + [Self.bakery("other")], to: database)
            let recommender = Recommender(database: database)
            #expect(try await recommender.generate(for: ada.owner).count == 6)
            let first = try Self.list(fixture, ada)
            for one in first {
                guard let status = RecommendedJob.Status(rawValue: one.job.title) else { continue }
                _ = try await database.write { try RecommendationStore.setStatus(status, of: one, owner: ada.owner, in: $0) }
            }
            fixture.clock.advance(seconds: 60)
            let again = try await recommender.generate(for: ada.owner)
            #expect(Set(again.map(\.job.title)) == ["pending_review", "viewed", "other"] && again.allSatisfy { !$0.isNew })
            let statuses = Dictionary(uniqueKeysWithValues: try Self.list(fixture, ada).map { ($0.job.title, $0) })
            #expect(statuses["viewed"]?.status == .pendingReview)
            #expect(["applied", "dismissed", "irrelevant"].allSatisfy { statuses[$0]?.status.rawValue == $0 })
            #expect(statuses["viewed"]?.recommendedAt == fixture.clock.now())
            #expect(statuses["dismissed"]?.recommendedAt == fixture.clock.now().adding(seconds: -60))
            #expect(Set(first.map(\.id)) == Set(statuses.values.map(\.id)))
        }
    }

    @Test("A decision that falls while the scores are made is not undone, and a job that was closed is not recommended")
    func overtaken() async throws {
        try await AccountsFixture.run { fixture in
            let database = fixture.database
            let ada = try await Self.baker(in: database)
            try await MatchFixture.add([Self.bakery("One"), Self.bakery("Two")], to: database)
            _ = try await Recommender(database: database).generate(for: ada.owner)
            let score = MatchScore(value: 0.5, reasons: [])
            let puts = try await database.write { transaction in
                _ = try transaction.execute("UPDATE recommended_jobs SET status = 'dismissed' WHERE job_rid = 1")
                _ = try transaction.execute("DELETE FROM recommended_jobs WHERE job_rid = 2")
                _ = try transaction.execute("UPDATE jobs SET status = 'closed' WHERE rid = 2")
                return try [1, 2, 99].map {
                    try RecommendationStore.put(score, version: "v", job: $0, for: ada.owner, in: transaction)
                }
            }
            #expect(puts == [nil, nil, nil])
            #expect(try Self.list(fixture, ada).map(\.status) == [.dismissed])
        }
    }

    @Test("Jobs that are excluded, such as those applied to, are not looked at")
    func excluded() async throws {
        try await AccountsFixture.run { fixture in
            let ada = try await Self.baker(in: fixture.database)
            try await MatchFixture.add([Self.bakery("One"), Self.bakery("Two")], to: fixture.database)
            let recommender = Recommender(database: fixture.database, excluded: { owner, _ in owner == ada.owner ? [1] : [] })
            #expect(try await recommender.generate(for: ada.owner).map(\.job.title) == ["Two"])
        }
    }

    @Test("Who has new recommendations that reach the threshold is notified once; of others and of renewed ones not")
    func notified() async throws {
        try await AccountsFixture.run { fixture in
            let database = fixture.database
            let ada = try await Self.baker(in: database) { $0.matchThreshold = 0.9 }
            let ids = try await MatchFixture.add([Self.bakery("Whole"), Self.bakery("Half", skills: ["Baking", "Sewing"])], to: database)
            let recommender = Recommender(database: database)
            let made = try await recommender.generate(for: ada.owner)
            #expect(made.map { $0.score >= 0.9 } == [true, false])
            let told = try MatchFixture.notifications(.recommendation, of: ada, in: database)
            #expect(told.map(\.title) == ["New Job Recommendations - 1 matches found"])
            #expect(
                told.first?.data == [
                    "recommendation_ids": .list([made[0].id.description]), "job_ids": .list([ids[0].description]), "count": 1,
                ])
            #expect(try await recommender.generate(for: ada.owner).count == 2)
            #expect(try MatchFixture.notifications(.recommendation, of: ada, in: database).count == 1)
        }
    }

    @Test("Candidates are jobs with words of the profile and the newest ones, each once and within the limit")
    func candidates() async throws {
        try await AccountsFixture.run { fixture in
            let database = fixture.database
            try await MatchFixture.add([MatchFixture.job("Old baker")], to: database)
            for number in 0..<6 {
                fixture.clock.advance(seconds: 1)
                try await MatchFixture.add([MatchFixture.job("Pilot \(number)") { $0.description = "Flies." }], to: database)
            }
            func titles(_ words: String, byText: Int = 5, limit: Int, without: Set<Int64> = []) async throws -> [String] {
                try await database.scan { reader in
                    var titles: [String] = []
                    try RecommendationStore.eachCandidate(TextQuery(words), byText: byText, limit: limit, without: without, in: reader) {
                        titles.append($0.title)
                    }
                    return titles
                }
            }
            #expect(try await titles("baker", limit: 3) == ["Old baker", "Pilot 5", "Pilot 4"])
            #expect(try await titles("baker", limit: 100).count == 7)
            #expect(try await titles("", limit: 2) == ["Pilot 5", "Pilot 4"])
            #expect(try await titles("baker pilot", limit: 2, without: [1, 7]).allSatisfy { $0 != "Old baker" && $0 != "Pilot 5" })
            #expect(try await titles("baker", limit: 2, without: [1, 7]) == ["Pilot 4", "Pilot 3"])
            #expect(try await titles("\" OR title:* NEAR(", limit: 0).isEmpty)
        }
    }

    @Test("Recommendations of all active accounts are made some at a time, and one broken row keeps nobody else's back")
    func all() async throws {
        try await AccountsFixture.run { fixture in
            let database = fixture.database
            let people = try await [0, 1, 2, 3, 4].asyncMap { try await Self.baker("baker\($0)@example.org", in: database) }
            try await MatchFixture.add([Self.bakery("Baker")], to: database)
            try await database.write { transaction in
                try AccountStore.setActive(false, people[1].owner, in: transaction)
                _ = try transaction.execute("UPDATE profiles SET skills = '{' WHERE account_rid = $1", people[2].rowID)
                _ = try transaction.execute("DELETE FROM profiles WHERE account_rid = $1", people[3].rowID)
            }
            let log = Log(level: .error, clock: fixture.clock) { _ in }
            let work = RecommendationWork(database: database, recommender: Recommender(database: database), log: log, slice: 2)
            let queue = WorkQueue(
                database: database, workers: [work], node: "test", clock: fixture.clock, random: SystemRandom(), log: log)
            try await queue.start()
            _ = try await database.write { try $0.enqueue(RecommendationWork.all) }
            queue.wake()
            // Four active accounts, two an item; the full second item orders a third, which finds nobody.
            func results() throws -> [JSONValue] {
                try database.read { reader in
                    try reader.rows("SELECT result FROM work_items WHERE state = 'succeeded' ORDER BY rid") { try $0.json(0) }
                }
            }
            #expect(
                try await eventually {
                    queue.wake()
                    return try results().count == 3
                })
            #expect(
                try results() == [
                    ["accounts": 2, "recommendations": 1, "failures": 1], ["accounts": 2, "recommendations": 1, "failures": 0],
                    ["accounts": 0, "recommendations": 0, "failures": 0],
                ])
            let counts = try people.map { person in try Self.list(fixture, person).count }
            #expect(counts == [1, 0, 0, 0, 1])
            #expect(try database.read { try RecommendationStore.count(in: $0) } == 2)
            await queue.stop(drainSeconds: 0)
        }
    }

    @Test("The counts of an account are its own, by status, with the time of the last change")
    func counts() async throws {
        try await AccountsFixture.run { fixture in
            let database = fixture.database
            let (ada, eve) = (try await Self.baker(in: database), try await Self.baker("eve@example.org", in: database))
            func counts(_ account: Account) throws -> RecommendationStore.Counts {
                try database.read { try RecommendationStore.counts(of: account.owner, in: $0) }
            }
            #expect(try counts(ada) == RecommendationStore.Counts())
            try await MatchFixture.add((0..<4).map { Self.bakery("\($0)") }, to: database)
            for account in [ada, eve] { _ = try await Recommender(database: database).generate(for: account.owner) }
            fixture.clock.advance(seconds: 5)
            let listed = try Self.list(fixture, ada)
            for (one, status) in zip(listed, [RecommendedJob.Status.viewed, .dismissed, .irrelevant]) {
                _ = try await database.write { try RecommendationStore.setStatus(status, of: one, owner: ada.owner, in: $0) }
            }
            #expect(
                try counts(ada)
                    == RecommendationStore.Counts(total: 4, pending: 1, viewed: 1, dismissed: 1, lastUpdated: fixture.clock.now()))
            #expect(try counts(eve).pending == 4)
            try await database.write { try AccountStore.delete(ada.owner, in: $0) }
            #expect(try fixture.count("recommended_jobs") == 4)
        }
    }

    @Test("Lists come in the order of an index, and no statement walks a table or sorts")
    func plans() async throws {
        try await AccountsFixture.run { fixture in
            func plan(_ sql: String) async throws -> String { try await MatchFixture.plan(sql, in: fixture.database) }
            let list =
                "SEARCH recommended_jobs USING INDEX recommended_jobs_by_score (account_rid=?); SEARCH jobs USING INTEGER PRIMARY KEY"
            for statuses in [nil, [RecommendedJob.Status.viewed], [.pendingReview, .viewed], RecommendedJob.Status.allCases] {
                let filter = RecommendationStore.filter(statuses, from: 4).condition
                let found = try await plan(RecommendationStore.page(filter))
                #expect(found.hasPrefix(list) && !found.contains("B-TREE"), "\(found)")
            }
            let newest = try await plan(RecommendationStore.newestJobs)
            #expect(newest.hasPrefix("SEARCH jobs USING INDEX") && newest.contains("(status=?)") && !newest.contains("B-TREE"), "\(newest)")
            #expect(try await plan(RecommendationStore.jobByRow).hasPrefix("SEARCH jobs USING INTEGER PRIMARY KEY (rowid=?)"))
        }
    }
}

extension Array {
    fileprivate func asyncMap<Output>(_ transform: (Element) async throws -> Output) async throws -> [Output] {
        var results: [Output] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
