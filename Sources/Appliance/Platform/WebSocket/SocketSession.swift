/// What a feature does with one open WebSocket.
///
/// `opened` comes first, then a call for each message, one at a time and in order, and `closed` last, exactly once. While
/// one of them runs, nothing more is read from the socket, so a slow one slows its client down and fills no memory.
package protocol SocketSession: Sendable {
    /// The handshake is done, and the socket can be written to.
    func opened(_ socket: WebSocketConnection) async

    func received(_ text: String, _ socket: WebSocketConnection) async

    /// A binary message. By default the socket is closed with 1003, for most features have none.
    func received(binary: [UInt8], _ socket: WebSocketConnection) async

    /// The socket is gone: with the code that the client sent or got, 1006 when there was no goodbye.
    func closed(_ code: UInt16) async
}

extension SocketSession {
    package func received(binary: [UInt8], _ socket: WebSocketConnection) async {
        socket.close(code: SocketCloseCode.unsupportedData, reason: "text messages only")
    }
}
