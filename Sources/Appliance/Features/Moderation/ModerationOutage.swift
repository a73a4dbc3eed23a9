import Platform

/// Decides which failures of moderation are worth a line of the log.
///
/// A value without a clock. Every question fails while the provider is down, so
/// at most one line in half a minute tells it, with the number of failures that
/// it stands for; and one line tells that a reported outage is over.
struct ModerationOutage: Sendable {
    static let quietSeconds = 30

    private var reportedAt: Timestamp?
    private var unreported = 0
    /// The log's last word is a failure.
    private var isReported = false

    /// How many failures to report now, this one among them; nil to keep silent.
    mutating func failed(at now: Timestamp) -> Int? {
        unreported += 1
        // A clock set back must not silence the log for longer than was meant.
        if let reportedAt, now >= reportedAt, now < reportedAt.adding(seconds: Self.quietSeconds) { return nil }
        reportedAt = now
        isReported = true
        defer { unreported = 0 }
        return unreported
    }

    /// Whether to report that it works again.
    mutating func answered() -> Bool {
        defer { isReported = false }
        return isReported
    }
}
