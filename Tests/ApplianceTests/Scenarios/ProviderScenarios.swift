import Platform
import TestSupport
import Testing

@testable import Appliance

/// The assistant with a model behind it that behaves well, slowly or badly; contract sections 6 and 8.
@Suite("Assistant with a provider", .timeLimit(.minutes(2)))
struct ProviderScenarios {
    static let key = "sk-never-in-a-log"

    /// Limits that a busy machine does not reach, but for those that a test is about.
    static func settings(
        _ url: String, firstByte: Int = 20_000, idle: Int = 20_000, total: Int = 30_000, attempts: Int = 1, more: String = ""
    ) -> String {
        """
        [assistant]
        base_url = "\(url)"
        api_key = "\(key)"
        model = "stub"
        connect_timeout_ms = \(min(5000, total - 1))
        first_byte_timeout_ms = \(firstByte)
        idle_timeout_ms = \(idle)
        total_timeout_ms = \(total)
        attempts = \(attempts)
        \(more)
        """
    }

    // MARK: Answers

    @Test(
        "An answer comes through whole, with its model, sources and token counts",
        arguments: [
            StubProvider.Behaviour.plain("Try a résumé."), .stream(["Try ", "a rés", "umé."]),
        ])
    func answers(behaviour: StubProvider.Behaviour) async throws {
        try await StubProvider.with(behaviour) { _, url in
            try await TestAppliance.run(settings: Self.settings(url)) { server in
                try await server.importArticles([(title: "Aircraft Mechanics", body: "They repair aircraft engines.")])
                let user = try await server.register()
                let answer = try await user.ask("Who repairs aircraft engines?")
                #expect(answer.status == 200)
                let message = try #require(answer.json["assistant_message"])
                #expect(message["content"] == "Try a résumé." && message["role"] == "assistant")
                let source: JSONValue = [
                    "number": 1, "source_type": "knowledge_article", "source_id": "1", "title": "Aircraft Mechanics",
                    "passage_id": 1, "start": 0, "end": 29,
                ]
                #expect(
                    message["metadata"] == [
                        "model_used": .string(StubProvider.model), "sources": [source], "prompt_tokens": 11, "completion_tokens": 7,
                        "finish_reason": "stop",
                    ])
                #expect(message["function_call_data"] == .null)
            }
        }
    }

    @Test("A tool call is kept and shown, and nothing is carried out")
    func toolCall() async throws {
        try await StubProvider.with(.toolCall(id: "c1", name: "delete_account", arguments: #"{"sure":true}"#)) { provider, url in
            try await TestAppliance.run(settings: Self.settings(url)) { server in
                let user = try await server.register()
                let message = try #require(try await user.ask("Tidy up").json["assistant_message"])
                #expect(message["content"] == "" && message["metadata"]?["finish_reason"] == "tool_calls")
                #expect(
                    message["function_call_data"] == [["id": "c1", "name": "delete_account", "arguments": #"{"sure":true}"#]])
                #expect(try await user.messages(message["session"]?.string ?? "").last == message)
                #expect(try await user.get("/api/v1/auth/me/").status == 200)
                #expect(provider.requests.count == 1 && provider.requests[0].body["tools"] == nil)
            }
        }
    }

    @Test("A provider that is busy is asked again when it said, and the answer comes through")
    func busy() async throws {
        try await StubProvider.with(.status(429, retryAfter: "1"), .stream(["Now."])) { provider, url in
            try await TestAppliance.run(settings: Self.settings(url, attempts: 2)) { server in
                let user = try await server.register()
                let answer = try await user.ask("Hello")
                #expect(answer.status == 200 && answer.json["assistant_message"]?["content"] == "Now.")
                #expect(provider.requests.count == 2)
            }
        }
    }

    // MARK: Failures

    struct Trouble: Sendable, CustomTestStringConvertible {
        let name: String
        let behaviour: StubProvider.Behaviour
        let status: Int
        let code: String
        /// A word of what the operator finds in the log.
        let logged: String
        var testDescription: String { name }
    }

    static let allTroubles: [Trouble] = [
        Trouble(name: "500", behaviour: .status(500), status: 502, code: "provider_failed", logged: "scripted 500"),
        Trouble(name: "401", behaviour: .status(401), status: 502, code: "provider_failed", logged: "scripted 401"),
        Trouble(name: "429", behaviour: .status(429), status: 502, code: "provider_failed", logged: "scripted 429"),
        Trouble(name: "silence", behaviour: .hangBeforeHeaders, status: 504, code: "provider_timeout", logged: "firstByte"),
        Trouble(name: "silence in the middle", behaviour: .hangAfter(["Good "]), status: 504, code: "provider_timeout", logged: "idle"),
        Trouble(name: "drops without end", behaviour: .drip(everyMilliseconds: 20), status: 504, code: "provider_timeout", logged: "total"),
        Trouble(name: "cut", behaviour: .cutAfter(["Good "]), status: 502, code: "provider_failed", logged: "broke off"),
        Trouble(name: "broken event", behaviour: .events(["{\"choices"]), status: 502, code: "provider_failed", logged: "not JSON"),
        Trouble(
            name: "broken JSON", behaviour: .raw(contentType: "application/json", body: "{"), status: 502, code: "provider_failed",
            logged: "not JSON"),
        Trouble(
            name: "a page", behaviour: .raw(contentType: "text/html", body: "<p>Hi</p>"), status: 502, code: "provider_failed",
            logged: "text/html"),
        Trouble(name: "nothing", behaviour: .events(["[DONE]"]), status: 502, code: "provider_failed", logged: "no choices"),
        Trouble(
            name: "far too much", behaviour: .huge(bytes: 6 << 20), status: 502, code: "provider_failed", logged: "longer than the limit"),
    ]

    @Test(
        "Every trouble is told as it is, keeps the question, makes up no answer, and is over with the next request", arguments: allTroubles)
    func troubles(trouble: Trouble) async throws {
        try await StubProvider.with(trouble.behaviour, .stream(["Fine."])) { provider, url in
            let slow = trouble.logged == "total"
            let settings = Self.settings(
                url, firstByte: slow || trouble.logged == "firstByte" ? 1000 : 4000, idle: slow || trouble.logged == "idle" ? 1000 : 4000,
                total: slow ? 1500 : 30_000)
            try await TestAppliance.run(settings: settings) { server in
                let user = try await server.register()
                let started = ContinuousClock.now
                let failed = try await user.ask("Hello?", key: "k-1")
                #expect(ContinuousClock.now - started < .seconds(15))
                #expect(failed.status == trouble.status)
                #expect(failed.json.object?.keys == ["detail", "error_code", "session_id", "user_message"])
                #expect(failed.json["error_code"]?.string == trouble.code)
                #expect(failed.json["detail"]?.string?.contains("Your message is stored") == true)
                #expect(!failed.text.contains("scripted") && !failed.text.contains("127.0.0.1"))
                let question = try #require(failed.json["user_message"])
                let session = try #require(failed.json["session_id"]?.string)
                #expect(question["content"] == "Hello?" && question["role"] == "user" && question["session"]?.string == session)
                #expect(try await user.messages(session) == [question])

                let again = try await user.ask("Hello?", key: "k-1")
                #expect(again.status == 200 && again["Idempotency-Replayed"] == nil)
                #expect(again.json["session_id"]?.string == session && again.json["user_message"] == question)
                #expect(again.json["assistant_message"]?["content"] == "Fine.")
                #expect(try await user.messages(session).map { $0["role"]?.string } == ["user", "assistant"])
                #expect(try await user.get("/api/v1/chat/sessions/").json["count"] == 1)
                #expect(provider.requests.count == 2)
                #expect(server.logged.text.contains(trouble.logged))
                #expect(!server.logged.text.contains(Self.key))
            }
        }
    }

    @Test("A provider that is not there is 502")
    func unreachable() async throws {
        try await TestAppliance.run(settings: Self.settings("http://127.0.0.1:1/v1")) { server in
            let user = try await server.register()
            let answer = try await user.ask("Hello")
            #expect(answer.status == 502 && answer.json["error_code"] == "provider_failed")
        }
    }

    @Test("After five failures in a row the provider is left alone for a minute: 503 with Retry-After")
    func breaker() async throws {
        try await StubProvider.with(.status(500)) { provider, url in
            try await TestAppliance.run(settings: Self.settings(url)) { server in
                let user = try await server.register()
                for _ in 0..<5 { #expect(try await user.ask("Hello").status == 502) }
                let refused = try await user.ask("Hello", key: "k-1")
                #expect(refused.status == 503 && refused.json["error_code"] == "provider_unavailable")
                #expect(refused.json["user_message"]?["content"] == "Hello")
                let seconds = try #require(refused["Retry-After"].flatMap { Int($0) })
                #expect((1...60).contains(seconds))
                let advice = try await user.post("/api/v1/chat/advice/", #"{"advice_type":"salary"}"#)
                #expect(advice.status == 503 && advice["Retry-After"] != nil)
                #expect(
                    advice.text
                        == #"{"detail":"The assistant's model is unavailable for the moment. Please try again later.","error_code":"provider_unavailable"}"#
                )
                #expect(provider.requests.count == 5)

                provider.become(.stream(["Back."]))
                server.clock.advance(seconds: 61)
                #expect(try await user.ask("Hello", key: "k-1").json["assistant_message"]?["content"] == "Back.")
                #expect(try await user.ask("Hello").status == 200)
            }
        }
    }

    // MARK: Repeats

    @Test("A key that was used for one question is refused for another, and for another session")
    func keyReuse() async throws {
        try await StubProvider.with(.status(500)) { _, url in
            try await TestAppliance.run(settings: Self.settings(url)) { server in
                let user = try await server.register()
                let first = try await user.ask("One", key: "k-1")
                let session = try #require(first.json["session_id"]?.string)
                for answer in [
                    try await user.ask("Two", key: "k-1"), try await user.ask("One", session: Self.someID, key: "k-1"),
                ] {
                    #expect(answer.status == 422)
                    #expect(answer.text == #"{"detail":"Idempotency-Key was already used with a different request."}"#)
                }
                #expect(try await user.ask("One", session: session, key: "k-1").status == 502)
                #expect(try await user.messages(session).count == 1)
                // Another person's key is her own.
                let eve = try await server.register("eve@example.org")
                #expect(try await eve.ask("Mine", key: "k-1").json["user_message"]?["content"] == "Mine")
            }
        }
    }

    private static let someID = "01930000-0000-7000-8000-000000000000"

    @Test("A repeat whose answer was stored, but never arrived, is given that answer without asking the model again")
    func lostResponse() async throws {
        try await StubProvider.with(.plain("Once.")) { provider, url in
            try await TestAppliance.run(settings: Self.settings(url)) { server in
                let user = try await server.register()
                let first = try await user.ask("Hello", key: "k-1")
                // As after a crash between the answer's commit and the key's.
                try await server.database.write { _ = try $0.execute("DELETE FROM idempotency_keys") }
                let second = try await user.ask("Hello", key: "k-1")
                #expect(second.status == 200 && second.body == first.body)
                #expect(provider.requests.count == 1)
            }
        }
    }

    @Test("A question that is repeated after others is still the question that the model sees last")
    func repeatedLater() async throws {
        try await StubProvider.with(.status(500), .plain("Second."), .plain("First.")) { provider, url in
            try await TestAppliance.run(settings: Self.settings(url)) { server in
                let user = try await server.register()
                let session = try #require(try await user.ask("one", key: "k-1").json["session_id"]?.string)
                #expect(try await user.ask("two", session: session).status == 200)
                let answer = try await user.ask("one", key: "k-1")
                #expect(answer.json["assistant_message"]?["content"] == "First.")
                let seen = try #require(provider.requests[2].body["messages"]?.array).map { $0["content"]?.string }
                #expect(seen.count == 2 && seen.last == "one")
                #expect(try await user.messages(session).map { $0["content"]?.string } == ["one", "two", "Second.", "First."])
            }
        }
    }

    @Test("A session that is deleted while the model thinks is not found afterwards, and nothing of it comes back")
    func deletedMeanwhile() async throws {
        let gate = Gate()
        try await StubProvider.with(.held(gate, "Too late.")) { provider, url in
            try await TestAppliance.run(settings: Self.settings(url)) { server in
                let user = try await server.register()
                let session = try #require(try await user.post("/api/v1/chat/sessions/", "{}").json["id"]?.string)
                async let asked = user.ask("Hello", session: session)
                await provider.asked.wait()
                #expect(try await user.delete("/api/v1/chat/sessions/\(session)/").status == 204)
                gate.open()
                let answer = try await asked
                #expect(answer.status == 404 && answer.text == #"{"error":"Chat session not found"}"#)
                #expect(try await user.get("/api/v1/chat/sessions/").json["count"] == 0)
                #expect(try await server.count("SELECT count(*) FROM chat_messages") == 0)
            }
        }
    }

    // MARK: Advice

    @Test("Advice comes from the model, on the matter that was asked for, with profile and documents")
    func advice() async throws {
        try await StubProvider.with(.stream(["Ask ", "for more."])) { provider, url in
            try await TestAppliance.run(settings: Self.settings(url)) { server in
                try await server.importArticles([(title: "Pay Talks", body: "Negotiation of pay begins with research.")])
                let user = try await server.register()
                let answer = try await user.post(
                    "/api/v1/chat/advice/", #"{"advice_type":"Salary","context":"pay negotiation research"}"#)
                #expect(answer.status == 200)
                #expect(answer.json["advice_type"] == "Salary" && answer.json["advice"] == "Ask for more.")
                #expect(answer.json["metadata"]?["model_used"]?.string == StubProvider.model)
                #expect(answer.json["metadata"]?["sources"]?.array?.first?["title"] == "Pay Talks")
                let told = try #require(provider.requests.first?.body["messages"]?.array)
                #expect(told.count == 2 && told[1] == ["role": "user", "content": "pay negotiation research"])
                #expect(told[0]["content"]?.string?.contains(AdviceKind.salary.focus) == true)
                #expect(told[0]["content"]?.string?.contains("Negotiation of pay begins") == true)
                // Without a context the matter itself is the question.
                _ = try await user.post("/api/v1/chat/advice/", #"{"advice_type":"odd"}"#)
                let general = try #require(provider.requests.last?.body["messages"]?.array?.last)
                #expect(general == ["role": "user", "content": .string(AdviceKind.general.focus)])
                #expect(try await user.get("/api/v1/chat/sessions/").json["count"] == 0)
            }
        }
    }

    @Test(
        "Advice that fails says so, and speaks of no stored message",
        arguments: [
            (StubProvider.Behaviour.status(500), 502, "provider_failed", "could not answer"),
            (.hangBeforeHeaders, 504, "provider_timeout", "did not answer in time"),
        ])
    func adviceFails(behaviour: StubProvider.Behaviour, status: Int, code: String, words: String) async throws {
        try await StubProvider.with(behaviour) { _, url in
            try await TestAppliance.run(settings: Self.settings(url, firstByte: 300)) { server in
                let user = try await server.register()
                let answer = try await user.post("/api/v1/chat/advice/", #"{"advice_type":"resume"}"#)
                #expect(answer.status == status)
                #expect(answer.text == #"{"detail":"The assistant's model \#(words). Please try again.","error_code":"\#(code)"}"#)
            }
        }
    }
}

extension TestUser {
    /// `POST chat/send/`.
    func ask(_ content: String, session: String? = nil, key: String? = nil) async throws -> TestResponse {
        let place = session.map { #","session_id":"\#($0)""# } ?? ""
        return try await post(
            "/api/v1/chat/send/", #"{"content":"\#(content)"\#(place)}"#, headers: key.map { [("Idempotency-Key", $0)] } ?? [])
    }

    /// The messages of a session, oldest first.
    func messages(_ session: String) async throws -> [JSONValue] {
        try await get("/api/v1/chat/sessions/\(session)/messages/?page_size=100").json["results"]?.array ?? []
    }
}
