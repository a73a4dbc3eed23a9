import NIOCore
import NIOWebSocket

/// Speaks WebSocket over one connection, once the handshake is answered.
final class WebSocketHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// Writes what has been sent since the last time.
    func drain() {}
}
