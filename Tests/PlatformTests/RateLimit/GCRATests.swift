import Testing

@testable import Platform

@Suite struct GCRATests {
    private static let minute: Int64 = 60_000_000

    @Test("A full bucket admits its whole burst at once and not one more", arguments: [1, 2, 20, 30, 300, 1200, 1_000_000])
    func burst(limit: Int) {
        let rule = GCRA(burst: limit, period: 60)
        var fullAt: Int64 = 0
        let now: Int64 = 1_800_000_000_000_000
        for number in 1...limit {
            let decision = rule.admit(fullAt: &fullAt, now: now)
            #expect(decision.isAdmitted && decision.remaining == limit - number && decision.untilNext == 0)
        }
        let refused = rule.admit(fullAt: &fullAt, now: now)
        #expect(!refused.isAdmitted && refused.remaining == 0)
        #expect(refused.untilNext == Self.minute / Int64(limit))
        #expect(refused.untilFull <= Self.minute)
    }

    @Test("Room for one comes back with each interval, and a refused request costs nothing")
    func refill() {
        let rule = GCRA(burst: 20, period: 60)
        var fullAt: Int64 = 0
        var now: Int64 = 1_000_000_000
        for _ in 0..<20 { _ = rule.admit(fullAt: &fullAt, now: now) }
        for _ in 0..<100 {
            now += 2_999_999
            #expect(!rule.admit(fullAt: &fullAt, now: now).isAdmitted)
            now += 1
            #expect(rule.admit(fullAt: &fullAt, now: now).isAdmitted)
        }
        now += Self.minute
        let decision = rule.admit(fullAt: &fullAt, now: now)
        #expect(decision.isAdmitted && decision.remaining == 19 && decision.untilFull == 3_000_000)
    }

    @Test("Over any span a client gets its burst and what refilled, whatever it tries")
    func bound() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            let rule = GCRA(burst: Int.random(in: 1...50, using: &random), period: 60)
            var fullAt: Int64 = 0
            let start: Int64 = 1_000_000_000
            var now = start
            var admitted: Int64 = 0
            for _ in 0..<500 {
                now += Int64.random(in: 0...rule.interval, using: &random)
                if rule.admit(fullAt: &fullAt, now: now).isAdmitted { admitted += 1 }
                #expect(admitted <= Int64(rule.burst) + (now - start) / rule.interval)
            }
        }
    }

    @Test("A clock that is set back locks nobody out for longer than an empty bucket takes to fill")
    func clockSetBack() {
        let rule = GCRA(burst: 2, period: 60)
        var fullAt: Int64 = 0
        let now: Int64 = 7_200_000_000
        for _ in 0..<2 { _ = rule.admit(fullAt: &fullAt, now: now) }
        let back = now - 3_600_000_000
        #expect(!rule.admit(fullAt: &fullAt, now: back).isAdmitted)
        #expect(fullAt == back + Self.minute)
        #expect(rule.admit(fullAt: &fullAt, now: back + Self.minute / 2).isAdmitted)
    }
}
