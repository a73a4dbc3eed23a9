import NIOCore
import NIOSSL
import NIOTLS

/// Watches one handshake: sets it a limit of time, counts how it ends, and opens the way to HTTP when it succeeds.
///
/// A failure is one count and one line at `debug`: whoever can reach the port can make as many as they like, so
/// it must not fill the log. In every case the connection is closed, and its place in the registry is free again.
final class TLSHandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let counters: TLSCounters
    private let limits: HTTPLimits
    private let log: Log
    private let makeHandlers: () -> [any ChannelHandler]
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var isOver = false

    /// `makeHandlers` gives what speaks over the connection once it is secure.
    init(counters: TLSCounters, limits: HTTPLimits, log: Log, makeHandlers: @escaping () -> [any ChannelHandler]) {
        self.counters = counters
        self.limits = limits
        self.log = log
        self.makeHandlers = makeHandlers
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        timer = after(limits.handshakeTime, context) { handler in
            handler.fail(.timeout)
            handler.context?.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stop()
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.closed)
        stop()
        context.fireChannelInactive()
    }

    private func stop() {
        timer?.cancel()
        timer = nil
        context = nil
    }

    private func after(
        _ milliseconds: Int64, _ context: ChannelHandlerContext, _ action: @escaping (TLSHandshakeHandler) -> Void
    ) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) { [weak self] in self.map(action) }
    }

    /// The client has been told why; it gets a moment to read that before the connection is closed.
    func refused(_ failure: TLSHandshakeFailure) {
        fail(failure)
        timer?.cancel()
        guard let context else { return }
        timer = after(limits.linger, context) { $0.context?.close(promise: nil) }
    }

    private func fail(_ failure: TLSHandshakeFailure) {
        guard !isOver else { return }
        isOver = true
        counters.failed(failure)
        log.debug(
            "A TLS handshake failed.",
            ["reason": .string(failure.rawValue), "client": .string(context?.remoteAddress?.ipAddress ?? "-")])
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent where !isOver:
            fail(.closed)
            context.close(promise: nil)
        case TLSUserEvent.handshakeCompleted:
            guard !isOver else { return context.close(promise: nil) }
            isOver = true
            let operations = context.pipeline.syncOperations
            counters.succeeded(isVersion13: (try? operations.nioSSL_tlsVersion()) == .tlsv13)
            do {
                try operations.addHandlers(makeHandlers(), position: .after(self))
                operations.removeHandler(context: context, promise: nil)
            } catch {
                context.close(promise: nil)
            }
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// NIOSSL has sent its alert already and closes by itself; to close again does no harm.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(Self.failure(of: error))
        context.close(promise: nil)
    }

    /// NIOSSL tells BoringSSL's reasons as text only; these are the names that BoringSSL gives them.
    static func failure(of error: any Error) -> TLSHandshakeFailure {
        guard case NIOSSLError.handshakeFailed(.sslError(let stack)) = error else { return .closed }
        if stack == [.eofDuringHandshake] { return .closed }
        let text = stack.map(\.description).joined(separator: " ")
        // WRONG_VERSION_NUMBER is not about versions: so BoringSSL calls bytes that are no record of TLS.
        if text.contains("UNSUPPORTED_PROTOCOL") { return .version }
        if ["NO_SHARED", "NO_COMMON_SIGNATURE", "WRONG_CURVE"].contains(where: { text.contains($0) }) { return .parameters }
        if text.contains("SSLV3_ALERT_") || text.contains("TLSV1_ALERT_") { return .refusedByClient }
        return .malformed
    }
}
