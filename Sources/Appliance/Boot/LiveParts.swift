import Platform

/// What open sockets hang on: where they hear of commits, where they are counted and closed, and what opens them.
struct LiveParts: Sendable {
    let bus = Bus()
    let sockets: SocketRegistry
    let tickets: SocketTickets

    init(_ quotas: SocketRegistry.Quotas, clock: any PlatformClock, random: any RandomSource) {
        sockets = SocketRegistry(quotas)
        tickets = SocketTickets(clock: clock, random: random)
    }
}
