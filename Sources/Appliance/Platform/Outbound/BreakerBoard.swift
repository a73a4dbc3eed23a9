import Synchronization

/// The circuit breakers of all hosts that are in trouble; where a host offers several services, of each of them.
///
/// A healthy host has no entry, so the board stays small although users may
/// name any number of hosts; when it is full, some entry is given up, which
/// errs on the side of asking that host again.
final class BreakerBoard: Sendable {
    private let breakers = Mutex<[String: CircuitBreaker]>([:])
    private let capacity: Int

    init(capacity: Int = 1024) { self.capacity = capacity }

    /// The ticket with which the outcome is to be recorded.
    func admit(_ host: String, _ settings: CircuitBreaker.Settings, at now: Timestamp) throws(OutboundError) -> Int {
        let admission = breakers.withLock { breakers in
            guard var breaker = breakers[host] else { return CircuitBreaker.Admission.admitted(ticket: 0) }
            breaker.settings = settings
            defer { breakers[host] = breaker }
            return breaker.admit(at: now)
        }
        switch admission {
        case .admitted(let ticket): return ticket
        case .refused(let seconds): throw .breakerOpen(retryAfterSeconds: seconds)
        }
    }

    func record(
        _ outcome: CircuitBreaker.Outcome, of host: String, _ settings: CircuitBreaker.Settings, ticket: Int, at now: Timestamp
    ) {
        breakers.withLock { breakers in
            var breaker = breakers[host] ?? CircuitBreaker(settings)
            breaker.record(outcome, ticket: ticket, at: now)
            guard breaker.state != .closed(failuresInRow: 0) else {
                breakers[host] = nil
                return
            }
            if breakers.count >= capacity, breakers[host] == nil, let given = breakers.keys.first {
                breakers[given] = nil
            }
            breakers[host] = breaker
        }
    }

    func state(of host: String) -> CircuitBreaker.State {
        breakers.withLock { $0[host]?.state ?? .closed(failuresInRow: 0) }
    }
}
