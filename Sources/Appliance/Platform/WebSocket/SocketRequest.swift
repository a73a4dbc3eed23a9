/// The request that wants to become a WebSocket, checked, and with its caller known.
package struct SocketRequest: Sendable {
    package let request: HTTPRequest

    package var caller: Caller? { request.caller }

    /// The caller, or the refusal that says there is none.
    package func requireCaller() throws -> Caller { try request.requireCaller() }

    /// The decoded text of one of the pattern's `{name}` segments.
    package func parameter(_ name: String) -> String { request.parameters[name] ?? "" }
}

extension Route {
    /// Decides on one socket: gives the session that it is to have, or throws the refusal, which is answered as plain HTTP.
    /// It must hold on to nothing that only `closed` lets go: a client may vanish before its socket is open.
    package typealias SocketHandler = @Sendable (SocketRequest) async throws -> any SocketSession
}
