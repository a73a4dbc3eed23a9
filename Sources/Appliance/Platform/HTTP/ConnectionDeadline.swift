import NIOCore

/// What a connection is waiting for, which decides how long it may.
enum ConnectionPhase: Sendable {
    /// For a request's first byte.
    case idle
    /// For the rest of a request's header.
    case header
    /// For the next piece of a body.
    case body
    /// For the route. No limit here: what a route waits for has limits of its own.
    case responding
    /// For the client to take the response.
    case writing
    /// For a refused client to stop sending.
    case lingering
    case closed
}

/// The time limits of one connection.
///
/// Entering a phase only stores a deadline. One timer looks at it from time to time, a fraction of the shortest
/// limit, so that a busy connection does not schedule and cancel timers with every request; a limit is kept
/// within that fraction.
final class ConnectionDeadline {
    private(set) var phase = ConnectionPhase.idle
    private var deadline: NIODeadline
    private var bodyDeadline = NIODeadline.distantFuture
    private let limits: HTTPLimits
    private let tick: TimeAmount
    private let eventLoop: any EventLoop
    private var timer: Scheduled<Void>?
    private let expired: (ConnectionPhase) -> Void

    /// A new connection has less time for its first byte than one that has already made a request.
    init(limits: HTTPLimits, eventLoop: any EventLoop, expired: @escaping (ConnectionPhase) -> Void) {
        self.limits = limits
        self.eventLoop = eventLoop
        self.expired = expired
        let shortest = min(limits.firstByteTime, limits.headerTime, limits.bodyIdle, limits.idle, limits.writeTime, limits.linger)
        tick = .milliseconds(max(10, shortest / 4))
        deadline = .now() + .milliseconds(limits.firstByteTime)
        arm()
    }

    func enter(_ next: ConnectionPhase) {
        guard phase != .closed else { return }
        let isNewBody = next == .body && phase != .body
        phase = next
        let limit: Int64? =
            switch next {
            case .idle: limits.idle
            case .header: limits.headerTime
            case .body: limits.bodyIdle
            case .writing: limits.writeTime
            case .lingering: limits.linger
            case .responding, .closed: nil
            }
        guard let limit else {
            deadline = .distantFuture
            if next == .closed { timer?.cancel() }
            return
        }
        let now = NIODeadline.now()
        deadline = now + .milliseconds(limit)
        guard next == .body else { return }
        if isNewBody { bodyDeadline = now + .milliseconds(limits.bodyTime) }
        deadline = min(deadline, bodyDeadline)
    }

    /// Bytes came in: a connection that was idle has begun a request.
    func bytesArrived() {
        if phase == .idle { enter(.header) }
    }

    private func arm() {
        timer = eventLoop.assumeIsolated().scheduleTask(in: tick) { self.look() }
    }

    private func look() {
        guard phase != .closed else { return }
        if NIODeadline.now() >= deadline { expired(phase) }
        if phase != .closed { arm() }
    }
}
