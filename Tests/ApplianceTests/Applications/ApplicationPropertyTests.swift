import Platform
import TestSupport
import Testing

@testable import Appliance

/// Random actions, compared with what a few lines of Swift say should come of them.
@Suite("Properties of applications", .timeLimit(.minutes(2)))
struct ApplicationPropertyTests {
    /// The same sequence each time, from a seed.
    private struct Dice: RandomNumberGenerator {
        let source: SeededRandom

        init(_ seed: UInt64) { source = SeededRandom(seed) }

        mutating func next() -> UInt64 { source.bytes(8).reduce(0) { $0 << 8 | UInt64($1) } }
    }

    private struct State: Equatable {
        var status = "pending"
        var userDefinedStatus: String?
    }

    @Test(
        "The history, replayed, gives the state that the application has, and what is written stays", arguments: [1, 2, 3, 4] as [UInt64])
    func replay(seed: UInt64) async throws {
        try await TestAppliance.run { server in
            var dice = Dice(seed)
            let user = try await server.register()
            let jobs = try await server.vacancies(3)
            let id = try await user.apply(to: jobs[0])
            var written = try await user.history(id)
            var changes = 0
            for step in 0..<30 {
                var members: [(String, JSONValue)] = []
                if Bool.random(using: &dice), let status = (Application.statuses + ["hired"]).randomElement(using: &dice) {
                    members.append(("status", .string(status)))
                }
                if Bool.random(using: &dice), let status = Application.userDefinedStatuses.randomElement(using: &dice) {
                    members.append(("user_defined_status", Bool.random(using: &dice) ? .string(status) : .null))
                }
                if Bool.random(using: &dice) { members.append(("status_note", .string("note \(step)"))) }
                if Int.random(in: 0..<4, using: &dice) == 0, let job = jobs.randomElement(using: &dice) {
                    members.append(("job_id", .string(job)))
                }
                let before = try await user.get("\(applicationsPath)\(id)/").json
                let answer = try await user.patch("\(applicationsPath)\(id)/", JSONValue.object(JSONObject(members)).jsonText)
                #expect(answer.status == (members.contains { $0.1 == "hired" } ? 400 : 200))
                if answer.status == 200, answer.json["status"] != before["status"] { changes += 1 }
                let history = try await user.history(id)
                #expect(Array(history.prefix(written.count)) == written)
                written = history
            }
            let item = try await user.get("\(applicationsPath)\(id)/").json
            var replayed: [String: JSONValue] = ["status": .null, "user_defined_status": .null, "job": .string(jobs[0])]
            for event in written {
                let field = event["field"]?.string ?? ""
                #expect(event["from"] == replayed[field], "\(event.jsonText)")
                replayed[field] = event["to"]
            }
            #expect(replayed["status"] == item["status"] && replayed["user_defined_status"] == item["user_defined_status"])
            #expect(replayed["job"] == item["job"]?["id"])
            let times = written.compactMap { $0["at"]?.string.flatMap { Timestamp(iso: $0) } }
            #expect(times.count == written.count && times == times.sorted())
            #expect(try await user.applicationNotices().count == changes)
            for job in jobs { #expect(try server.applicationCounts(job).told == server.applicationCounts(job).real) }
        }
    }

    @Test("Three people never see or change each other's applications, and jobs count them all", arguments: [11, 12, 13] as [UInt64])
    func threeUsers(seed: UInt64) async throws {
        try await TestAppliance.run { server in
            var dice = Dice(seed)
            var users: [TestUser] = []
            for name in ["ada", "bob", "eve"] { users.append(try await server.register("\(name)@example.org")) }
            let jobs = try await server.vacancies(6)
            // By user, job by job: the id of the application and its state.
            var model: [[String: (id: String, state: State)]] = [[:], [:], [:]]
            for _ in 0..<60 {
                let number = Int.random(in: 0..<3, using: &dice)
                let (user, job) = (users[number], jobs.randomElement(using: &dice) ?? jobs[0])
                let status = Application.statuses.randomElement(using: &dice) ?? "pending"
                let victim = model[Int.random(in: 0..<3, using: &dice)].values.map(\.id).sorted().first ?? user.id
                let isOwn = model[number].values.contains { $0.id == victim }
                switch Int.random(in: 0..<6, using: &dice) {
                case 0, 1:
                    let answer = try await user.post(applicationsPath, #"{"job_id":"\#(job)","status":"\#(status)"}"#)
                    #expect(answer.status == (model[number][job] == nil ? 201 : 400))
                    if answer.status == 201 { model[number][job] = (answer.json["id"]?.string ?? "", State(status: status)) }
                case 2:
                    let chosen = Array(jobs.shuffled(using: &dice).prefix(3))
                    let answer = try await user.post(
                        applicationsPath + "bulk-apply/", #"{"job_ids":\#(JSONValue.list(chosen).jsonText)}"#
                    ).json
                    let applied = answer["applied_jobs"]?.array ?? []
                    #expect(applied.compactMap { $0["job_id"]?.string } == chosen.filter { model[number][$0] == nil })
                    for item in applied {
                        model[number][item["job_id"]?.string ?? ""] = (item["application_id"]?.string ?? "", State(status: "submitted"))
                    }
                case 3, 4:
                    let answer = try await user.patch("\(applicationsPath)\(victim)/", #"{"status":"\#(status)"}"#)
                    #expect(answer.status == (isOwn ? 200 : 404))
                    for (job, known) in model[number] where known.id == victim { model[number][job]?.state.status = status }
                default:
                    #expect(try await user.delete("\(applicationsPath)\(victim)/").status == (isOwn ? 204 : 404))
                    for (job, known) in model[number] where known.id == victim { model[number][job] = nil }
                }
            }
            for (number, user) in users.enumerated() {
                let items = try await user.results(applicationsPath)
                #expect(items.allSatisfy { $0["user"]?.string == user.id })
                let seen = items.map { [$0["job"]?["id"]?.string, $0["id"]?.string, $0["status"]?.string] }
                let expected = model[number].map { [$0.key, $0.value.id, $0.value.state.status] }
                #expect(Set(seen) == Set(expected))
                #expect(try await user.get(applicationsPath + "stats/").json["total_applications"]?.int == expected.count)
            }
            for job in jobs {
                let (told, real) = try server.applicationCounts(job)
                #expect(told == real && Int(told) == model.count { $0[job] != nil })
            }
        }
    }
}
