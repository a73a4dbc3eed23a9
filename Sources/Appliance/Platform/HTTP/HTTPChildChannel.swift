import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// What an accepted connection becomes: the pipeline of HTTP/1.1, behind TLS where the listener has a certificate, or
/// nothing when there are too many.
struct HTTPChildChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
    }

    let dispatcher: Dispatcher
    let limits: HTTPLimits
    let registry: ConnectionRegistry
    var tls: TLSContextStore?

    /// It always succeeds: a failed setup would end the server's accepting altogether. What cannot be served
    /// is closed as soon as it is active.
    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let isAdmitted = registry.admit(channel)
            do {
                try channel.pipeline.syncOperations.addHandlers(isAdmitted ? firstHandlers(on: channel.eventLoop) : [RefusingHandler()])
            } catch {
                channel.close(promise: nil)
            }
            return Value(channel: channel)
        }
    }

    private func firstHandlers(on eventLoop: any EventLoop) -> [any ChannelHandler] {
        guard let tls else { return handlers(overTLS: false, on: eventLoop) }
        let handshake = TLSHandshakeHandler(counters: tls.counters, limits: limits, log: dispatcher.log) {
            [TLSGoodbyeHandler()] + handlers(overTLS: true, on: eventLoop)
        }
        return [TLSDoorHandler(contexts: tls, handshake: handshake), handshake]
    }

    private func handlers(overTLS: Bool, on eventLoop: any EventLoop) -> [any ChannelHandler] {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = self.limits.headerField
        limits.maxHeaderListSize = self.limits.headerList
        limits.maxHeaderFieldCount = self.limits.headerCount
        let wire = HTTPWireHandler()
        return [
            wire,
            ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .fireError, limitConfiguration: limits)),
            HTTPServerPipelineHandler(),
            HTTPConnectionHandler(dispatcher: dispatcher, limits: self.limits, wire: wire, overTLS: overTLS, eventLoop: eventLoop),
        ]
    }

    /// Nothing is left to do: the pipeline serves the connection, and whoever stops the server waits for the channels. A task
    /// that waited here would cost more than an idle connection itself.
    func handle(value: Value, logger: Logger) async {}
}

/// Closes a connection that there is no room for.
private final class RefusingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
        context.close(promise: nil)
    }
}
