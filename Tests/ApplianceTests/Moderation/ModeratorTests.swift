import Platform
import TestSupport
import Testing

@testable import Appliance

@Suite("Moderator", .timeLimit(.minutes(1)))
struct ModeratorTests {
    private let clock = ManualClock()
    private let counters = ModerationCounters()
    private let logged = LogSink()

    /// A moderator that asks the provider at this address, if there is one.
    private func moderator(_ url: String?, _ onFailure: ModerationFailurePolicy = .allow) -> Moderator {
        var settings = Configuration.standard.moderation
        if let url {
            settings.provider = .openai
            settings.baseURL = url
            settings.model = "judge"
            settings.timeoutMs = 20_000
            settings.onFailure = onFailure
        }
        let outbound = Outbound(clock: clock, random: SeededRandom(1))
        return Moderator(
            provider: ModerationProvider(outbound: outbound), settings: { [settings] in settings }, clock: clock, counters: counters,
            log: Log(level: .info, format: .json, clock: clock) { [logged] in logged.add($0) })
    }

    private var lines: [Substring] { logged.text.split(separator: "\n") }

    @Test("With nothing configured every text is clean, and none is counted as judged")
    func off() async {
        let moderator = moderator(nil)
        #expect(await moderator.check(input: "a knife") == .clean)
        #expect(await moderator.check(output: ["a knife"]) == .clean)
        for target in ModerationTarget.allCases {
            #expect(ModerationOutcome.allCases.allSatisfy { counters.count(of: target, $0) == 0 })
        }
    }

    @Test("Each verdict is the provider's, and is counted by whose text it was")
    func verdicts() async throws {
        try await StubProvider.with(.moderations(flagging: ["knife": "violence"])) { provider, url in
            let moderator = moderator(url)
            #expect(await moderator.check(input: "a knife") == .flagged(categories: ["violence"]))
            #expect(await moderator.check(input: "a rose") == .clean)
            #expect(await moderator.check(output: ["a rose", "", "a knife"]) == .flagged(categories: ["violence"]))
            #expect(await moderator.check(output: ["", ""]) == .clean)
            #expect(provider.judged == [["a knife"], ["a rose"], ["a rose", "a knife"]])
            #expect(counters.count(of: .input, .flagged) == 1 && counters.count(of: .input, .clean) == 1)
            #expect(counters.count(of: .output, .flagged) == 1 && counters.count(of: .output, .clean) == 0)
            #expect(lines.isEmpty)
        }
    }

    @Test("Without a judgement a text is clean or unknown, as the operator decides", arguments: ModerationFailurePolicy.allCases)
    func failure(policy: ModerationFailurePolicy) async throws {
        try await StubProvider.with(.status(401)) { _, url in
            let moderator = moderator(url, policy)
            let expected = policy == .allow ? ModerationVerdict.clean : .unknown(retryAfterSeconds: Moderator.retrySeconds)
            #expect(await moderator.check(input: "a knife") == expected)
            #expect(await moderator.check(output: ["a knife"]) == expected)
            #expect(ModerationTarget.allCases.allSatisfy { counters.count(of: $0, .failed) == 1 && counters.count(of: $0, .clean) == 0 })
        }
    }

    @Test("A provider that is left alone is worth asking again when its time is over")
    func breaker() async throws {
        try await StubProvider.with(.status(500, retryAfter: "60")) { provider, url in
            let moderator = moderator(url, .refuse)
            for _ in 0..<5 { #expect(await moderator.check(input: "x") == .unknown(retryAfterSeconds: Moderator.retrySeconds)) }
            #expect(await moderator.check(input: "x") == .unknown(retryAfterSeconds: 60))
            #expect(provider.requests.count == 5)
            provider.become(.moderations(flagging: [:]))
            clock.advance(seconds: 60)
            #expect(await moderator.check(input: "x") == .clean)
        }
    }

    @Test("An outage is a line in half a minute, and its end a line, none with a word of the text")
    func log() async throws {
        try await StubProvider.with(.quoting(400)) { provider, url in
            let moderator = moderator(url)
            for _ in 0..<5 { #expect(await moderator.check(input: "zanzibar") == .clean) }
            #expect(lines.count == 1)
            #expect(logged.text.contains(#""level":"warning","message":"Text could not be moderated.","on_failure":"allow""#))
            #expect(logged.text.contains("the provider answered 400") && logged.text.contains(#""failures":1"#))
            clock.advance(seconds: 30)
            _ = await moderator.check(output: ["zanzibar"])
            #expect(lines.count == 2 && lines.last?.contains(#""failures":5"#) == true)
            provider.become(.moderations(flagging: ["zanzibar": "places"]))
            for _ in 0..<2 { #expect(await moderator.check(input: "zanzibar") == .flagged(categories: ["places"])) }
            #expect(lines.count == 3 && lines.last?.contains(#""message":"Text is moderated again.""#) == true)
            #expect(!logged.text.contains("zanzibar"))
        }
    }

    @Test("Whoever leaves while her text is judged does not get it past the judge, and is no failure of the judge's")
    func cancelled() async throws {
        try await StubProvider.with(.hangBeforeHeaders) { provider, url in
            let moderator = moderator(url, .allow)
            let task = Task { await moderator.check(input: "a knife") }
            await provider.asked.wait()
            task.cancel()
            #expect(await task.value == .unknown(retryAfterSeconds: Moderator.retrySeconds))
            #expect(counters.count(of: .input, .failed) == 0 && lines.isEmpty)
        }
    }
}
