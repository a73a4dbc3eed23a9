import Platform
import TestSupport
import Testing

@testable import Appliance

/// The recommendations of contract section 3, through a real socket.
@Suite("Recommendations", .timeLimit(.minutes(1)))
struct RecommendationScenarios {
    private static let base = "/api/v1/jobs/recommendations/"
    private static let generate = base + "generate/"
    private static let missing = #"{"detail":"No RecommendedJob matches the given query."}"#

    /// An account whose owner bakes.
    private static func baker(_ server: TestAppliance, _ email: String = "ada@example.org") async throws -> TestUser {
        let user = try await server.register(email)
        let profile = try await user.get("/api/v1/auth/profiles/").json["results"]?.array?.first?["id"]?.int ?? 0
        let body = #"{"skills":["Baking","Milling"],"current_title":"Baker","experience_level":"mid"}"#
        #expect(try await user.patch("/api/v1/auth/profiles/\(profile)/", body).status == 200)
        return user
    }

    private static func bakery(_ title: String, skills: [String] = ["Baking"]) -> Job { RecommenderTests.bakery(title, skills: skills) }

    private static func titles(_ user: TestUser, _ query: String = "") async throws -> Set<String?> {
        Set(try await user.get(base + query).json["results"]?.array?.map { $0["job"]?["title"]?.string } ?? [])
    }

    @Test("Jobs that suit are found, listed the best first, and each score is told by its reasons")
    func generated() async throws {
        try await TestAppliance.run { server in
            let user = try await Self.baker(server)
            let ids = try await MatchFixture.add(
                [
                    Self.bakery("Baker"), Self.bakery("Baker of sorts", skills: ["Baking", "Sewing"]),
                    MatchFixture.job("Pilot") { $0.description = "Flies." },
                ], to: server.database)
            let answer = try await user.post(Self.generate)
            #expect(answer.status == 200 && answer.json.object?.keys == ["success", "message", "data"])
            #expect(answer.json["success"] == true)
            #expect(answer.json["message"] == "Successfully generated 2 new or updated recommendations.")
            let data = answer.json["data"]?.array ?? []
            #expect(data.map { $0["job_id"]?.string } == ids.prefix(2).map(\.description))
            #expect(data.first?.object?.keys == ["recommended_job_id", "job_id", "job_title", "score", "status", "action"])
            #expect(data.map { $0["job_title"] } == ["Baker", "Baker of sorts"])
            #expect(data.allSatisfy { $0["status"] == "pending_review" && $0["action"] == "created" })

            let list = try await user.get(Self.base).json
            #expect(list["count"] == 2)
            let items = list["results"]?.array ?? []
            #expect(items.map { $0["id"] } == data.map { $0["recommended_job_id"] })
            #expect(items.map { $0["score"] } == data.map { $0["score"] })
            #expect(
                items.first?.object?.keys == [
                    "id", "job", "score", "status", "algorithm_version", "recommended_at", "updated_at", "match_reasons",
                ])
            #expect(items.first?["algorithm_version"] == "v2.0_criteria" && items.first?["score"] == 1.0)
            #expect(items.first?["job"]?["salary_range_display"] == "Salary not disclosed")
            for item in items {
                let reasons = item["match_reasons"]?.array ?? []
                #expect(reasons.allSatisfy { $0.object?.keys == ["criterion", "weight", "value", "matched", "text"] })
                let sum = reasons.reduce(0.0) { $0 + ($1["weight"]?.double ?? 9) * ($1["value"]?.double ?? 9) }
                #expect(abs(sum - (item["score"]?.double ?? 9)) < 0.001)
            }
            let skills = items.last?["match_reasons"]?.array?.first
            #expect(skills?["criterion"] == "skills" && skills?["matched"] == ["Baking"])
            #expect(skills?["text"] == "Your skills: 1 of 2 required.")

            let again = try await user.post(Self.generate, "{}").json
            #expect(again["data"]?.array?.map { $0["action"] } == ["updated", "updated"])
            #expect(again["data"]?.array?.map { $0["recommended_job_id"] } == data.map { $0["recommended_job_id"] })
            #expect(try await server.count("SELECT count(*) FROM notifications WHERE kind = 'recommendation'") == 1)
        }
    }

    @Test("The owner says what becomes of a recommendation, and lists are by status")
    func statuses() async throws {
        try await TestAppliance.run { server in
            let user = try await Self.baker(server)
            let words = RecommendedJob.Status.allCases.map(\.rawValue)
            try await MatchFixture.add(words.map { Self.bakery($0) }, to: server.database)
            _ = try await user.post(Self.generate)
            for item in try await user.get(Self.base).json["results"]?.array ?? [] {
                let (id, word) = (item["id"]?.string ?? "", item["job"]?["title"]?.string ?? "")
                server.clock.advance(seconds: 1)
                let changed = try await user.patch(Self.base + id + "/", #"{"status":"\#(word)","score":0,"match_reasons":[]}"#)
                #expect(changed.status == 200 && changed.json["status"]?.string == word)
                #expect(changed.json.object?.keys == item.object?.keys)
                #expect(changed.json["score"] == item["score"] && changed.json["match_reasons"] == item["match_reasons"])
                #expect((changed.json["updated_at"] != item["updated_at"]) == (word != "pending_review"))
                expectAnswer(try await user.patch(Self.base + id, "{}"), 200, changed.text)
            }
            let rows: [(query: String, expected: [String])] = [
                ("", ["pending_review", "viewed"]), ("?status=dismissed", ["dismissed"]),
                ("?status=applied,%20irrelevant", ["applied", "irrelevant"]), ("?status=bogus,viewed,,x", ["viewed"]),
                ("?status=bogus", words),
                ("?status=", words), ("?status=viewed,viewed", ["viewed"]), ("?status=VIEWED", words), ("?status=%25", words),
                ("?status=viewed&status=applied", ["applied"]), ("?status=' OR 1=1", words),
            ]
            for row in rows {
                let query = row.query.replacing(" ", with: "%20").replacing("'", with: "%27")
                #expect(try await Self.titles(user, query) == Set(row.expected), "\(row.query)")
            }
            let again = try await user.post(Self.generate).json["data"]?.array?.map { $0["job_title"]?.string }
            #expect(Set(again ?? []) == ["pending_review", "viewed"])
            #expect(try await Self.titles(user, "?status=viewed") == [])
        }
    }

    @Test("A status that is none is refused, and a recommendation that is somebody else's is not there")
    func refused() async throws {
        try await TestAppliance.run { server in
            let (ada, eve, staff) = (try await Self.baker(server), try await server.register("eve@example.org"), try await server.staff())
            try await MatchFixture.add([Self.bakery("Baker")], to: server.database)
            let made = try await ada.post(Self.generate).json["data"]?.array?.first
            let path = Self.base + (made?["recommended_job_id"]?.string ?? "") + "/"
            let before = try await ada.get(Self.base).text
            let rows = [
                (#"{"status":"seen"}"#, #"{"status":["\"seen\" is not a valid choice."]}"#),
                (#"{"status":""}"#, #"{"status":["\"\" is not a valid choice."]}"#),
                (#"{"status":null}"#, #"{"status":["This field may not be null."]}"#),
                (#"{"status":["viewed"]}"#, #"{"status":["\"['viewed']\" is not a valid choice."]}"#),
                ("[]", #"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#),
            ]
            for (body, answer) in rows { expectAnswer(try await ada.patch(path, body), 400, answer) }
            for stranger in [eve, staff] {
                expectAnswer(try await stranger.patch(path, #"{"status":"viewed"}"#), 404, Self.missing)
                #expect(try await stranger.get(Self.base + "?status=").json["count"] == 0)
            }
            expectAnswer(try await ada.get(Self.base), 200, before)
            for odd in ["x", "1", "%00"] {
                expectAnswer(try await ada.patch(Self.base + odd + "/", "{}"), 404, #"{"detail":"Not found."}"#)
            }
            #expect(try await ada.put(path, "{}").status == 405)
            let unknown = Identifier(v7: server.clock.now(), random: SystemRandom()).description
            expectAnswer(try await ada.patch(Self.base + unknown + "/", #"{"status":"x"}"#), 404, Self.missing)
        }
    }

    @Test("Without a profile there is nothing to go by, and with an empty one there is nothing to recommend")
    func profiles() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            try await MatchFixture.add([Self.bakery("Baker")], to: server.database)
            let nothing = #"{"success":true,"message":"Successfully generated 0 new or updated recommendations.","data":[]}"#
            expectAnswer(try await user.post(Self.generate), 200, nothing)
            let profile = try await user.get("/api/v1/auth/profiles/").json["results"]?.array?.first?["id"]?.int ?? 0
            _ = try await user.delete("/api/v1/auth/profiles/\(profile)/")
            expectAnswer(
                try await user.post(Self.generate), 404,
                #"{"error":"User profile not found. Recommendations cannot be generated without a profile."}"#)
            #expect(try await server.count("SELECT count(*) FROM recommended_jobs") == 0)
        }
    }

    @Test("A fault of the server's own is told as one, without what it was, which the log has")
    func failure() async throws {
        try await TestAppliance.run { server in
            let user = try await Self.baker(server)
            _ = try await server.database.write { try $0.execute("UPDATE profiles SET skills = '{'") }
            let detail = "An internal error occurred while generating recommendations."
            expectAnswer(try await user.post(Self.generate), 500, #"{"detail":"\#(detail)","error":"\#(detail)"}"#)
            #expect(server.logged.text.contains("Recommendations could not be made."))
        }
    }

    @Test("Lists come twenty a page, whatever their length")
    func pages() async throws {
        try await TestAppliance.run { server in
            let user = try await Self.baker(server)
            let account = try #require(try server.database.read { try AccountStore.account(email: user.email, in: $0) })
            try await MatchFixture.add((0..<21).map { Self.bakery("\($0)") }, to: server.database)
            try await server.database.write { transaction in
                for job in 1...21 {
                    let score = MatchScore(value: Double(job) / 100, reasons: [])
                    _ = try RecommendationStore.put(score, version: "v", job: Int64(job), for: account.owner, in: transaction)
                }
            }
            func titles(_ query: String) async throws -> [String?] {
                try await user.get(Self.base + query).json["results"]?.array?.map { $0["job"]?["title"]?.string } ?? []
            }
            #expect(try await titles("") == (1...20).reversed().map { String($0) })
            for query in ["?page=2", "?page=last&status=pending_review"] { #expect(try await titles(query) == ["0"]) }
            let next = try await user.get(Self.base + "?status=pending_review,viewed").json["next"]?.string
            #expect(next?.hasSuffix("/jobs/recommendations/?page=2&status=pending_review%2Cviewed") == true, "\(next ?? "none")")
            for page in ["0", "3", "x"] {
                expectAnswer(try await user.get(Self.base + "?page=\(page)"), 404, #"{"detail":"Invalid page."}"#)
            }
            #expect(try await titles("?status=viewed") == [])
        }
    }

    @Test("Whatever a profile says, no search runs wild and nothing of another account is reached")
    func hostile() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await Self.baker(server), try await server.register("eve@example.org"))
            try await MatchFixture.add([Self.bakery("Baker")], to: server.database)
            _ = try await ada.post(Self.generate)
            let profile = try await eve.get("/api/v1/auth/profiles/").json["results"]?.array?.first?["id"]?.int ?? 0
            for text in ["\" OR title:*", "NEAR(", "*", "%", "' OR '1'='1", "-", "+", "\\", "a AND b", "\u{202E}"] {
                let body = JSONValue.object(
                    JSONObject([("skills", .list([text])), ("current_title", .string(text)), ("preferred_locations", .list([text]))]))
                #expect(try await eve.patch("/api/v1/auth/profiles/\(profile)/", body.jsonText).status == 200)
                let answer = try await eve.post(Self.generate)
                #expect(answer.status == 200 && answer.json["data"] == [], "\(text): \(answer.text)")
            }
            #expect(try await ada.get(Self.base).json["count"] == 1)
        }
    }
}
