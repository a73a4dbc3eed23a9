import Platform
import TestSupport
import Testing

@testable import Appliance

/// Rate limits and the model's daily tokens, over HTTP.
@Suite("Limits", .timeLimit(.minutes(2)))
struct LimitScenarios {
    static let small = """
        [limits]
        authentication_per_minute = 7
        reading_per_minute = 9
        writing_per_minute = 5
        assistant_per_minute = 3
        """

    /// The clock stands still, so that nothing refills while the test counts.
    private static func run(_ settings: String = small, _ body: (TestAppliance, ManualClock) async throws -> Void) async throws {
        let clock = ManualClock(SystemClock().now())
        try await TestAppliance.run(settings: settings, clock: clock) { try await body($0, clock) }
    }

    /// How many of `asked` requests were admitted, and the first that was not.
    private static func count(
        _ asked: Int, _ request: () async throws -> TestResponse
    ) async throws -> (admitted: Int, refused: TestResponse?) {
        var admitted = 0
        var refused: TestResponse?
        for _ in 0..<asked {
            let answer = try await request()
            if answer.status == 429 { refused = refused ?? answer } else { admitted += 1 }
        }
        return (admitted, refused)
    }

    @Test("Each class admits exactly its number a minute, and refuses in the contract's words")
    func classes() async throws {
        try await Self.run { (server, clock) async throws -> Void in
            let user = try await server.register()
            let reading = try await Self.count(15) { try await user.get("/api/v1/auth/me/") }
            #expect(reading.admitted == 9)
            let refused = try #require(reading.refused)
            #expect(refused["Retry-After"] == "7" && refused["Cache-Control"] == "no-store")
            #expect(refused.text == #"{"detail":"Request was throttled. Expected available in 7 seconds."}"#)
            #expect(refused["RateLimit-Policy"] == #""reading";q=9;w=60"# && refused["RateLimit"] == #""reading";r=0;t=60"#)
            let writing = try await Self.count(15) { try await user.post("/api/v1/chat/sessions/", "{}") }
            #expect(writing.admitted == 5)
            let assistant = try await Self.count(15) { try await user.post("/api/v1/chat/advice/", #"{"advice_type":"salary"}"#) }
            #expect(assistant.admitted == 3)
            // The registration was the first of them.
            let login = try await Self.count(15) { try await server.login(user.email) }
            #expect(login.admitted == 6)
            clock.advance(seconds: 60)
            #expect(try await Self.count(15) { try await user.get("/api/v1/auth/me/") }.admitted == 9)
            clock.advance(seconds: 20)
            #expect(try await Self.count(15) { try await user.get("/api/v1/auth/me/") }.admitted == 3)
        }
    }

    @Test("With the standard limits the counts over HTTP are exact in each class")
    func standard() async throws {
        try await Self.run("[limits]\nenabled = true\n") { (server, _) async throws -> Void in
            let user = try await server.register()
            let client = try TestClient(port: server.port)
            let headers = [("Authorization", "Bearer \(user.access)"), ("Content-Type", "application/json")]
            for (method, path, body, limit) in [
                ("GET", "/api/v1/auth/me/", nil, 1200), ("PATCH", "/api/v1/auth/me/", "{}", 300),
                ("POST", "/api/v1/chat/advice/", #"{"advice_type":"x"}"#, 30), ("POST", "/api/v1/auth/verify/", "{}", 19),
            ] as [(String, String, String?, Int)] {
                let counted = try await Self.count(limit + 5) {
                    try await client.request(method, path, headers: headers, body: body.map { Array($0.utf8) })
                }
                #expect(counted.admitted == limit, "\(path)")
            }
        }
    }

    @Test("Two accounts behind one address do not share a bucket, and strangers have that of their address")
    func accounts() async throws {
        try await Self.run { (server, _) async throws -> Void in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            #expect(try await Self.count(12) { try await ada.get("/api/v1/auth/me/") }.admitted == 9)
            #expect(try await Self.count(12) { try await eve.get("/api/v1/auth/me/") }.admitted == 9)
            #expect(try await Self.count(12) { try await server.request("GET", "/api/schema/") }.admitted == 9)
        }
    }

    @Test("Behind a trusted proxy each client has its own bucket, IPv6 networks one together; a stranger's header is not believed")
    func proxies() async throws {
        let behindProxy = Self.small + "\n[server]\nlisten = [\"127.0.0.1:0\"]\ntrusted_proxies = [\"127.0.0.1\"]\n"
        try await Self.run(behindProxy) { (server, _) async throws -> Void in
            func ask(_ address: String) async throws -> TestResponse {
                try await server.request("GET", "/api/schema/", headers: [("X-Forwarded-For", address)])
            }
            #expect(try await Self.count(12) { try await ask("192.0.2.1") }.admitted == 9)
            #expect(try await Self.count(12) { try await ask("192.0.2.2") }.admitted == 9)
            #expect(try await Self.count(5) { try await ask("2001:db8::1") }.admitted == 5)
            #expect(try await Self.count(5) { try await ask("2001:db8::2") }.admitted == 4)
        }
        try await Self.run { (server, _) async throws -> Void in
            var number = 0
            let counted = try await Self.count(12) {
                number += 1
                return try await server.request("GET", "/api/schema/", headers: [("X-Forwarded-For", "192.0.2.\(number)")])
            }
            #expect(counted.admitted == 9)
        }
    }

    @Test("Probes are never counted, and with limits off nothing is")
    func uncounted() async throws {
        try await Self.run { (server, _) async throws -> Void in
            for path in ["/healthz/", "/readyz/", "/health/", "/metrics/"] {
                #expect(try await Self.count(12) { try await server.request("GET", path) }.admitted == 12)
                #expect(try await server.request("GET", path)["RateLimit"] == nil)
            }
        }
        try await Self.run("[limits]\nenabled = false\nreading_per_minute = 1\n") { (server, _) async throws -> Void in
            #expect(try await Self.count(5) { try await server.request("GET", "/api/schema/") }.admitted == 5)
        }
    }

    @Test("New limits hold from a reload on")
    func reload() async throws {
        try await Self.run { (server, _) async throws -> Void in
            let user = try await server.register()
            #expect(try await user.get("/api/v1/auth/me/")["RateLimit-Policy"] == #""reading";q=9;w=60"#)
            let loaded = try TestAppliance.configuration("[limits]\nreading_per_minute = 100\n", in: server.directory)
            #expect(server.appliance.reload(loaded).changed.contains("limits.reading_per_minute"))
            #expect(try await user.get("/api/v1/auth/me/")["RateLimit-Policy"] == #""reading";q=100;w=60"#)
        }
    }

    @Test("An account that has used up the day's tokens is refused until midnight, and nothing of its question is stored")
    func tokens() async throws {
        try await StubProvider.with(.plain("Yes.")) { provider, url in
            let settings = ProviderScenarios.settings(url) + "\n[limits]\naccount_tokens_per_day = 30\n"
            try await Self.run(settings) { (server, clock) async throws -> Void in
                let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
                // Eighteen tokens each: the second question passes the limit and is still answered.
                for _ in 0..<2 { #expect(try await ada.ask("Hello").status == 200) }
                let left = 86_400 - clock.now().seconds % 86_400
                for (path, body) in [
                    ("send/", #"{"content":"Hello"}"#), ("chat/", #"{"message_text":"Hello"}"#), ("advice/", #"{"advice_type":"salary"}"#),
                ] {
                    let refused = try await ada.post("/api/v1/chat/" + path, body)
                    #expect(refused.status == 429 && refused["Retry-After"] == "\(left)")
                    #expect(refused.json["error_code"] == "token_budget_exhausted")
                    #expect(refused.json["detail"]?.string == "Request was throttled. Expected available in \(left) seconds.")
                }
                #expect(try await server.count("SELECT count(*) FROM chat_messages") == 4 && provider.requests.count == 2)
                #expect(try await eve.ask("Hello").status == 200)
                clock.advance(seconds: Int(left))
                let again = try await server.login(ada.email).json["access"]?.string
                let tomorrow = try await server.request("POST", "/api/v1/chat/advice/", token: again, body: #"{"advice_type":"salary"}"#)
                #expect(tomorrow.status == 200)
                #expect(try await server.count("SELECT sum(tokens) FROM assistant_tokens WHERE account_rid = 0") == 72)
            }
        }
    }

    @Test("A question that waits when the instance's tokens run out fails, and says why")
    func instanceTokens() async throws {
        try await StubProvider.with(.status(500), .plain("Yes.")) { _, url in
            let settings = ProviderScenarios.settings(url) + "\n[limits]\ninstance_tokens_per_day = 10\n"
            try await Self.run(settings) { (server, clock) async throws -> Void in
                let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
                let taken = try await ada.post("/api/v1/chat/chat/", #"{"message_text":"Hello"}"#).json
                let path = "/api/v1/tasks/\(taken["task_id"]?.string ?? "")/"
                #expect(try await eventually { try await ada.get(path).json["status"] == "RETRY" })
                #expect(try await eve.ask("Hello").status == 200)
                #expect(try await eve.ask("Hello").status == 429)
                clock.advance(seconds: 40)
                server.appliance.parts.queue.wake()
                #expect(try await eventually { try await ada.get(path).json["status"] == "FAILURE" })
                #expect(try await ada.get(path).json["error_code"] == "token_budget_exhausted")
            }
        }
    }
}
