/// When a request that gave no useful response is sent again, and after what
/// pause.
///
/// Only what certainly or probably had no effect is repeated: a connection that
/// never came about, and the statuses by which a server says "not now". A
/// response that broke off is not, since the request may have been carried out.
/// Pauses double and are half random, so that many clients of one host that
/// fell together do not come back together.
package struct RetryPolicy: Sendable, Hashable {
    /// How often the request is sent in all; 1 means never again.
    package var attempts: Int
    package var baseMilliseconds: Int
    package var longestMilliseconds: Int

    package static let none = RetryPolicy(attempts: 1)

    package init(attempts: Int, baseMilliseconds: Int = 250, longestMilliseconds: Int = 8000) {
        self.attempts = max(1, attempts)
        self.baseMilliseconds = max(1, baseMilliseconds)
        self.longestMilliseconds = max(1, longestMilliseconds)
    }

    package func repeats(status: Int) -> Bool {
        switch status {
        case 429, 500, 502, 503, 504: true
        default: false
        }
    }

    package func repeats(_ error: OutboundError) -> Bool {
        switch error {
        case .connect, .timeout(.connect): true
        default: false
        }
    }

    /// The pause in milliseconds before the next attempt, or nil to give up:
    /// the attempts are used up, or the pause would outlast what is left of the
    /// total limit. A host's own `Retry-After` is never shortened.
    package func pause(afterAttempt attempt: Int, retryAfterSeconds: Int?, remainingMilliseconds: Int, jitter: Double) -> Int? {
        guard attempt < attempts else { return nil }
        let doubled = baseMilliseconds << min(attempt - 1, 16)
        let backoff = min(doubled, longestMilliseconds)
        let jittered = backoff / 2 + Int(Double(backoff) / 2 * min(max(jitter, 0), 1))
        let pause = max(jittered, (retryAfterSeconds ?? 0) * 1000)
        return pause < remainingMilliseconds ? pause : nil
    }
}
