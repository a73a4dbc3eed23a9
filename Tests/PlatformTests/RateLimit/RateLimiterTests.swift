import Testing

@testable import Platform

@Suite struct RateLimiterTests {
    private let clock = ManualClock()

    @Test("Classes, accounts and addresses have buckets of their own")
    func separate() throws {
        let limiter = RateLimiter(RateLimiter.Limits(authentication: 1, reading: 1, writing: 1, assistant: 1, message: 1), clock: clock)
        let clients: [RateLimiter.Client] = [
            .account(1), .account(2), .address(try #require(IPAddress("192.0.2.1"))), .address(try #require(IPAddress("192.0.2.2"))),
            .address(try #require(IPAddress("2001:db8:0:1::1"))), .address(try #require(IPAddress("2001:db8:0:2::1"))), .unknown,
        ]
        for rateClass in RateClass.allCases {
            for client in clients { #expect(limiter.judge(rateClass, client)?.decision.isAdmitted == true) }
            for client in clients { #expect(limiter.judge(rateClass, client)?.decision.isAdmitted == false) }
            #expect(limiter.refused(rateClass) == Int64(clients.count))
        }
    }

    @Test("Addresses of one IPv6 network of 64 bits share a bucket")
    func network() throws {
        let limiter = RateLimiter(RateLimiter.Limits(reading: 2), clock: clock)
        let admitted = try ["2001:db8::1", "2001:db8::ffff:1", "2001:db8::2"].map { text in
            limiter.judge(.reading, .address(try #require(IPAddress(text))))?.decision.isAdmitted
        }
        #expect(admitted == [true, true, false])
    }

    @Test("New limits hold at once, and switched off nothing is judged")
    func replace() {
        let limiter = RateLimiter(RateLimiter.Limits(writing: 1), clock: clock)
        #expect(limiter.judge(.writing, .account(7))?.decision.isAdmitted == true)
        #expect(limiter.judge(.writing, .account(7))?.decision.isAdmitted == false)
        limiter.replace(RateLimiter.Limits(writing: 60))
        #expect(limiter.judge(.writing, .account(8))?.limit == 60)
        limiter.replace(RateLimiter.Limits(isEnabled: false))
        #expect(limiter.judge(.writing, .account(7)) == nil)
    }

    @Test("The time to wait is told in whole seconds, at least one", arguments: [(0, 1), (1, 1), (1_000_000, 1), (1_000_001, 2)])
    func words(microseconds: Int64, seconds: Int) {
        let error = Throttled(microseconds: microseconds)
        #expect(error.seconds == seconds && error.status == 429)
        #expect(error.headers.map(\.value) == ["\(seconds)"])
    }
}
