/// How long a failed item waits.
package enum WorkBackoff {
    static let longestSeconds = 6 * 3600

    /// Attempt⁴ seconds, at most six hours: 1 s, 16 s, 81 s, 4 min, 10 min, 22 min …
    package static func standard(afterAttempt attempt: Int) -> Int {
        // Beyond 13 the limit holds anyway, and the power stays small.
        let attempt = min(max(1, attempt), 13)
        return min(attempt * attempt * attempt * attempt, longestSeconds)
    }

    /// `first` seconds, doubled after each attempt, at most six hours.
    package static func doubling(first: Int, afterAttempt attempt: Int) -> Int {
        min(first << min(max(0, attempt - 1), 20), longestSeconds)
    }

    /// The moment of the next attempt: the pause, spread by a tenth to both sides so that what failed together does
    /// not come back together; never before a `Retry-After` that was given.
    static func next(after now: Timestamp, pauseSeconds: Int, retryAfterSeconds: Int?, random: any RandomSource) -> Timestamp {
        let fraction = random.bytes(2).reduce(0) { $0 * 256 + Double($1) } / 65_535
        let spread = Double(pauseSeconds) * (0.9 + 0.2 * fraction)
        let asked = Double(min(retryAfterSeconds ?? 0, longestSeconds))
        return now.adding(microseconds: Int64(max(spread, asked) * 1_000_000))
    }
}
