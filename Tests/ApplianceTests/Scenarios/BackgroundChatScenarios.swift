import Platform
import TestSupport
import Testing

@testable import Appliance

/// `chat/chat/` and `tasks/`: questions that are answered in the background.
@Suite("Questions answered in the background", .timeLimit(.minutes(2)))
struct BackgroundChatScenarios {
    @Test("A question is taken in at once, its task tells how far it is, and the answer appears in the session")
    func answered() async throws {
        let gate = Gate()
        try await StubProvider.with(.held(gate, "Learn SQL.")) { _, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                let taken = try await user.post("/api/v1/chat/chat/", #"{"message_text":"  What should I learn?  "}"#)
                #expect(taken.status == 202)
                #expect(taken.json.object?.keys == ["task_id", "session_id", "user_message", "detail"])
                #expect(taken.json["detail"] == "AI is processing your message...")
                let question = try #require(taken.json["user_message"])
                #expect(question["content"] == "What should I learn?" && question["role"] == "user")
                let session = try #require(taken.json["session_id"]?.string)
                let path = "/api/v1/tasks/\(try #require(taken.json["task_id"]?.string))/"
                let running = try await user.get(path)
                #expect(running.status == 200)
                #expect(
                    running.json.object?.keys == ["task_id", "status", "result", "error", "error_code", "created_at", "finished_at"])
                #expect(["PENDING", "STARTED"].contains(running.json["status"]?.string))
                #expect(running.json["result"] == .null && running.json["finished_at"] == .null)

                gate.open()
                #expect(try await eventually { try await user.get(path).json["status"] == "SUCCESS" })
                let done = try await user.get(path).json
                let messages = try await user.messages(session)
                #expect(messages.count == 2 && messages.first == question)
                #expect(messages.last?["content"] == "Learn SQL." && messages.last?["role"] == "assistant")
                #expect(
                    done["result"] == ["status": "success", "session_id": .string(session), "message_id": messages.last?["id"] ?? .null])
                #expect(done["error"] == .null && done["finished_at"]?.string != nil)
                let listed = try #require(try await user.get("/api/v1/chat/sessions/").json["results"]?.array?.first)
                #expect(listed["title"] == "New Chat" && listed["message_count"] == 2)
                #expect(listed["last_message_at"] == messages.last?["timestamp"])
            }
        }
    }

    @Test("With inline work the answer is there before the response, which then says 201")
    func inline() async throws {
        try await StubProvider.with(.plain("Here.")) { _, url in
            let settings = ProviderScenarios.settings(url) + "\n[queue]\ninline = true\n"
            try await TestAppliance.run(settings: settings) { server in
                let user = try await server.register()
                let answer = try await user.post("/api/v1/chat/chat/", #"{"message_text":"Where?"}"#)
                #expect(answer.status == 201)
                #expect(answer.json.object?.keys == ["session_id", "user_message", "detail"])
                #expect(answer.json["detail"] == "Message sent successfully")
                let messages = try await user.messages(answer.json["session_id"]?.string ?? "")
                #expect(messages.map { $0["content"] } == ["Where?", "Here."])
            }
        }
    }

    @Test("Without a model the built-in assistant answers in the background too")
    func builtIn() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let taken = try await user.post("/api/v1/chat/chat/", #"{"message_text":"Hello"}"#).json
            let session = taken["session_id"]?.string ?? ""
            #expect(try await eventually { try await user.messages(session).count == 2 })
            #expect(try await user.messages(session).last?["metadata"]?["model_used"] == "built-in")
        }
    }

    @Test("Questions into one session at once are each answered once, each by its own answer")
    func several() async throws {
        try await StubProvider.with(.plain("Yes.")) { provider, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                let session = try #require(try await user.post("/api/v1/chat/sessions/", "{}").json["id"]?.string)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<8 {
                        group.addTask {
                            let answer = try await user.post(
                                "/api/v1/chat/chat/", #"{"message_text":"Q\#(number)","session_id":"\#(session)"}"#)
                            #expect(answer.status == 202)
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await eventually { try await user.messages(session).count == 16 })
                let links = try await server.count("SELECT count(DISTINCT question_id) FROM chat_messages WHERE role = 'assistant'")
                #expect(links == 8 && provider.requests.count == 8)
                // What each was asked ends with its own question.
                let asked = provider.requests.compactMap { $0.body["messages"]?.array?.last?["content"]?.string }
                #expect(Set(asked) == Set((0..<8).map { "Q\($0)" }))
            }
        }
    }

    @Test("A model that fails is asked again later; what went wrong is told, and the question is kept")
    func retried() async throws {
        try await StubProvider.with(.status(500), .plain("At last.")) { provider, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                let taken = try await user.post("/api/v1/chat/chat/", #"{"message_text":"Hello"}"#).json
                let path = "/api/v1/tasks/\(taken["task_id"]?.string ?? "")/"
                #expect(try await eventually { try await user.get(path).json["status"] == "RETRY" })
                let waiting = try await user.get(path).json
                #expect(waiting["error_code"] == "provider_failed" && waiting["finished_at"] == .null)
                #expect(waiting["error"]?.string?.hasPrefix("The assistant's model could not answer.") == true)
                server.clock.advance(seconds: 34)
                server.appliance.parts.queue.wake()
                #expect(try await eventually { try await user.get(path).json["status"] == "SUCCESS" })
                #expect(try await user.messages(taken["session_id"]?.string ?? "").map { $0["content"] } == ["Hello", "At last."])
                #expect(provider.requests.count == 2)
            }
        }
    }

    @Test("After three failures the task has failed, and no answer is made up")
    func failed() async throws {
        try await StubProvider.with(.status(400)) { provider, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                let taken = try await user.post("/api/v1/chat/chat/", #"{"message_text":"Hello"}"#).json
                let path = "/api/v1/tasks/\(taken["task_id"]?.string ?? "")/"
                for attempt in 1...3 {
                    #expect(try await eventually { provider.requests.count == attempt })
                    let status: JSONValue = attempt < 3 ? "RETRY" : "FAILURE"
                    #expect(try await eventually { try await user.get(path).json["status"] == status })
                    server.clock.advance(seconds: 120)
                    server.appliance.parts.queue.wake()
                }
                let failed = try await user.get(path).json
                #expect(failed["error_code"] == "provider_failed" && failed["result"] == .null && failed["finished_at"]?.string != nil)
                #expect(try await user.messages(taken["session_id"]?.string ?? "").count == 1)
            }
        }
    }

    @Test("A session that is deleted while its question waits takes the answer with it")
    func sessionDeleted() async throws {
        let gate = Gate()
        try await StubProvider.with(.held(gate, "Too late.")) { provider, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                let taken = try await user.post("/api/v1/chat/chat/", #"{"message_text":"Hello"}"#).json
                await provider.asked.wait()
                #expect(try await user.delete("/api/v1/chat/sessions/\(taken["session_id"]?.string ?? "")/").status == 204)
                gate.open()
                let path = "/api/v1/tasks/\(taken["task_id"]?.string ?? "")/"
                #expect(try await eventually { try await user.get(path).json["status"] == "FAILURE" })
                #expect(try await user.get(path).json["error_code"] == "session_deleted")
                #expect(try await server.count("SELECT count(*) FROM chat_messages") == 0)
            }
        }
    }

    @Test("A repeat with the same key gets the same task and stores nothing twice, also after a restart")
    func repeated() async throws {
        let directory = try TemporaryDirectory()
        let key = [("Idempotency-Key", "k-1")]
        let body = #"{"message_text":"Hello"}"#
        let first = try await TestAppliance.run(in: directory) { server -> (TestUser, JSONValue) in
            let user = try await server.register()
            let first = try await user.post("/api/v1/chat/chat/", body, headers: key)
            let second = try await user.post("/api/v1/chat/chat/", body, headers: key)
            #expect(first.status == 202 && second.json == first.json && second["Idempotency-Replayed"] == "true")
            // As if the answer had been lost with the process before it was kept.
            _ = try await server.appliance.core.database.write { try $0.execute("DELETE FROM idempotency_keys") }
            return (user, first.json)
        }
        try await TestAppliance.rerun(in: directory) { server in
            let again = try await server.request("POST", "/api/v1/chat/chat/", token: first.0.access, body: body, headers: key)
            #expect(again.status == 202 && again.json["task_id"] == first.1["task_id"])
            #expect(again.json["user_message"] == first.1["user_message"])
            #expect(try await server.count("SELECT count(*) FROM chat_messages WHERE role = 'user'") == 1)
            #expect(try await server.count("SELECT count(*) FROM work_items") == 1)
        }
    }

    @Test("Foreign and unknown tasks and sessions are not found, and ids that are none neither")
    func strangers() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            let taken = try await ada.post("/api/v1/chat/chat/", #"{"message_text":"Hello"}"#).json
            let foreign = try await eve.get("/api/v1/tasks/\(taken["task_id"]?.string ?? "")/")
            #expect(foreign.status == 404 && foreign.text == #"{"detail":"No Task matches the given query."}"#)
            #expect(try await ada.get("/api/v1/tasks/7/").text == #"{"detail":"Not found."}"#)
            let body = #"{"message_text":"Hello","session_id":"\#(taken["session_id"]?.string ?? "")"}"#
            let session = try await eve.post("/api/v1/chat/chat/", body)
            #expect(session.status == 404 && session.text == #"{"detail":"No ChatSession matches the given query."}"#)
        }
    }

    @Test(
        "What is wrong with a question is said for each field",
        arguments: [
            ("{}", #"{"message_text":["This field is required."]}"#),
            (#"{"message_text":" "}"#, #"{"message_text":["This field may not be blank."]}"#),
            (#"{"message_text":"a","session_id":"x"}"#, #"{"session_id":["Must be a valid UUID."]}"#),
        ])
    func badQuestions(body: String, expected: String) async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let answer = try await user.post("/api/v1/chat/chat/", body)
            #expect(answer.status == 400 && answer.text == expected)
            let long = String(repeating: "é", count: 10_001)
            let tooLong = try await user.post("/api/v1/chat/chat/", #"{"message_text":"\#(long)"}"#)
            #expect(tooLong.text == #"{"message_text":["Ensure this field has no more than 10000 characters."]}"#)
            #expect(try await server.count("SELECT count(*) FROM work_items") == 0)
        }
    }

    @Test("Flagged input is refused before anything is stored or ordered")
    func flagged() async throws {
        let judge = StubProvider.Behaviour.moderations(flagging: ["poison": "illicit"])
        try await StubProvider.with(.split(moderations: judge, others: .plain("Yes."))) { provider, url in
            let moderation = "[moderation]\nprovider = \"openai\"\nbase_url = \"\(url)\"\nmodel = \"judge\"\n"
            try await TestAppliance.run(settings: ProviderScenarios.settings(url) + "\n" + moderation) { server in
                let user = try await server.register()
                let refused = try await user.post("/api/v1/chat/chat/", #"{"message_text":"poison"}"#)
                #expect(refused.status == 400)
                #expect(refused.text == #"{"error":"Input violates content guidelines.","error_code":"flagged_input"}"#)
                #expect(try await server.count("SELECT (SELECT count(*) FROM chat_messages) + (SELECT count(*) FROM work_items)") == 0)
                let fine = try await user.post("/api/v1/chat/chat/", #"{"message_text":"bread"}"#)
                #expect(fine.status == 202)
                let session = fine.json["session_id"]?.string ?? ""
                #expect(try await eventually { try await user.messages(session).count == 2 })
                #expect(provider.requests.count { $0.path.hasSuffix("/chat/completions") } == 1)
            }
        }
    }
}
