import Platform
import TestSupport
import Testing

@testable import Appliance

/// Moderation before and after the model; contract sections 6 and 8. One stub is the host of both models, so its
/// requests show in which order what was sent where.
@Suite("Moderation", .timeLimit(.minutes(2)))
struct ModerationScenarios {
    typealias Behaviour = StubProvider.Behaviour

    static let key = "sk-judge-never-in-a-log"
    static let flagsKnife = Behaviour.moderations(flagging: ["knife": "violence"])
    static let refusal = #"{"error":"Input violates content guidelines.","error_code":"flagged_input"}"#
    static let withheld: JSONValue = "This answer was withheld because it violated the content guidelines."

    static func table(_ url: String, _ onFailure: String = "allow", timeout: Int = 20_000) -> String {
        """

        [moderation]
        provider = "openai"
        base_url = "\(url)"
        api_key = "\(key)"
        model = "judge"
        on_failure = "\(onFailure)"
        timeout_ms = \(timeout)

        """
    }

    /// Runs an appliance whose assistant and moderation both ask one stub, with a person who is registered.
    private func run(
        moderations: Behaviour = flagsKnife, others: Behaviour, onFailure: String = "allow", timeout: Int = 20_000,
        _ body: (StubProvider, TestAppliance, TestUser) async throws -> Void
    ) async throws {
        try await StubProvider.with(.split(moderations: moderations, others: others)) { provider, url in
            let settings = ProviderScenarios.settings(url) + Self.table(url, onFailure, timeout: timeout)
            try await TestAppliance.run(settings: settings) { server in
                try await body(provider, server, try await server.register())
                #expect(!server.logged.text.contains(Self.key))
            }
        }
    }

    // MARK: Clean

    @Test("Clean text passes: the question is judged before the model sees it, the answer before the user does")
    func clean() async throws {
        try await run(others: .stream(["A spoon ", "will do."])) { provider, server, user in
            let answer = try await user.ask("What do I eat soup with?")
            #expect(answer.status == 200 && answer.json["assistant_message"]?["content"] == "A spoon will do.")
            #expect(answer.json["assistant_message"]?["metadata"]?["moderation"] == nil)
            #expect(provider.requests.map(\.path) == ["/v1/moderations", "/v1/chat/completions", "/v1/moderations"])
            #expect(provider.requests[0].body == ["model": "judge", "input": ["What do I eat soup with?"]])
            #expect(provider.requests[2].body == ["model": "judge", "input": ["A spoon will do."]])
            #expect(provider.requests[0].headers["authorization"] == "Bearer \(Self.key)")
            #expect(server.judgements(.input) == [.clean: 1] && server.judgements(.output) == [.clean: 1])
            #expect(try await server.count("SELECT count(*) FROM moderation_violations") == 0)
        }
    }

    // MARK: Flagged questions

    @Test("A flagged question is refused: nothing of it is stored, sent on or logged, and it is counted")
    func flaggedQuestion() async throws {
        try await run(others: .plain("Fine.")) { provider, server, user in
            expectAnswer(try await user.ask("zanzibar knife"), 400, Self.refusal)
            #expect(try await user.get("/api/v1/chat/sessions/").json["count"] == 0)
            let session = try #require(try await user.ask("Hello").json["session_id"]?.string)
            expectAnswer(try await user.ask("another zanzibar knife", session: session), 400, Self.refusal)
            #expect(try await user.messages(session).map { $0["content"]?.string } == ["Hello", "Fine."])

            #expect(provider.judged == [["zanzibar knife"], ["Hello"], ["Fine."], ["another zanzibar knife"]])
            #expect(provider.requests.count == 5)
            let sentOn = provider.requests.filter { !$0.isModeration }.map(\.body.jsonText).joined()
            #expect(sentOn.contains("Hello") && !sentOn.contains("zanzibar"))
            #expect(!server.logged.text.contains("zanzibar"))
            #expect(!server.stores("zanzibar") && server.stores("Hello"))
            #expect(try server.violations == [#"input ["violence"]"#, #"input ["violence"]"#])
            #expect(server.judgements(.input) == [.clean: 1, .flagged: 2])
            #expect(server.judgements(.output) == [.clean: 1])
        }
    }

    @Test("A repeat with the same Idempotency-Key is judged again")
    func repeats() async throws {
        try await run(others: .status(500)) { provider, server, user in
            for _ in 0..<2 {
                let answer = try await user.ask("a knife", key: "k-1")
                expectAnswer(answer, 400, Self.refusal)
                #expect(answer["Idempotency-Replayed"] == nil)
            }
            #expect(provider.judged == [["a knife"], ["a knife"]])
            // This one was let in, its answer failed, and by now somebody thinks otherwise of it.
            let failed = try await user.ask("a spoon", key: "k-2")
            #expect(failed.status == 502)
            provider.become(.split(moderations: .moderations(flagging: ["spoon": "violence"]), others: .plain("Fine.")))
            expectAnswer(try await user.ask("a spoon", key: "k-2"), 400, Self.refusal)
            #expect(provider.requests.filter { !$0.isModeration }.count == 1)
            #expect(try await server.count("SELECT count(*) FROM chat_messages") == 1)
            #expect(try server.violations.count == 3)
        }
    }

    @Test("Each account's violations are its own")
    func accounts() async throws {
        try await run(others: .plain("Fine.")) { _, server, ada in
            let eve = try await server.register("eve@example.org")
            for user in [ada, eve, eve] { #expect(try await user.ask("a knife").status == 400) }
            let counts = try ["ada@example.org", "eve@example.org", "eve@example.org"].map { email in
                try server.database.read { reader in
                    let account = try #require(try AccountStore.account(email: email, in: reader))
                    let owner = Owner.ofWork(accountRowID: account.rowID)
                    return try ModerationStore.count(of: owner, since: Timestamp(microseconds: 0), in: reader)
                }
            }
            #expect(counts == [1, 2, 2])
        }
    }

    @Test("The end of the longest question is judged too")
    func longQuestion() async throws {
        try await run(others: .plain("Fine.")) { provider, _, user in
            let text = String(repeating: "é", count: ChatMessage.longestContent - 5)
            expectAnswer(try await user.ask(text + "knife"), 400, Self.refusal)
            #expect(provider.judged.map(\.count) == [3])
            #expect(try await user.ask(text + "spoon").status == 200)
        }
    }

    @Test("The built-in assistant is asked clean questions only; what it quotes is the server's own and not judged")
    func builtIn() async throws {
        try await StubProvider.with(Self.flagsKnife) { provider, url in
            try await TestAppliance.run(settings: Self.table(url)) { server in
                try await server.importArticles([(title: "Butchers", body: "They carve meat with a knife.")])
                let user = try await server.register()
                let answer = try await user.ask("carve meat")
                #expect(answer.json["assistant_message"]?["content"]?.string?.contains("with a knife") == true)
                expectAnswer(try await user.ask("a knife"), 400, Self.refusal)
                expectAnswer(
                    try await user.post("/api/v1/chat/advice/", #"{"advice_type":"salary","context":"a knife"}"#), 400, Self.refusal)
                #expect(try await user.post("/api/v1/chat/advice/", #"{"advice_type":"salary"}"#).status == 200)
                #expect(provider.judged == [["carve meat"], ["a knife"], ["a knife"]])
            }
        }
    }

    // MARK: Flagged answers

    @Test(
        "A flagged answer is withheld: a plain sentence stands in its place, and nothing of it is stored or shown",
        arguments: [
            Behaviour.plain("Take a zanzibar knife."), .stream(["Take a zanzibar kn", "ife."]),
            .toolCall(id: "c1", name: "find", arguments: #"{"q":"zanzibar knife"}"#),
            .plain("zanzibar " + String(repeating: "x", count: 9000) + " knife"),
        ])
    func flaggedAnswer(answer: Behaviour) async throws {
        try await run(others: answer) { provider, server, user in
            let asked = try await user.ask("How do I win?", key: "k-1")
            #expect(asked.status == 200 && asked.json.object?.keys == ["session_id", "user_message", "assistant_message"])
            let message = try #require(asked.json["assistant_message"])
            #expect(message["role"] == "assistant" && message["content"] == Self.withheld && message["function_call_data"] == .null)
            #expect(
                message["metadata"] == [
                    "model_used": .string(StubProvider.model), "moderation": ["flagged": true, "categories": ["violence"]],
                ])
            let session = try #require(asked.json["session_id"]?.string)
            #expect(try await user.messages(session) == [try #require(asked.json["user_message"]), message])
            #expect(!server.stores("zanzibar") && !server.logged.text.contains("zanzibar"))
            #expect(try server.violations == [#"output ["violence"]"#])
            #expect(server.judgements(.output) == [.flagged: 1])
            // It is an answer: the same request gets it again, and the model is not asked until it says something nicer.
            #expect(try await user.ask("How do I win?", key: "k-1").body == asked.body)
            #expect(provider.requests.count == 3)
        }
    }

    @Test("Advice is judged like a question and its answer")
    func advice() async throws {
        try await run(others: .plain("Take a zanzibar knife.")) { provider, server, user in
            expectAnswer(
                try await user.post("/api/v1/chat/advice/", #"{"advice_type":"interview","context":"my knife"}"#), 400, Self.refusal)
            #expect(provider.requests.map(\.path) == ["/v1/moderations"])
            let withheld = try await user.post("/api/v1/chat/advice/", #"{"advice_type":"interview","context":"my spoon"}"#)
            #expect(withheld.status == 200)
            #expect(
                withheld.json == [
                    "advice_type": "interview", "advice": Self.withheld,
                    "metadata": [
                        "model_used": .string(StubProvider.model), "moderation": ["flagged": true, "categories": ["violence"]],
                    ],
                ])
            provider.become(.split(moderations: Self.flagsKnife, others: .plain("Smile.")))
            #expect(try await user.post("/api/v1/chat/advice/", #"{"advice_type":"interview"}"#).json["advice"] == "Smile.")
            #expect(provider.judged == [["my knife"], ["my spoon"], ["Take a zanzibar knife."], ["Smile."]])
            #expect(try server.violations == [#"input ["violence"]"#, #"output ["violence"]"#])
            #expect(!server.stores("zanzibar"))
        }
    }

    // MARK: Without a judge

    /// What a judge can do wrong, and a word of what the operator finds in the log.
    static let troubles: [(Behaviour, String)] = [
        (.status(500, retryAfter: "60"), "answered 500"), (.status(401), "answered 401"), (.quoting(400), "answered 400"),
        (.hangBeforeHeaders, "timeout"), (.cutAfter([]), "broke off"), (.raw(contentType: "application/json", body: "{"), "not JSON"),
        (.raw(contentType: "application/json", body: #"{"results":[]}"#), "0 results for 1 texts"),
        (.raw(contentType: "application/json", body: #"{"results":[{"flagged":"no"}]}"#), "does not say"),
        (.huge(bytes: 5 << 20), "longer than the limit"),
    ]

    @Test("By default text that cannot be judged passes, soon, and the log says why once", arguments: troubles)
    func allowed(trouble: Behaviour, logged: String) async throws {
        let timeout = logged == "timeout" ? 200 : 20_000
        try await run(moderations: trouble, others: .plain("Take a zanzibar knife."), timeout: timeout) { provider, server, user in
            let started = ContinuousClock.now
            let answer = try await user.ask("zanzibar")
            #expect(ContinuousClock.now - started < .seconds(15))
            #expect(answer.status == 200 && answer.json["assistant_message"]?["content"] == "Take a zanzibar knife.")
            #expect(provider.judged == [["zanzibar"], ["Take a zanzibar knife."]])
            #expect(server.judgements(.input) == [.failed: 1] && server.judgements(.output) == [.failed: 1])
            let lines = server.logged.text.split(separator: "\n").filter { $0.contains("could not be moderated") }
            #expect(lines.count == 1 && lines.first?.contains(logged) == true)
            #expect(!server.logged.text.contains("zanzibar"))
        }
    }

    @Test("With on_failure = \"refuse\" a question that cannot be judged is 503, and nothing of it is stored or sent", arguments: troubles)
    func refusedQuestion(trouble: Behaviour, logged: String) async throws {
        let timeout = logged == "timeout" ? 200 : 20_000
        try await run(moderations: trouble, others: .plain("Fine."), onFailure: "refuse", timeout: timeout) { provider, server, user in
            let unavailable =
                #"{"detail":"Moderation is unavailable for the moment. Please try again later.","error_code":"moderation_unavailable"}"#
            let refused = try await user.ask("zanzibar", key: "k-1")
            expectAnswer(refused, 503, unavailable)
            #expect(refused["Retry-After"] == "5")
            let advice = try await user.post("/api/v1/chat/advice/", #"{"advice_type":"salary","context":"zanzibar"}"#)
            expectAnswer(advice, 503, unavailable)
            #expect(provider.judged.count == 2 && provider.requests.count == 2)
            #expect(try await user.get("/api/v1/chat/sessions/").json["count"] == 0)
            #expect(!server.stores("zanzibar") && !server.logged.text.contains("zanzibar"))
            #expect(try server.violations.isEmpty)
        }
    }

    @Test("A question that was refused for want of a judge is taken when there is one, under the same key")
    func laterQuestion() async throws {
        try await run(moderations: .status(401), others: .plain("Fine."), onFailure: "refuse") { provider, server, user in
            for _ in 0..<2 {
                let refused = try await user.ask("a spoon", key: "k-1")
                #expect(refused.status == 503)
            }
            provider.become(.split(moderations: Self.flagsKnife, others: .plain("Fine.")))
            let answer = try await user.ask("a spoon", key: "k-1")
            #expect(answer.json["assistant_message"]?["content"] == "Fine.")
            #expect(server.judgements(.input) == [.failed: 2, .clean: 1])
        }
    }

    @Test("With on_failure = \"refuse\" an answer that cannot be judged is none: the question is kept for the next try")
    func refusedAnswer() async throws {
        let unjudged = Behaviour.status(500, retryAfter: "60")
        try await StubProvider.with(Self.flagsKnife, .plain("A zanzibar spoon."), unjudged) { provider, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url) + Self.table(url, "refuse")) { server in
                let user = try await server.register()
                let failed = try await user.ask("What do I eat soup with?", key: "k-1")
                #expect(failed.status == 503 && failed["Retry-After"] == "5")
                #expect(failed.json.object?.keys == ["detail", "error_code", "session_id", "user_message"])
                #expect(failed.json["error_code"] == "moderation_unavailable")
                #expect(
                    failed.json["detail"]
                        == "The answer could not be checked against the content guidelines. Your message is stored; please try again later."
                )
                let session = try #require(failed.json["session_id"]?.string)
                #expect(try await user.messages(session) == [try #require(failed.json["user_message"])])
                #expect(!server.stores("zanzibar"))

                provider.become(.plain("A zanzibar spoon."), unjudged)
                let advice = try await user.post("/api/v1/chat/advice/", #"{"advice_type":"salary"}"#)
                expectAnswer(
                    advice, 503,
                    #"{"detail":"The answer could not be checked against the content guidelines. Please try again later.","error_code":"moderation_unavailable"}"#
                )

                provider.become(.split(moderations: Self.flagsKnife, others: .plain("A spoon.")))
                let again = try await user.ask("What do I eat soup with?", key: "k-1")
                #expect(again.status == 200 && again.json["user_message"] == failed.json["user_message"])
                #expect(try await user.messages(session).map { $0["content"]?.string } == ["What do I eat soup with?", "A spoon."])
            }
        }
    }

    @Test("A judge that keeps failing is left alone, and the model of the same host goes on answering")
    func breaker() async throws {
        let down = Behaviour.split(moderations: .status(500, retryAfter: "60"), others: .plain("Fine."))
        try await StubProvider.with(down) { provider, url in
            let assistant = ProviderScenarios.settings(url)
            try await TestAppliance.run(settings: assistant + Self.table(url)) { server in
                let user = try await server.register()
                for _ in 0..<4 { #expect(try await user.ask("a knife").status == 200) }
                #expect(provider.judged.count == 5)
                #expect(provider.requests.count == 9)
                // Whoever is stricter is told when it is worth trying again.
                _ = server.appliance.reload(
                    try TestAppliance.configuration(assistant + Self.table(url, "refuse"), in: server.directory))
                let refused = try await user.ask("a knife")
                #expect(refused.status == 503 && refused.json["error_code"] == "moderation_unavailable")
                #expect((6...60).contains(refused["Retry-After"].flatMap { Int($0) } ?? 0))
                #expect(provider.requests.count == 9)
                provider.become(.split(moderations: Self.flagsKnife, others: .plain("Fine.")))
                server.clock.advance(seconds: 61)
                expectAnswer(try await user.ask("a knife"), 400, Self.refusal)
                #expect(server.logged.text.contains("Text is moderated again."))
            }
        }
    }

    // MARK: Reload

    @Test("A reload switches moderation on, and off again")
    func reload() async throws {
        try await StubProvider.with(.split(moderations: Self.flagsKnife, others: .plain("Fine."))) { provider, url in
            let assistant = ProviderScenarios.settings(url)
            try await TestAppliance.run(settings: assistant) { server in
                let user = try await server.register()
                func reload(_ table: String) throws -> [String] {
                    let result = server.appliance.reload(try TestAppliance.configuration(assistant + table, in: server.directory))
                    #expect(result.needRestart.isEmpty)
                    return result.changed
                }
                #expect(try await user.ask("a knife").status == 200)
                #expect(provider.judged.isEmpty)
                let on = try reload(Self.table(url, "refuse", timeout: 19_000))
                #expect(
                    on == [
                        "moderation.provider", "moderation.base_url", "moderation.api_key", "moderation.model", "moderation.on_failure",
                        "moderation.timeout_ms",
                    ])
                expectAnswer(try await user.ask("a knife"), 400, Self.refusal)
                let off = Self.table(url, "refuse", timeout: 19_000).replacing(#"provider = "openai""#, with: #"provider = "none""#)
                #expect(try reload(off) == ["moderation.provider"])
                #expect(try await user.ask("a knife").status == 200)
                #expect(provider.judged == [["a knife"]])
            }
        }
    }
}

extension TestAppliance {
    /// How many texts of this kind were judged how.
    fileprivate func judgements(_ target: ModerationTarget) -> [ModerationOutcome: Int] {
        let counts = ModerationOutcome.allCases.map { ($0, appliance.parts.judgements.count(of: target, $0)) }
        return Dictionary(uniqueKeysWithValues: counts.filter { $0.1 > 0 })
    }

    /// What was counted, oldest first.
    fileprivate var violations: [String] {
        get throws {
            try database.read { reader in
                try reader.rows("SELECT direction, categories FROM moderation_violations ORDER BY rid") {
                    "\(try $0.text(0)) \(try $0.text(1))"
                }
            }
        }
    }
}
