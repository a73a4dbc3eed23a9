import Testing

@testable import Appliance
@testable import Platform

@Suite("Moderation provider", .timeLimit(.minutes(1)))
struct ModerationProviderTests {
    private typealias Judgement = ModerationProvider.Judgement

    private let clock = ManualClock()
    private let outbound: Outbound

    init() { outbound = Outbound(clock: clock, random: SeededRandom(1)) }

    private func judge(_ texts: [String], _ settings: ProviderSettings) async -> Result<Judgement, ProviderFailure> {
        do throws(ProviderFailure) {
            return .success(try await ModerationProvider(outbound: outbound).judge(texts, settings: settings))
        } catch {
            return .failure(error)
        }
    }

    private func judge(_ body: String, bytes: Int = 1 << 20) async throws -> Result<Judgement, ProviderFailure> {
        try await StubProvider.with(.raw(contentType: "application/json", body: body)) { _, url in
            await judge(["a text"], stubSettings(url, bytes: bytes))
        }
    }

    @Test("sends all texts in one request, in the wire format, with the key")
    func request() async throws {
        try await StubProvider.with(.moderations(flagging: [:])) { provider, url in
            #expect(await judge(["one", "two"], stubSettings(url + "/", key: "k-1")) == .success(Judgement()))
            let request = try #require(provider.requests.first)
            #expect(provider.requests.count == 1 && request.path == "/v1/moderations")
            #expect(request.headers["authorization"] == "Bearer k-1" && request.headers["content-type"] == "application/json")
            #expect(request.body == ["model": "wanted", "input": ["one", "two"]])
        }
    }

    @Test("asks nobody when there is no text")
    func nothing() async throws {
        try await StubProvider.with(.status(500)) { provider, url in
            #expect(await judge([], stubSettings(url)) == .success(Judgement()))
            #expect(provider.requests.isEmpty)
        }
    }

    @Test("one flagged text flags them all, with the categories of all that are flagged, each once")
    func flagged() async throws {
        let words = ["knife": "violence", "insult": "harassment", "threat": "harassment/threatening"]
        try await StubProvider.with(.moderations(flagging: words)) { _, url in
            let judgement = await judge(["a knife", "a rose", "a threat and a knife", "an insult"], stubSettings(url))
            #expect(
                judgement == .success(Judgement(isFlagged: true, categories: ["violence", "harassment/threatening", "harassment"])))
        }
    }

    @Test(
        "takes what servers leave out or add",
        arguments: [
            (#"{"results":[{"flagged":false}]}"#, []), (#"{"results":[{"flagged":true}]}"#, []),
            (#"{"results":[{"flagged":true,"categories":null}]}"#, []),
            (#"{"results":[{"flagged":true,"categories":{"a":null,"b":true,"c":false},"more":[1]}],"error":null}"#, ["b"]),
            // What holds in a text that is not flagged is no reason.
            (#"{"results":[{"flagged":false,"categories":{"a":true}}]}"#, []),
            // A name is a name, and not the text handed back.
            (#"{"results":[{"flagged":true,"categories":{"":true,"my own words":true,"a/b-c_d.9":true,"é":true}}]}"#, ["a/b-c_d.9"]),
        ] as [(String, [String])])
    func lenient(body: String, categories: [String]) async throws {
        let judgement = Judgement(isFlagged: body.contains(#""flagged":true"#), categories: categories)
        #expect(try await judge(body) == .success(judgement))
    }

    @Test("keeps no more categories than a provider can have, and none with a name as long as a text")
    func bounded() async throws {
        let names = (10..<90).map { #""c\#($0)":true"# } + [#""\#(String(repeating: "x", count: 65))":true"#]
        let judgement = try await judge(#"{"results":[{"flagged":true,"categories":{\#(names.reversed().joined(separator: ","))}}]}"#).get()
        #expect(judgement.isFlagged && judgement.categories == (58..<90).reversed().map { "c\($0)" })
    }

    @Test(
        "refuses an answer that is no judgement, without a word of it",
        arguments: [
            ("{}", "the answer has no results"), ("[]", "the answer has no results"), (#"{"results":{}}"#, "the answer has no results"),
            (#"{"error":{"message":"about a text"}}"#, "the answer has no results"),
            (#"{"results":[]}"#, "the answer has 0 results for 1 texts"),
            (#"{"results":[{"flagged":false},{"flagged":false}]}"#, "the answer has 2 results for 1 texts"),
            (#"{"results":[{}]}"#, "a result does not say whether it is flagged"),
            (#"{"results":[null]}"#, "a result does not say whether it is flagged"),
            (#"{"results":[{"flagged":"false"}]}"#, "a result does not say whether it is flagged"),
            (#"{"results":[{"flagged":0}]}"#, "a result does not say whether it is flagged"),
            (#"{"results":[{"flagged":false,"categories":"none"}]}"#, "the categories of a result are not yes or no"),
            (#"{"results":[{"flagged":true,"categories":{"a":1}}]}"#, "the categories of a result are not yes or no"),
            (#"{"results":[{"flagged":true,"categories":["a"]}]}"#, "the categories of a result are not yes or no"),
            ("[", "the answer is not JSON: Expecting value: line 1 column 2 (char 1)"),
        ])
    func wrong(body: String, reason: String) async throws {
        #expect(try await judge(body) == .failure(.failed(detail: reason)))
    }

    @Test("an answer above the size limit fails")
    func huge() async throws {
        let body = #"{"results":[{"flagged":false}],"more":"\#(String(repeating: "x", count: 1000))"}"#
        #expect(try await judge(body, bytes: 500) == .failure(.failed(detail: "the answer is longer than the limit")))
    }

    @Test("a refusal is reported by its status and never in its own words, which may quote the text")
    func refusal() async throws {
        try await StubProvider.with(.quoting(400)) { _, url in
            #expect(await judge(["a text"], stubSettings(url)) == .failure(.failed(detail: "the provider answered 400")))
        }
    }

    @Test("asks again after a refusal that may pass")
    func again() async throws {
        try await StubProvider.with(.status(503), .moderations(flagging: ["knife": "violence"])) { provider, url in
            async let judgement = judge(["a knife"], stubSettings(url, attempts: 2))
            await clock.untilSleeping()
            clock.advance(seconds: 1)
            #expect(await judgement == .success(Judgement(isFlagged: true, categories: ["violence"])))
            #expect(provider.requests.count == 2)
        }
    }

    @Test("a provider that does not answer uses up the time, and no more than that")
    func timeout() async throws {
        try await StubProvider.with(.hangBeforeHeaders) { provider, url in
            #expect(await judge(["a text"], stubSettings(url, attempts: 2, total: 150)) == .failure(.timeout(.total)))
            #expect(provider.requests.count == 1)
        }
    }

    @Test("a moderation that is down leaves the chat of the same host alone, and the other way round")
    func ownBreaker() async throws {
        let breaker = CircuitBreaker.Settings(failuresToOpen: 1, openSeconds: 60, successesToClose: 1)
        let chat = ChatProvider(outbound: outbound)
        let clean = StubProvider.Behaviour.moderations(flagging: [:])
        try await StubProvider.with(.split(moderations: .status(500), others: .plain("Fine."))) { provider, url in
            let settings = stubSettings(url, breaker: breaker)
            #expect(await judge(["a text"], settings) == .failure(.failed(detail: "the provider answered 500")))
            #expect(await judge(["a text"], settings) == .failure(.unavailable(retryAfterSeconds: 60)))
            let answer = try await chat.complete([.user("Hi")], settings: settings)
            #expect(answer.text == "Fine.")
            #expect(provider.judged.count == 1)
        }
        try await StubProvider.with(.split(moderations: clean, others: .status(500))) { _, url in
            let settings = stubSettings(url, breaker: breaker)
            await #expect(throws: ProviderFailure.failed(detail: "the provider answered 500: scripted 500")) {
                try await chat.complete([.user("Hi")], settings: settings)
            }
            await #expect(throws: ProviderFailure.unavailable(retryAfterSeconds: 60)) {
                try await chat.complete([.user("Hi")], settings: settings)
            }
            #expect(await judge(["a text"], settings) == .success(Judgement()))
        }
    }
}
