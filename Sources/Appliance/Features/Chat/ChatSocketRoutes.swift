import Platform

/// `/ws/chat/{session_id}/`: a session's room, for its owner.
struct ChatSocketRoutes: Sendable {
    let database: Database
    let streams: ChatStreams
    let bus: Bus
    let limiter: RateLimiter
    let log: Log

    var routes: [Route] {
        [.socket("/ws/chat/{session_id}/", summary: "Talk in a session, and follow its answers.", handler: open)]
    }

    /// Nobody learns whether a session that is not theirs is there.
    @Sendable private func open(_ request: SocketRequest) async throws -> any SocketSession {
        let caller = try request.requireCaller()
        guard let id = Identifier(request.parameter("session_id")) else { throw HTTPError.notFound }
        guard try database.read({ try ChatStore.session(id, of: caller.owner, in: $0) }) != nil else { throw HTTPError.forbidden }
        return ChatSocket(session: id, caller: caller, database: database, streams: streams, bus: bus, limiter: limiter, log: log)
    }
}
