/// What a connection becomes when its handshake is granted.
struct SocketUpgrade: Sendable {
    let session: any SocketSession
    let place: SocketPlace
    let limits: SocketLimits
    /// Counts one message; false when it is one too many.
    let admitsMessage: @Sendable () -> Bool
}
