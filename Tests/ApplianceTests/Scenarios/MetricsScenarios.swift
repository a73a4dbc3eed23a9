import Platform
import TestSupport
import Testing

@testable import Appliance

/// `/metrics`: who may read it, and what it says.
@Suite struct MetricsScenarios {
    @Test("The figures of every part are there, in the format that Prometheus reads")
    func figures() async throws {
        try await StubProvider.with(.plain("Yes.")) { _, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                #expect(try await user.ask("Hello").status == 200)
                let taken = try await user.post("/api/v1/chat/chat/", #"{"message_text":"Hello"}"#).json
                #expect(try await eventually { try await user.messages(taken["session_id"]?.string ?? "").count == 2 })
                let answer = try await server.request("GET", "/metrics")
                #expect(answer.status == 200 && answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
                #expect(answer["Cache-Control"] == "no-store")
                let samples = try Self.samples(answer.text)
                #expect(samples[#"jobraker_http_requests_total{method="POST",route="/api/v1/chat/send/",status="200"}"#] == 1)
                #expect(samples[#"jobraker_http_request_duration_seconds_count{method="POST",route="/api/v1/chat/send/"}"#] == 1)
                #expect(samples["jobraker_http_requests_in_flight"] == 1)
                #expect(samples[#"jobraker_openai_api_calls_total{type="chat",model="stub",status="success"}"#] == 2)
                #expect(samples[#"jobraker_assistant_tokens_total{direction="prompt"}"#] == 22)
                #expect(samples[#"jobraker_queue_attempts_total{kind="chat.answer",outcome="succeeded"}"#] == 1)
                #expect(samples[#"jobraker_queue_items{state="dead"}"#] == 0)
                #expect(samples[#"jobraker_ratelimit_rejected_total{class="reading"}"#] == 0)
                #expect(samples[#"jobraker_openai_moderation_checks_total{target="input",outcome="clean"}"#] == 0)
                for name in ["jobraker_sqlite_commits_total", "jobraker_sqlite_reads_total", "jobraker_sqlite_db_bytes"] {
                    #expect(try #require(samples[name]) > 0, "\(name)")
                }
                #expect(samples[#"jobraker_build_info{version="\#(Jobraker.version)"}"#] == 1)
                #expect(!answer.text.contains(user.id) && !answer.text.contains("ada@example.org"))
            }
        }
    }

    @Test("Without a token only this machine may read them, and not through a proxy")
    func loopback() async throws {
        try await TestAppliance.run(settings: "[server]\nlisten = [\"127.0.0.1:0\"]\ntrusted_proxies = [\"127.0.0.1\"]\n") { server in
            #expect(try await server.request("GET", "/metrics/").status == 200)
            for header in [("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-For", "127.0.0.1"), ("Via", "1.1 proxy"), ("X-Real-IP", "::1")] {
                let refused = try await server.request("GET", "/metrics/", headers: [header])
                #expect(refused.status == 401 && !refused.text.contains("jobraker_"))
            }
        }
    }

    @Test("With a token whoever has it may read them, and nobody else")
    func token() async throws {
        try await TestAppliance.run(settings: "[metrics]\ntoken = \"a-long-scrape-token\"\n") { server in
            let user = try await server.register("scraper@example.org")
            for token in [nil, "wrong", "a-long-scrape-toke", user.access] {
                #expect(try await server.request("GET", "/metrics/", token: token).status == 401)
            }
            #expect(try await server.request("GET", "/metrics/", token: "a-long-scrape-token").status == 200)
        }
    }

    @Test("Switched off they are not found")
    func off() async throws {
        try await TestAppliance.run(settings: "[metrics]\nenabled = false\n") { server in
            let answer = try await server.request("GET", "/metrics/")
            #expect(answer.status == 404)
        }
    }

    /// Every sample by its name and labels. A line that is none fails the test.
    private static func samples(_ text: String) throws -> [String: Double] {
        var samples: [String: Double] = [:]
        var announced: Set<Substring> = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("#") {
                let words = line.split(separator: " ", maxSplits: 3)
                let isNew = words[1] != "TYPE" || announced.insert(words[2]).inserted
                #expect(isNew, "announced twice: \(line)")
                continue
            }
            let end = try #require(line.lastIndex(of: " "))
            let value = try #require(Double(line[line.index(after: end)...]), "\(line)")
            let earlier = samples.updateValue(value, forKey: String(line[..<end]))
            #expect(earlier == nil, "twice: \(line)")
        }
        return samples
    }
}
