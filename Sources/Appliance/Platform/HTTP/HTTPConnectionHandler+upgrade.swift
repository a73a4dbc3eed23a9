import NIOCore
import NIOHTTP1
import NIOWebSocket

/// From a request to a WebSocket: the handlers of HTTP make way for those of the socket.
///
/// The order matters. The parser goes first, which gives back what it has not read; then the wire handler, which takes
/// nothing but responses; then the pipeline handler, which passes on what it has kept back, and may so make the socket
/// write; and this one last.
extension HTTPConnectionHandler {
    func become(_ upgrade: SocketUpgrade, _ outcome: HTTPOutcome, _ context: ChannelHandlerContext) {
        state = .upgrading(nil)
        deadline?.enter(.closed)
        wire.writePastPipeline(Self.head(outcome.answer.status, closes: false), bytes(of: outcome, isHead: true, context))
        let here = NIOLoopBound(self, eventLoop: context.eventLoop)
        do {
            let operations = context.pipeline.syncOperations
            let parser = try operations.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
            operations.removeHandler(context: parser).whenComplete { _ in here.value.makeWay(for: upgrade) }
        } catch {
            close(context)
        }
    }

    private func makeWay(for upgrade: SocketUpgrade) {
        guard let context, case .upgrading(let leftover) = state else { return }
        let operations = context.pipeline.syncOperations
        do {
            let requests = try operations.context(handlerType: HTTPServerPipelineHandler.self)
            let frames = ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: upgrade.limits.message))
            let socket = WebSocketHandler(upgrade, executor: executor, eventLoop: context.eventLoop)
            try operations.addHandlers([frames, socket], position: .after(self))
            operations.removeHandler(wire, promise: nil)
            operations.removeHandler(context: requests, promise: nil)
            if let leftover { context.fireChannelRead(wrapInboundOut(leftover)) }
            operations.removeHandler(context: context, promise: nil)
        } catch {
            close(context)
        }
    }
}
