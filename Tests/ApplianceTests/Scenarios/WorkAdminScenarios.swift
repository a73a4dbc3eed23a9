import Platform
import TestSupport
import Testing

@testable import Appliance

/// `admin/queues/` and `admin/tasks/`: the staff and the background work.
@Suite("The staff and the background work", .timeLimit(.minutes(2)))
struct WorkAdminScenarios {
    private static let (queues, tasks) = ("/api/v1/admin/queues/", "/api/v1/admin/tasks/")

    /// A question that the provider refuses three times, and so a dead item; its id.
    private static func dead(_ server: TestAppliance, _ user: TestUser, _ provider: StubProvider) async throws -> String {
        let taken = try await user.post("/api/v1/chat/chat/", #"{"message_text":"my-secret-words"}"#).json
        let task = try #require(taken["task_id"]?.string)
        for attempt in 1...3 {
            #expect(try await eventually { provider.requests.count == attempt })
            let status: JSONValue = attempt < 3 ? "RETRY" : "FAILURE"
            #expect(try await eventually { try await user.get("/api/v1/tasks/\(task)/").json["status"] == status })
            server.clock.advance(seconds: 120)
            server.appliance.parts.queue.wake()
        }
        return task
    }

    @Test("What failed for good is listed without its owner's words, tried again, and forgotten")
    func deadLetters() async throws {
        try await StubProvider.with(.status(400)) { provider, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let (user, staff) = (try await server.register(), try await server.staff())
                let task = try await Self.dead(server, user, provider)
                let listed = try await staff.get(Self.tasks + "?state=dead&queue=ai&kind=chat.answer")
                #expect(listed.json["count"] == 1 && !listed.text.contains("my-secret-words"))
                let item = try #require(listed.json["results"]?.array?.first)
                #expect(item["task_id"] == .string(task) && item["attempts"] == 3 && item["error_code"] == "provider_failed")
                #expect(item["is_quarantined"] == false && item["is_accounts"] == true && item["queue"] == "ai")
                #expect(try await staff.get(Self.tasks + "\(task)/").json == item)
                #expect(try await staff.get(Self.tasks + "?state=dead&queue=mail").json["count"] == 0)
                let ai = try await staff.get(Self.queues).json["queues"]?.array?.first { $0["queue"] == "ai" }
                #expect(ai?["dead"] == 1 && ai?["waiting"] == 0 && ai?["is_paused"] == false)

                #expect(try await staff.post(Self.tasks + "\(task)/retry/").json["attempts"]?.int != nil)
                #expect(try await eventually { try await user.get("/api/v1/tasks/\(task)/").json["status"] == "RETRY" })
                let cancelled = try await staff.post(Self.tasks + "\(task)/cancel/")
                #expect(cancelled.status == 200 && cancelled.json["state"] == "cancelled")
                #expect(try await user.get("/api/v1/tasks/\(task)/").json["status"] == "REVOKED")
                let again = try await staff.post(Self.tasks + "\(task)/cancel/")
                #expect(again.status == 409 && again.text == #"{"detail":"The work is cancelled: it cannot be cancelled."}"#)
                #expect(try await staff.delete(Self.tasks + "\(task)/").status == 204)
                #expect(try await user.get("/api/v1/tasks/\(task)/").status == 404)
            }
        }
    }

    @Test("All that failed for good is tried again or forgotten at once, of one queue or of all")
    func many() async throws {
        try await StubProvider.with(.status(400)) { provider, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let (user, staff) = (try await server.register(), try await server.staff())
                _ = try await Self.dead(server, user, provider)
                #expect(try await staff.post(Self.tasks + "retry/", #"{"queue":"mail"}"#).json == ["tasks": 0])
                #expect(try await staff.post(Self.tasks + "retry/", #"{"queue":"ai","kind":"chat.answer"}"#).json == ["tasks": 1])
                #expect(try await eventually { provider.requests.count == 4 })
                #expect(try await staff.post(Self.tasks + "purge/", #"{"queue":"attic"}"#).status == 400)
                _ = try await server.database.write {
                    try $0.execute("UPDATE work_items SET state = 'dead', is_ready = 0, finished_at = 0")
                }
                #expect(try await staff.post(Self.tasks + "purge/", "{}").json == ["tasks": 1])
                #expect(try await server.count("SELECT count(*) FROM work_items") == 0)
            }
        }
    }

    @Test("A paused queue takes questions in and answers them once it is resumed; inline nobody waits for it")
    func paused() async throws {
        try await TestAppliance.run(settings: "[queue]\ninline = true\n") { server in
            let (user, staff) = (try await server.register(), try await server.staff())
            let paused = try await staff.post(Self.queues + "pause/", #"{"queue":"ai"}"#)
            #expect(paused.status == 200 && paused.json["is_paused"] == true && paused.json["queue"] == "ai")
            let taken = try await user.post("/api/v1/chat/chat/", #"{"message_text":"Hello"}"#)
            #expect(taken.status < 300)
            let session = taken.json["session_id"]?.string ?? ""
            #expect(try await user.messages(session).count == 1)
            #expect(try await staff.get(Self.tasks + "?state=pending").json["count"] == 1)
            #expect(try await staff.post(Self.queues + "resume/", #"{"queue":"ai"}"#).json["is_paused"] == false)
            #expect(try await eventually { try await user.messages(session).count == 2 })
            let unknown = try await staff.post(Self.queues + "pause/", #"{"queue":"attic"}"#)
            #expect(unknown.status == 400 && unknown.text == #"{"queue":["\"attic\" is not a valid choice."]}"#)
        }
    }
}
