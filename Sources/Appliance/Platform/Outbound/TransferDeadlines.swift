/// Which time limit of a transfer runs out next, and when.
///
/// A value without a clock; times are milliseconds of any steady clock.
///
///     connecting ── connected ──▶ waiting ── first byte ──▶ receiving ◀──▶ paused
///
/// The total limit runs through all of them, and alone while paused: then it
/// is the reader who is slow, not the sender.
struct TransferDeadlines: Sendable {
    private enum Phase {
        case connecting, waiting, receiving, paused
    }

    private let limits: OutboundLimits
    private let start: Int64
    private var phase = Phase.connecting
    private var since: Int64

    init(_ limits: OutboundLimits, at now: Int64) {
        self.limits = limits
        start = now
        since = now
    }

    var isConnecting: Bool { phase == .connecting }

    mutating func connected(at now: Int64) { enter(.waiting, now) }
    mutating func received(at now: Int64) { enter(.receiving, now) }
    mutating func paused(at now: Int64) { enter(.paused, now) }
    mutating func resumed(at now: Int64) { enter(.receiving, now) }

    /// The next deadline and the limit that it belongs to.
    var next: (limit: OutboundError.Limit, at: Int64) {
        let total = start + Int64(limits.total)
        let (limit, length): (OutboundError.Limit, Int)
        switch phase {
        case .connecting: (limit, length) = (.connect, limits.connect)
        case .waiting: (limit, length) = (.firstByte, limits.firstByte)
        case .receiving: (limit, length) = (.idle, limits.idle)
        case .paused: return (.total, total)
        }
        let own = since + Int64(length)
        return own < total ? (limit, own) : (.total, total)
    }

    func expired(at now: Int64) -> OutboundError.Limit? {
        let next = next
        return next.at <= now ? next.limit : nil
    }

    private mutating func enter(_ phase: Phase, _ now: Int64) {
        self.phase = phase
        since = now
    }
}
