/// When to ping a client and when to take it for dead. Times are milliseconds of any clock that does not jump.
struct SocketHeartbeat: Equatable {
    enum Action: Equatable {
        case ping, dead, none
    }

    private let interval: Int64
    private let patience: Int64
    private var heardAt: Int64
    private var pingedAt: Int64

    init(_ limits: SocketLimits, now: Int64) {
        interval = limits.ping
        patience = limits.dead
        heardAt = now
        pingedAt = now
    }

    /// The client sent something, or could not be listened to.
    mutating func heard(at now: Int64) { heardAt = now }

    /// What is due.
    mutating func look(at now: Int64) -> Action {
        if now - heardAt >= patience { return .dead }
        guard now - pingedAt >= interval else { return .none }
        pingedAt = now
        return .ping
    }

    /// When to look again.
    var next: Int64 { min(pingedAt + interval, heardAt + patience) }
}
