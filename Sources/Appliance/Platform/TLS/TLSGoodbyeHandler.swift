import NIOCore
import NIOSSL

/// Stands behind TLS and closes the socket as soon as there is nothing left to wait for.
///
/// To close, TLS says goodbye (`close_notify`) and waits for the client to do so, because a socket that closes with
/// unread bytes in it destroys the last answer on its way. NIOSSL, where half-closed connections are allowed as they
/// are here, waits its whole `shutdownTimeout` whatever the client does. So each closed connection would keep its
/// place for two seconds: the clients that answer the goodbye, and the many that go without a word (browsers do).
/// Once we have closed and the client has ended its side, in either way, the connection is over.
final class TLSGoodbyeHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private var isClosing = false
    private var inputHasEnded = false

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        context.close(mode: mode, promise: promise)
        if mode == .all { isClosing = true }
        if isClosing, inputHasEnded { cut(context) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        guard event as? ChannelEvent == .inputClosed else { return }
        inputHasEnded = true
        if isClosing { cut(context) }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is ConnectionCut else { return context.triggerUserOutboundEvent(event, promise: promise) }
        cut(context)
        promise?.succeed(())
    }

    /// A close that starts from the place of TLS goes past it, straight to the socket.
    private func cut(_ context: ChannelHandlerContext) {
        try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self).close(promise: nil)
    }
}
