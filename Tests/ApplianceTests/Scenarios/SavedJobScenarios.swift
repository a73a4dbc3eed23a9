import Platform
import TestSupport
import Testing

@testable import Appliance

/// `save/`, `unsave/` and `saved/` of contract section 3.
@Suite("Saved jobs") struct SavedJobScenarios {
    private static let jobs = "/api/v1/jobs/jobs/"
    private static let saved = "/api/v1/jobs/saved/"

    @Test("A job is saved once, listed with what was noted, changed and taken off again")
    func lifecycle() async throws {
        try await TestAppliance.run { server in
            let (user, staff) = (try await server.register(), try await server.staff())
            let id = try await staff.job("Baker")
            let first = try await user.post(Self.jobs + id + "/save/", #"{"category":" dream ","notes":"Ask about hours."}"#)
            #expect(first.status == 200 && first.text == #"{"message":"Job saved successfully"}"#)
            let again = try await user.post(Self.jobs + id + "/save/", #"{"notes":"other"}"#)
            #expect(again.status == 200 && again.text == #"{"message":"Job already saved"}"#)

            let list = try await user.get(Self.saved).json
            #expect(list.object?.keys == ["count", "next", "previous", "results"] && list["count"] == 1)
            let item = try #require(list["results"]?.array?.first)
            #expect(item.object?.keys == ["id", "job", "category", "notes", "created_at", "user"])
            #expect(item["category"] == "dream" && item["notes"] == "Ask about hours." && item["user"] == .string(user.id))
            #expect(item["job"]?.object?.keys == JobListItem.description.fields.map(\.schema.name) && item["job"]?["id"] == .string(id))
            let one = Self.saved + (item["id"]?.string ?? "") + "/"
            #expect(try await user.get(one).json == item)

            let changed = try await user.patch(one, #"{"category":"","id":"x","job":"x"}"#)
            #expect(changed.status == 200 && changed.json["category"] == "" && changed.json["notes"] == "Ask about hours.")
            #expect(try await user.get(one).json == changed.json)
            #expect(try await user.delete(one).status == 204)
            #expect(try await user.get(one).text == #"{"detail":"No SavedJob matches the given query."}"#)
            #expect(try await user.delete(one).status == 404)
            #expect(try await user.get(Self.saved).json["count"] == 0)
        }
    }

    @Test("Taking off what is not saved is 404 in the words of the contract; what is, is taken off once")
    func unsave() async throws {
        try await TestAppliance.run { server in
            let (user, staff) = (try await server.register(), try await server.staff())
            let id = try await staff.job("Baker")
            let none = try await user.delete(Self.jobs + id + "/unsave/")
            #expect(none.status == 404 && none.text == #"{"error":"Job not found in saved jobs"}"#)
            #expect(try await user.post(Self.jobs + id + "/save/").status == 200)
            let done = try await user.delete(Self.jobs + id + "/unsave/")
            #expect(done.status == 200 && done.text == #"{"message":"Job removed from saved jobs"}"#)
            #expect(try await user.delete(Self.jobs + id + "/unsave/").status == 404)
        }
    }

    @Test("The list is the last saved first, page by page, and of one category on request")
    func list() async throws {
        try await TestAppliance.run { server in
            let (user, staff) = (try await server.register(), try await server.staff())
            for number in 0..<22 {
                let id = try await staff.job("Job \(number)")
                _ = try await user.post(Self.jobs + id + "/save/", #"{"category":"\#(number % 7 == 0 ? "a b" : "x")"}"#)
            }
            let titles = try await user.titles(Self.saved) + user.titles(Self.saved + "?page=2")
            #expect(titles == (0..<22).reversed().map { "Job \($0)" })
            #expect(try await user.titles(Self.saved + "?category=a+b") == ["Job 21", "Job 14", "Job 7", "Job 0"])
            #expect(try await user.titles(Self.saved + "?category=a") == [])
            #expect(try await user.titles(Self.saved + "?category=").count == 20)
            #expect(
                try await user.get(Self.saved + "?category=x&page=1").json["next"] == .null)
            #expect(try await user.get(Self.saved + "?page=3").text == #"{"detail":"Invalid page."}"#)
        }
    }

    @Test("Two people never see or change each other's saved jobs, the staff neither")
    func strangers() async throws {
        try await TestAppliance.run { server in
            let (ada, eve, staff) = (try await server.register(), try await server.register("eve@example.org"), try await server.staff())
            let id = try await staff.job("Baker")
            _ = try await ada.post(Self.jobs + id + "/save/", #"{"notes":"secret"}"#)
            let one = Self.saved + (try await ada.get(Self.saved).json["results"]?.array?.first?["id"]?.string ?? "") + "/"
            for stranger in [eve, staff] {
                #expect(try await stranger.get(Self.saved).json["count"] == 0)
                for answer in [
                    try await stranger.get(one), try await stranger.patch(one, #"{"notes":"x"}"#), try await stranger.delete(one),
                ] {
                    #expect(answer.status == 404 && answer.text == #"{"detail":"No SavedJob matches the given query."}"#)
                }
                #expect(try await stranger.delete(Self.jobs + id + "/unsave/").status == 404)
            }
            #expect(try await ada.get(one).json["notes"] == "secret")
            #expect(try await ada.get(Self.saved + "7/").text == #"{"detail":"Not found."}"#)
        }
    }

    @Test(
        "What is wrong with the notes is said",
        arguments: [
            (
                #"{"category":"\#(String(repeating: "a", count: 51))"}"#,
                #"{"category":["Ensure this field has no more than 50 characters."]}"#
            ),
            (#"{"notes":[]}"#, #"{"notes":["Not a valid string."]}"#),
            (
                #"{"notes":"\#(String(repeating: "a", count: 10_001))"}"#,
                #"{"notes":["Ensure this field has no more than 10000 characters."]}"#
            ),
        ])
    func validation(body: String, expected: String) async throws {
        try await TestAppliance.run { server in
            let (user, staff) = (try await server.register(), try await server.staff())
            let id = try await staff.job("Baker")
            let refused = try await user.post(Self.jobs + id + "/save/", body)
            #expect(refused.status == 400 && refused.text == expected)
            #expect(try await user.get(Self.saved).json["count"] == 0)
            _ = try await user.post(Self.jobs + id + "/save/")
            let one = Self.saved + (try await user.get(Self.saved).json["results"]?.array?.first?["id"]?.string ?? "") + "/"
            #expect(try await user.patch(one, body).text == expected)
        }
    }

    @Test("A job that is deleted is saved no longer, and an account takes its list with it")
    func cascades() async throws {
        try await TestAppliance.run { server in
            let (ada, eve, staff) = (try await server.register(), try await server.register("eve@example.org"), try await server.staff())
            let ids = [try await staff.job("Baker"), try await staff.job("Miller")]
            for id in ids { for user in [ada, eve] { _ = try await user.post(Self.jobs + id + "/save/") } }
            _ = try await staff.delete(Self.jobs + ids[0] + "/")
            #expect(try await ada.titles(Self.saved) == ["Miller"])
            #expect(try await ada.delete("/api/v1/auth/me/", #"{"password":"\#(ada.password)"}"#).status == 204)
            #expect(try await server.count("SELECT count(*) FROM saved_jobs") == 1)
            #expect(try await eve.titles(Self.saved) == ["Miller"])
        }
    }
}
