import NIOCore
import NIOSSL

/// Stands at the socket until the first bytes show that TLS may begin, then puts TLS in its place.
///
/// Before that nothing of TLS is allocated: a scanner that connects and says nothing costs a small object and a timer.
/// `TLSHandshakeHandler`, behind it, keeps the time and the count.
final class TLSDoorHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case waiting(ByteBuffer?)
        /// Passed on to TLS, or told no: then what it still sends is dropped until it goes or the time is up.
        case over
    }

    private let contexts: TLSContextStore
    private let handshake: TLSHandshakeHandler
    private var state = State.waiting(nil)

    init(contexts: TLSContextStore, handshake: TLSHandshakeHandler) {
        self.contexts = contexts
        self.handshake = handshake
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .waiting(let earlier) = state else { return }
        let piece = unwrapInboundIn(data)
        var bytes = earlier ?? piece
        if earlier != nil { bytes.writeImmutableBuffer(piece) }
        switch ClientHello.judge(bytes.readableBytesView, serving: TLSContextStore.applicationProtocol) {
        case .undecided: state = .waiting(bytes)
        case .proceed: begin(context, bytes)
        case .plainHTTP: refuse(context, Self.plainAnswer, as: .plaintext)
        case .foreignProtocol: refuse(context, Self.alert, as: .applicationProtocol)
        }
    }

    private func begin(_ context: ChannelHandlerContext, _ bytes: ByteBuffer) {
        state = .over
        let tls = NIOSSLServerHandler(context: contexts.context)
        do {
            try context.pipeline.syncOperations.addHandler(tls, position: .after(self))
        } catch {
            return context.close(promise: nil)
        }
        context.fireChannelRead(wrapInboundOut(bytes))
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func refuse(_ context: ChannelHandlerContext, _ answer: [UInt8], as failure: TLSHandshakeFailure) {
        state = .over
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: answer)), promise: nil)
        context.close(mode: .output, promise: nil)
        handshake.refused(failure)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent || event as? ChannelEvent == .inputClosed {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// A fatal alert, `no_application_protocol` (RFC 7301, 3.2), in a record of its own. Nothing has been agreed
    /// on yet, so it goes in the clear.
    private static let alert: [UInt8] = [21, 3, 3, 0, 2, 2, 120]

    /// To a browser or a client library that was given `http` where `https` belongs.
    private static let plainAnswer: [UInt8] = {
        let body = #"{"detail":"This port speaks HTTPS; the request came as plain HTTP."}"#
        let head = "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
        return Array((head + "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n" + body).utf8)
    }()
}
