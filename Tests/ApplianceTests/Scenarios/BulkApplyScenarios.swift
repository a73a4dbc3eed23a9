import Platform
import TestSupport
import Testing

@testable import Appliance

/// `bulk-apply/`, through a real socket.
@Suite("Applying to several jobs", .timeLimit(.minutes(1)))
struct BulkApplyScenarios {
    private static let path = applicationsPath + "bulk-apply/"

    private func body(_ ids: [String], _ more: String = "") -> String {
        #"{"job_ids":\#(JSONValue.list(ids).jsonText)\#(more)}"#
    }

    @Test("Each job gets an outcome of its own, in the order in which they were named")
    func outcomes() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let jobs = try await server.vacancies(3)
            _ = try await user.apply(to: jobs[1])
            let unknown = "0190a000-0000-7000-8000-000000000000"
            let answer = try await user.post(
                Self.path, body([jobs[2], jobs[1], "nonsense", unknown, jobs[0]], #","cover_letter":" Dear all ""#))
            #expect(answer.status == 200 && answer.json.object?.keys == ["message", "applied_jobs", "failed_jobs"])
            #expect(answer.json["message"] == "Applied to 2 jobs")
            let applied = answer.json["applied_jobs"]?.array ?? []
            #expect(applied.allSatisfy { $0.object?.keys == ["job_id", "application_id", "job_title", "company"] })
            #expect(applied.map { $0["job_id"]?.string } == [jobs[2], jobs[0]])
            #expect(applied.map { $0["job_title"] } == ["Baker 2", "Baker 0"] && applied.first?["company"] == "Loaf")
            #expect(
                answer.json["failed_jobs"] == [
                    ["job_id": .string(jobs[1]), "error": "Already applied to this job"],
                    ["job_id": "nonsense", "error": "Must be a valid UUID."],
                    ["job_id": .string(unknown), "error": "Job not found"],
                ])
            let id = try #require(applied.first?["application_id"]?.string)
            let item = try await user.get("\(applicationsPath)\(id)/").json
            #expect(item["status"] == "submitted" && item["application_type"] == "bulk" && item["cover_letter"] == "Dear all")
            #expect(item["applied_at"] == item["created_at"] && item["auto_applied"] == false)
            #expect(try await user.history(id).map { $0["to"] } == ["submitted"])
            #expect(try await user.applicationNotices() == [])
            for job in jobs { #expect(try server.applicationCounts(job) == (1, 1)) }
        }
    }

    @Test("A job that is named twice is applied to once")
    func twice() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let job = try await server.vacancy()
            let answer = try await user.post(Self.path, body([job, job.uppercased()])).json
            #expect(answer["message"] == "Applied to 1 jobs" && answer["applied_jobs"]?.array?.count == 1)
            #expect(answer["failed_jobs"]?.array?.map { $0["error"] } == ["Already applied to this job"])
            #expect(try server.applicationCounts(job) == (1, 1))
        }
    }

    @Test("Fifty jobs are applied to, fifty-one are too many, and each row is there or reported")
    func fifty() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let jobs = try await server.vacancies(51)
            expectAnswer(
                try await user.post(Self.path, body(jobs)), 400, #"{"job_ids":["Ensure this field has no more than 50 elements."]}"#)
            #expect(try await user.get(applicationsPath).json["count"] == 0)
            let answer = try await user.post(Self.path, body(Array(jobs.prefix(50)), #","cover_letter":null"#)).json
            #expect(answer["message"] == "Applied to 50 jobs" && answer["failed_jobs"] == [])
            #expect(answer["applied_jobs"]?.array?.compactMap { $0["job_id"]?.string } == Array(jobs.prefix(50)))
            #expect(try await user.get(applicationsPath).json["count"] == 50)
        }
    }

    @Test(
        "A body that is no list of jobs is refused",
        arguments: [
            ("{}", #"{"error":"No job IDs provided"}"#), (#"{"job_ids":[]}"#, #"{"error":"No job IDs provided"}"#),
            (#"{"job_ids":null}"#, #"{"error":"No job IDs provided"}"#),
            (#"{"job_ids":5}"#, #"{"job_ids":["Expected a list of items but got type \"int\"."]}"#),
            (#"{"job_ids":"abc"}"#, #"{"job_ids":["Expected a list of items but got type \"str\"."]}"#),
            (#"{"job_ids":{"a":1}}"#, #"{"job_ids":["Expected a list of items but got type \"dict\"."]}"#),
            (#"{"job_ids":[true,["a"],{}]}"#, #"{"job_ids":["Not a valid string."]}"#),
            (#"{"job_ids":[null," "]}"#, #"{"job_ids":["This field may not be null.","This field may not be blank."]}"#),
            (#"{"job_ids":["\u0000"]}"#, #"{"job_ids":["Null characters are not allowed."]}"#),
            (#"{"job_ids":["a"],"cover_letter":["b"]}"#, #"{"cover_letter":["Not a valid string."]}"#),
            ("[]", #"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#),
            ("5", #"{"non_field_errors":["Invalid data. Expected a dictionary, but got int."]}"#),
        ])
    func refused(body: String, expected: String) async throws {
        try await TestAppliance.run { server in
            expectAnswer(try await server.register().post(Self.path, body), 400, expected)
        }
    }

    @Test("A letter has five thousand characters at most, a bad id a hundred")
    func lengths() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let letter = String(repeating: "é", count: 5_000)
            #expect(try await user.post(Self.path, body(["x"], #","cover_letter":"\#(letter)""#)).status == 200)
            expectAnswer(
                try await user.post(Self.path, body(["x"], #","cover_letter":"\#(letter)x""#)), 400,
                #"{"cover_letter":["Ensure this field has no more than 5000 characters."]}"#)
            expectAnswer(
                try await user.post(Self.path, body([String(repeating: "a", count: 101)])), 400,
                #"{"job_ids":["Ensure this field has no more than 100 characters."]}"#)
            #expect(try await user.get(Self.path).status == 405)
        }
    }
}
