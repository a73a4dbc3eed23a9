import NIOCore
import NIOHTTP1

/// The end of the pipeline that faces the socket: it puts responses on the wire and sees every byte come in.
///
/// A response comes as a head, whose headers hold `Connection` and nothing else, and one body part that is the rest
/// of the message already: header lines, empty line, body. So the pipeline handler in between can still mark
/// the last response of a connection, and a response is two writes and one flush.
final class HTTPWireHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = ByteBuffer

    /// Called for every read, before the parser has it.
    var bytesArrived: () -> Void = {}
    /// Called when the server stops. The handler behind this one keeps that to itself while a request is being answered.
    var serverStops: () -> Void = {}
    private var isLingering = false
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isLingering else { return }
        bytesArrived()
        context.fireChannelRead(data)
    }

    /// While a refused client is waited for, reads go on though the handlers behind want none.
    func channelReadComplete(context: ChannelHandlerContext) {
        if isLingering {
            context.read()
        } else {
            context.fireChannelReadComplete()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { serverStops() }
        if isLingering, event as? ChannelEvent == .inputClosed {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            context.write(wrapOutboundOut(Self.firstLines(of: head, in: context.channel.allocator)), promise: promise)
        case .body(.byteBuffer(let rest)):
            context.write(wrapOutboundOut(rest), promise: promise)
        case .body(.fileRegion):
            promise?.fail(ChannelError.operationUnsupported)
        case .end:
            // Nothing is left to write, but whoever waits for the end waits until all before it is written.
            if let promise { context.write(wrapOutboundOut(context.channel.allocator.buffer(capacity: 0)), promise: promise) }
        }
    }

    /// Sends a whole response that no request in the pipeline is waiting for.
    func writePastPipeline(_ head: HTTPResponseHead, _ rest: ByteBuffer) {
        guard let context else { return }
        context.write(wrapOutboundOut(Self.firstLines(of: head, in: context.channel.allocator)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(rest), promise: nil)
    }

    /// Says that no more will be sent and lets the client finish; whoever calls sets the time limit.
    func linger() {
        guard let context, !isLingering else { return }
        isLingering = true
        context.close(mode: .output, promise: nil)
        context.read()
    }

    private static func firstLines(of head: HTTPResponseHead, in allocator: ByteBufferAllocator) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: 64)
        if head.status == .ok {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            buffer.writeString("HTTP/1.1 \(head.status.code) \(head.status.reasonPhrase)\r\n")
        }
        if head.status == .continue { buffer.writeStaticString("\r\n") }
        if !head.headers.isEmpty { buffer.writeStaticString("Connection: close\r\n") }
        return buffer
    }
}
