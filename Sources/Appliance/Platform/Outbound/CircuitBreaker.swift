/// Leaves a failing host alone for a while, then tries it with one request.
///
///     closed ── so many failures in a row ──▶ open ── time passed ──▶ half-open
///        ▲                                     ▲                      │      │
///        └───────── so many good probes ───────┼──────────────────────┘      │
///                                              └──────── a bad probe ────────┘
///
/// A value with no clock of its own. Each admitted request gets a ticket, and
/// its outcome counts only if the breaker has not changed its state since: a
/// request from before the trouble must not be taken for the probe.
package struct CircuitBreaker: Sendable, Hashable {
    package struct Settings: Sendable, Hashable {
        package var failuresToOpen: Int
        package var openSeconds: Int
        package var successesToClose: Int

        package static let standard = Settings(failuresToOpen: 5, openSeconds: 60, successesToClose: 1)

        package init(failuresToOpen: Int, openSeconds: Int, successesToClose: Int) {
            self.failuresToOpen = max(1, failuresToOpen)
            self.openSeconds = min(max(1, openSeconds), 86_400)
            self.successesToClose = max(1, successesToClose)
        }
    }

    package enum State: Sendable, Hashable {
        case closed(failuresInRow: Int)
        case open(since: Timestamp)
        /// `probing`: one request is under way, and no other is admitted.
        case halfOpen(successes: Int, probing: Bool)
    }

    package enum Admission: Sendable, Hashable {
        case admitted(ticket: Int)
        case refused(retryAfterSeconds: Int)
    }

    package enum Outcome: Sendable, Hashable {
        case success, failure
        /// Nothing was learnt: the caller went away first.
        case unknown
    }

    package var settings: Settings
    package private(set) var state = State.closed(failuresInRow: 0)
    private var era = 0

    package init(_ settings: Settings = .standard) { self.settings = settings }

    package mutating func admit(at now: Timestamp) -> Admission {
        switch state {
        case .closed:
            return .admitted(ticket: era)
        case .open(let since):
            let left = since.microseconds + Int64(settings.openSeconds) * 1_000_000 - now.microseconds
            // A clock set back must not keep the host shut out longer than was meant.
            if left > 0, now >= since { return .refused(retryAfterSeconds: Int((left + 999_999) / 1_000_000)) }
            enter(.halfOpen(successes: 0, probing: true))
            return .admitted(ticket: era)
        case .halfOpen(_, probing: true):
            return .refused(retryAfterSeconds: 1)
        case .halfOpen(let successes, probing: false):
            state = .halfOpen(successes: successes, probing: true)
            return .admitted(ticket: era)
        }
    }

    package mutating func record(_ outcome: Outcome, ticket: Int, at now: Timestamp) {
        guard ticket == era else { return }
        switch (state, outcome) {
        case (.open, _), (.closed, .unknown):
            break
        case (.closed, .success):
            state = .closed(failuresInRow: 0)
        case (.closed(let failures), .failure):
            if failures + 1 < settings.failuresToOpen {
                state = .closed(failuresInRow: failures + 1)
            } else {
                enter(.open(since: now))
            }
        case (.halfOpen(let successes, _), .unknown):
            state = .halfOpen(successes: successes, probing: false)
        case (.halfOpen, .failure):
            enter(.open(since: now))
        case (.halfOpen(let successes, _), .success):
            if successes + 1 < settings.successesToClose {
                state = .halfOpen(successes: successes + 1, probing: false)
            } else {
                enter(.closed(failuresInRow: 0))
            }
        }
    }

    private mutating func enter(_ next: State) {
        state = next
        era += 1
    }
}

extension CircuitBreaker.Outcome {
    /// What the end of a transfer says about its host. A host that answers, even
    /// with a refusal (4xx, 429) or with too much, is alive.
    init(status: Int?, error: OutboundError?) {
        if let status, status >= 500 {
            self = .failure
            return
        }
        switch error {
        case nil, .tooLarge: self = .success
        case .cancelled: self = status == nil ? .unknown : .success
        case .connect, .timeout, .broken: self = .failure
        case .breakerOpen, .outOfReach: self = .unknown
        }
    }
}
