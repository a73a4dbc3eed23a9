import Testing

@testable import Platform

@Suite("Circuit breaker")
struct CircuitBreakerTests {
    private let settings = CircuitBreaker.Settings(failuresToOpen: 2, openSeconds: 60, successesToClose: 2)
    private let start = Timestamp(microseconds: 1_000_000_000)

    private func at(_ seconds: Int) -> Timestamp { start.adding(seconds: seconds) }

    /// A breaker that opened at second 0, and the ticket of a request from before that.
    private func opened() -> CircuitBreaker {
        var breaker = CircuitBreaker(settings)
        for _ in 0..<2 { breaker.record(.failure, ticket: 0, at: start) }
        return breaker
    }

    @Test("opens after so many failures in a row, and says how long it stays open")
    func opens() {
        var breaker = CircuitBreaker(settings)
        #expect(breaker.admit(at: start) == .admitted(ticket: 0))
        breaker.record(.failure, ticket: 0, at: start)
        breaker.record(.unknown, ticket: 0, at: start)
        #expect(breaker.state == .closed(failuresInRow: 1))
        breaker.record(.success, ticket: 0, at: start)
        breaker.record(.failure, ticket: 0, at: start)
        #expect(breaker.state == .closed(failuresInRow: 1))
        breaker.record(.failure, ticket: 0, at: start)
        #expect(breaker.state == .open(since: start))
        #expect(breaker.admit(at: start) == .refused(retryAfterSeconds: 60))
        #expect(breaker.admit(at: Timestamp(microseconds: start.microseconds + 59_000_001)) == .refused(retryAfterSeconds: 1))
    }

    @Test("admits one probe at a time after the pause, and closes after enough good ones")
    func closes() {
        var breaker = opened()
        #expect(breaker.admit(at: at(60)) == .admitted(ticket: 2))
        #expect(breaker.admit(at: at(60)) == .refused(retryAfterSeconds: 1))
        breaker.record(.success, ticket: 2, at: at(61))
        #expect(breaker.state == .halfOpen(successes: 1, probing: false))
        #expect(breaker.admit(at: at(61)) == .admitted(ticket: 2))
        breaker.record(.success, ticket: 2, at: at(62))
        #expect(breaker.state == .closed(failuresInRow: 0))
    }

    @Test("opens again when a probe fails, for the whole time")
    func probeFails() {
        var breaker = opened()
        _ = breaker.admit(at: at(60))
        breaker.record(.failure, ticket: 2, at: at(70))
        #expect(breaker.admit(at: at(129)) == .refused(retryAfterSeconds: 1))
        #expect(breaker.admit(at: at(130)) == .admitted(ticket: 4))
    }

    @Test("lets another probe through when one ended without a result")
    func probeUnknown() {
        var breaker = opened()
        _ = breaker.admit(at: at(60))
        breaker.record(.unknown, ticket: 2, at: at(60))
        #expect(breaker.state == .halfOpen(successes: 0, probing: false))
        #expect(breaker.admit(at: at(60)) == .admitted(ticket: 2))
    }

    @Test("ignores the outcome of a request from before the trouble")
    func lateOutcome() {
        var breaker = opened()
        breaker.record(.success, ticket: 0, at: at(1))
        breaker.record(.failure, ticket: 1, at: at(1))
        #expect(breaker.state == .open(since: start))
        _ = breaker.admit(at: at(60))
        breaker.record(.success, ticket: 0, at: at(61))
        #expect(breaker.state == .halfOpen(successes: 0, probing: true))
    }

    @Test("does not stay open because the clock was set back")
    func clockSetBack() {
        var breaker = opened()
        #expect(breaker.admit(at: at(-1)) == .admitted(ticket: 2))
    }

    @Test("keeps its settings sane")
    func saneSettings() {
        #expect(
            CircuitBreaker.Settings(failuresToOpen: 0, openSeconds: 0, successesToClose: -1)
                == CircuitBreaker.Settings(failuresToOpen: 1, openSeconds: 1, successesToClose: 1))
    }

    @Test(
        "tells a dead host from a living one",
        arguments: [
            (200, nil, CircuitBreaker.Outcome.success), (404, nil, .success), (429, nil, .success), (500, nil, .failure),
            (503, .cancelled, .failure), (nil, .connect(""), .failure), (nil, .timeout(.firstByte), .failure),
            (200, .timeout(.idle), .failure), (200, .broken(""), .failure), (200, .tooLarge, .success),
            (200, .cancelled, .success), (nil, .cancelled, .unknown), (nil, .breakerOpen(retryAfterSeconds: 1), .unknown),
        ] as [(Int?, OutboundError?, CircuitBreaker.Outcome)])
    func outcome(status: Int?, error: OutboundError?, expected: CircuitBreaker.Outcome) {
        #expect(CircuitBreaker.Outcome(status: status, error: error) == expected)
    }
}

@Suite("Breaker board")
struct BreakerBoardTests {
    private let settings = CircuitBreaker.Settings(failuresToOpen: 1, openSeconds: 10, successesToClose: 1)
    private let now = Timestamp(microseconds: 0)

    @Test("keeps hosts apart and forgets the healthy ones")
    func hosts() throws {
        let board = BreakerBoard()
        #expect(try board.admit("a:80", settings, at: now) == 0)
        board.record(.failure, of: "a:80", settings, ticket: 0, at: now)
        #expect(throws: OutboundError.breakerOpen(retryAfterSeconds: 10)) { try board.admit("a:80", settings, at: now) }
        #expect(try board.admit("b:80", settings, at: now) == 0)
        let ticket = try board.admit("a:80", settings, at: now.adding(seconds: 10))
        board.record(.success, of: "a:80", settings, ticket: ticket, at: now)
        #expect(board.state(of: "a:80") == .closed(failuresInRow: 0))
        #expect(try board.admit("a:80", settings, at: now) == 0)
    }

    @Test("follows settings that have changed since the breaker opened")
    func changedSettings() throws {
        let board = BreakerBoard()
        board.record(.failure, of: "a:80", settings, ticket: 0, at: now)
        let shorter = CircuitBreaker.Settings(failuresToOpen: 1, openSeconds: 3, successesToClose: 1)
        #expect(throws: OutboundError.breakerOpen(retryAfterSeconds: 3)) { try board.admit("a:80", shorter, at: now) }
    }

    @Test("never holds more hosts than its capacity")
    func capacity() {
        let board = BreakerBoard(capacity: 2)
        let hosts = ["a:1", "b:1", "c:1", "c:1"]
        for host in hosts { board.record(.failure, of: host, settings, ticket: 0, at: now) }
        #expect(board.state(of: "c:1") == .open(since: now))
        #expect(Set(hosts).filter { board.state(of: $0) == .open(since: now) }.count == 2)
    }
}
