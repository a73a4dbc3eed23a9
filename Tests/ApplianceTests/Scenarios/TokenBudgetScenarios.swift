import Platform
import TestSupport
import Testing

@testable import Appliance

/// What the model used is counted whatever becomes of its answer: nobody gets answers that the day's budget does not see.
@Suite("The token budget and answers that are not stored", .timeLimit(.minutes(2)))
struct TokenBudgetScenarios {
    /// The stub's answers cost eighteen tokens, so that one of them uses the budget up.
    private static func settings(_ url: String) -> String {
        ProviderScenarios.settings(url) + "\n[limits]\naccount_tokens_per_day = 10\n"
    }

    @Test("A session that is deleted while the model thinks does not hide what the answer cost")
    func sessionDeleted() async throws {
        let gate = Gate()
        try await StubProvider.with(.held(gate, "Too late.")) { provider, url in
            try await TestAppliance.run(settings: Self.settings(url)) { server in
                let user = try await server.register()
                let session = try #require(try await user.post("/api/v1/chat/sessions/", "{}").json["id"]?.string)
                async let asked = user.ask("Hello", session: session)
                await provider.asked.wait()
                let deleted = try await user.delete("/api/v1/chat/sessions/\(session)/")
                #expect(deleted.status == 204)
                gate.open()
                expectAnswer(try await asked, 404, #"{"error":"Chat session not found"}"#)
                #expect(try await server.tokensUsed() == 18)
                let again = try await user.ask("Hello")
                #expect(again.status == 429 && again.json["error_code"] == "token_budget_exhausted")
                #expect(provider.requests.count == 1)
            }
        }
    }

    @Test("Nor does it in the background")
    func sessionDeletedInBackground() async throws {
        let gate = Gate()
        try await StubProvider.with(.held(gate, "Too late.")) { provider, url in
            try await TestAppliance.run(settings: Self.settings(url)) { server in
                let user = try await server.register()
                let taken = try await user.post("/api/v1/chat/chat/", #"{"message_text":"Hello"}"#).json
                await provider.asked.wait()
                let deleted = try await user.delete("/api/v1/chat/sessions/\(taken["session_id"]?.string ?? "")/")
                #expect(deleted.status == 204)
                gate.open()
                let path = "/api/v1/tasks/\(taken["task_id"]?.string ?? "")/"
                #expect(try await eventually { try await user.get(path).json["error_code"] == "session_deleted" })
                #expect(try await server.tokensUsed() == 18)
                #expect(try await user.ask("Hello").status == 429)
            }
        }
    }

    @Test("An answer that nobody could judge, and so is held back, was paid for all the same; so is advice")
    func heldBack() async throws {
        let clean = StubProvider.Behaviour.moderations(flagging: [:])
        try await StubProvider.with(clean, .plain("A spoon."), .status(401), clean, .plain("Smile."), .status(401)) { provider, url in
            let settings = ProviderScenarios.settings(url) + ModerationScenarios.table(url, "refuse")
            try await TestAppliance.run(settings: settings + "\n[limits]\naccount_tokens_per_day = 20\n") { server in
                let user = try await server.register()
                #expect(try await user.ask("What do I eat soup with?").status == 503)
                #expect(try await server.tokensUsed() == 18)
                let advice = try await user.post("/api/v1/chat/advice/", #"{"advice_type":"salary","context":"My work"}"#)
                #expect(advice.status == 503 && provider.requests.count == 6)
                #expect(try await server.tokensUsed() == 36)
                #expect(try await user.ask("And salad?").status == 429)
                #expect(provider.requests.count == 6)
            }
        }
    }

    @Test("A provider that counts more tokens than there are numbers for is answered from, and counted for")
    func absurdUsage() async throws {
        let usage = #"{"prompt_tokens":9223372036854775807,"completion_tokens":9223372036854775807}"#
        let body = #"{"choices":[{"message":{"content":"Yes."}}],"usage":\#(usage)}"#
        try await StubProvider.with(.raw(contentType: "application/json", body: body)) { _, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                for _ in 0..<2 {
                    let answer = try await user.ask("Hello")
                    #expect(answer.status == 200 && answer.json["assistant_message"]?["content"] == "Yes.")
                }
                let used = try await server.tokensUsed()
                #expect(0 < used && used < 10_000)
            }
        }
    }

    @Test("An account that is deleted while the model thinks leaves no trace in the ledger, and the instance's count grows")
    func accountDeleted() async throws {
        let gate = Gate()
        try await StubProvider.with(.held(gate, "Too late.")) { provider, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                async let asked = user.ask("Hello")
                await provider.asked.wait()
                #expect(try await user.delete("/api/v1/auth/me/", #"{"password":"\#(user.password)"}"#).status == 204)
                gate.open()
                #expect(try await asked.status == 404)
                #expect(try await server.tokensUsed() == 18)
                #expect(try await server.count("SELECT count(*) FROM assistant_tokens WHERE account_rid <> 0") == 0)
            }
        }
    }
}

extension TestAppliance {
    /// What the ledger knows of the whole instance.
    fileprivate func tokensUsed() async throws -> Int64 {
        try await count("SELECT coalesce(sum(tokens), 0) FROM assistant_tokens WHERE account_rid = 0")
    }
}
