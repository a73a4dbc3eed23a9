import Testing

@testable import Platform

@Suite("Retry policy")
struct RetryPolicyTests {
    private let policy = RetryPolicy(attempts: 4, baseMilliseconds: 200, longestMilliseconds: 500)

    @Test(
        "pauses double up to the longest and are half random",
        arguments: [(1, 0.0, 100), (1, 1.0, 200), (2, 0.0, 200), (2, 0.5, 300), (3, 1.0, 500), (3, 7.0, 500), (3, -1.0, 250)])
    func backoff(attempt: Int, jitter: Double, expected: Int) {
        let pause = policy.pause(afterAttempt: attempt, retryAfterSeconds: nil, remainingMilliseconds: 10_000, jitter: jitter)
        #expect(pause == expected)
    }

    @Test("gives up after the last attempt")
    func attempts() {
        #expect(policy.pause(afterAttempt: 4, retryAfterSeconds: nil, remainingMilliseconds: 10_000, jitter: 0) == nil)
        #expect(RetryPolicy.none.pause(afterAttempt: 1, retryAfterSeconds: nil, remainingMilliseconds: 10_000, jitter: 0) == nil)
        #expect(RetryPolicy(attempts: -3).attempts == 1)
    }

    @Test("waits as long as the host asks, and gives up rather than outlast the total limit")
    func retryAfter() {
        #expect(policy.pause(afterAttempt: 1, retryAfterSeconds: 2, remainingMilliseconds: 2001, jitter: 0) == 2000)
        #expect(policy.pause(afterAttempt: 1, retryAfterSeconds: 2, remainingMilliseconds: 2000, jitter: 0) == nil)
        #expect(policy.pause(afterAttempt: 1, retryAfterSeconds: 0, remainingMilliseconds: 2000, jitter: 0) == 100)
        #expect(policy.pause(afterAttempt: 1, retryAfterSeconds: nil, remainingMilliseconds: 100, jitter: 0) == nil)
    }

    @Test("a great number of attempts does not overflow the pause")
    func manyAttempts() {
        let patient = RetryPolicy(attempts: 1000)
        #expect(patient.pause(afterAttempt: 900, retryAfterSeconds: nil, remainingMilliseconds: 100_000, jitter: 1) == 8000)
    }

    @Test("repeats what had no effect, and nothing else")
    func repeats() {
        #expect([200, 400, 401, 404, 408, 429, 500, 501, 502, 503, 504].filter(policy.repeats(status:)) == [429, 500, 502, 503, 504])
        let errors: [OutboundError] = [
            .connect(""), .timeout(.connect), .timeout(.firstByte), .timeout(.idle), .timeout(.total), .tooLarge, .broken(""),
            .cancelled, .breakerOpen(retryAfterSeconds: 1),
        ]
        #expect(errors.filter { policy.repeats($0) } == [.connect(""), .timeout(.connect)])
    }
}

@Suite("Retry-After")
struct RetryAfterTests {
    @Test(
        "is read as seconds or as a date, and passed over when it is neither",
        arguments: [
            ("120", 120), (" 0 ", 0), ("99999999999999999999999", 86_400), ("86401", 86_400),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 37), ("Sun, 06 Nov 1994 08:00:00 GMT", 0), ("Wed, 06 Dec 1995 08:49:37 GMT", 86_400),
            ("-5", nil), ("1.5", nil), ("soon", nil), ("", nil), ("   ", nil), (nil, nil), ("Sun, 06 Foo 1994 08:49:37 GMT", nil),
            ("Sun, 06 Nov 1994 08:49:37 CET", nil), ("Sun, 99 Nov 1994 08:49:37 GMT", nil), ("Sun, 6 Nov 1994 08:49:37 GMT", nil),
            ("1 2", nil),
        ] as [(String?, Int?)])
    func reads(header: String?, expected: Int?) throws {
        let now = try #require(Timestamp(iso: "1994-11-06T08:49:00Z"))
        #expect(RetryAfter.seconds(header, now: now) == expected)
    }

    @Test("a date rounds up to whole seconds")
    func roundsUp() throws {
        let now = try #require(Timestamp(iso: "1994-11-06T08:49:36.4Z"))
        #expect(RetryAfter.seconds("Sun, 06 Nov 1994 08:49:37 GMT", now: now) == 1)
    }
}
