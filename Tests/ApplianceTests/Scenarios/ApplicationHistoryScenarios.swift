import Platform
import TestSupport
import Testing

@testable import Appliance

/// What changes of an application leave behind: its history, and what its applicant is told.
@Suite("The history of applications", .timeLimit(.minutes(1)))
struct ApplicationHistoryScenarios {
    @Test("Creation and each change of a status are written down: who, when, from what to what, and the note")
    func events() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let id = try await user.apply(to: try await server.vacancy(), #""status_note":" found it ","user_defined_status":"interested""#)
            let path = "\(applicationsPath)\(id)/"
            let created = try await user.get(path).json
            #expect(created["status_note"] == nil)
            server.clock.advance(seconds: 60)
            let changed = try await user.patch(
                path, #"{"status":"under_review","user_defined_status":null,"status_note":"they wrote"}"#)
            #expect(changed.status == 200 && changed.json["status_note"] == nil)
            // Neither changes a status.
            _ = try await user.patch(path, #"{"status":"under_review","notes":"n"}"#)
            _ = try await user.patch(path, #"{"status_note":"called them"}"#)

            let answer = try await user.get(path + "history/").json
            #expect(answer["count"] == 5 && answer["next"] == .null)
            let events = answer["results"]?.array ?? []
            #expect(events.allSatisfy { $0.object?.keys == ["at", "actor", "actor_id", "field", "from", "to", "note"] })
            #expect(events.allSatisfy { $0["actor"] == "user" && $0["actor_id"]?.string == user.id })
            #expect(
                events.map { [$0["field"], $0["from"], $0["to"], $0["note"]] } == [
                    ["status", "under_review", "under_review", "called them"],
                    ["user_defined_status", "interested", .null, ""],
                    ["status", "pending", "under_review", "they wrote"],
                    ["user_defined_status", .null, "interested", ""],
                    ["status", .null, "pending", "found it"],
                ])
            #expect(events.last?["at"] == created["created_at"] && events[2]["at"] == changed.json["updated_at"])
        }
    }

    @Test("A refused change writes nothing down")
    func refused() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let path = "\(applicationsPath)\(try await user.apply(to: try await server.vacancy()))/"
            for body in [
                #"{"status":"rejected","application_url":"x"}"#, #"{"status":"hired"}"#,
                #"{"status":"rejected","job_id":"0190a000-0000-7000-8000-000000000000"}"#,
            ] {
                #expect(try await user.patch(path, body).status == 400)
            }
            #expect(try await user.get(path + "history/").json["count"] == 1)
            #expect(try await user.applicationNotices() == [])
        }
    }

    @Test("A move to another job is written down with both ids")
    func moved() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let (first, second) = (try await server.vacancy(), try await server.vacancy())
            let id = try await user.apply(to: first)
            _ = try await user.patch("\(applicationsPath)\(id)/", #"{"job_id":"\#(second)"}"#)
            let last = try #require(try await user.history(id).last)
            #expect(last["field"] == "job" && last["from"]?.string == first && last["to"]?.string == second)
        }
    }

    @Test("The history comes page by page, newest first")
    func paging() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let id = try await user.apply(to: try await server.vacancy())
            for number in 0..<20 { _ = try await user.patch("\(applicationsPath)\(id)/", #"{"status_note":"\#(number)"}"#) }
            let path = "\(applicationsPath)\(id)/history/"
            let first = try await user.get(path).json
            #expect(first["count"] == 21 && first["results"]?.array?.count == 20)
            #expect(first["results"]?.array?.first?["note"] == "19")
            #expect(first["next"]?.string == "http://jobs.example.org\(path)?page=2")
            #expect(try await user.get(path + "?page=last").json["results"]?.array?.map { $0["from"] } == [.null])
            expectAnswer(try await user.get(path + "?page=3"), 404, #"{"detail":"Invalid page."}"#)
        }
    }

    @Test("The applicant is told of every change of the status, and of nothing else")
    func notices() async throws {
        try await TestAppliance.run { server in
            let (user, other) = (try await server.register(), try await server.register("eve@example.org"))
            let job = try await server.vacancy("Miller", at: "Grist")
            let id = try await user.apply(to: job, #""status":"submitted""#)
            let path = "\(applicationsPath)\(id)/"
            _ = try await user.patch(path, #"{"user_defined_status":"applied","notes":"n","status_note":"x"}"#)
            #expect(try await user.applicationNotices() == [])
            _ = try await user.patch(path, #"{"status":"interview_scheduled"}"#)
            _ = try await user.put(path, #"{"job_id":"\#(job)","status":"rejected"}"#)
            func data(_ old: String, _ new: String) -> JSONValue {
                ["application_id": .string(id), "job_id": .string(job), "old_status": .string(old), "new_status": .string(new)]
            }
            #expect(
                try await user.applicationNotices() == [
                    data("submitted", "interview_scheduled"), data("interview_scheduled", "rejected"),
                ])
            #expect(try await other.applicationNotices() == [])
            let shown = try await server.database.scan { reader in
                try reader.first("SELECT kind, title, message FROM notifications ORDER BY rid LIMIT 1") { row in
                    [try row.text(0), try row.text(1), try row.text(2)]
                }
            }
            #expect(
                shown == [
                    "application_update", "Application Update: Miller at Grist",
                    "Your application is now at the interview, which is scheduled. Before, it was submitted.",
                ])
        }
    }

    @Test(
        "What the appliance or another service changes is told and written down as theirs",
        arguments: [ApplicationActor.system, .integration])
    func others(actor: ApplicationActor) async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let id = try await user.apply(to: try await server.vacancy())
            let applicant = try server.applicant(user)
            let identifier = try #require(Identifier(id))
            let changed = try await server.database.write { transaction in
                try ApplicationStore.change(identifier, of: applicant, by: actor, in: transaction) { application in
                    application.status = "skyvern_submission_failed"
                    application.request.note = "no form"
                    application.skyvernResponseData = ["error": "no form"]
                }
            }
            #expect(changed?.status == "skyvern_submission_failed" && changed?.request == Application.Request())
            let last = try #require(try await user.history(id).last)
            #expect(last["actor"]?.string == actor.kind.rawValue && last["actor_id"] == .null && last["note"] == "no form")
            #expect(try await user.applicationNotices().count == 1)
            #expect(try await user.get("\(applicationsPath)\(id)/").json["skyvern_response_data"] == ["error": "no form"])
        }
    }

    @Test("Every status has words of its own for the applicant", arguments: Application.statuses)
    func words(status: String) {
        let words = ApplicationNotice.words(for: status)
        #expect(!words.isEmpty && !words.contains("_"))
        #expect(Application.statuses.allSatisfy { $0 == status || ApplicationNotice.words(for: $0) != words })
    }
}
