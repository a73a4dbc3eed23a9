import NIOCore
import NIOWebSocket

/// Speaks WebSocket over one connection, once the handshake is answered.
///
/// Frames come decoded and go out as bytes. While the session handles a message nothing is read, so that what waits is
/// what one read has brought. A socket on which nothing happens holds no task and no buffer, only a timer.
final class WebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case open
        /// The client said goodbye; ours follows as soon as what it sent before is handled.
        case answering(UInt16?)
        /// We said goodbye, and wait for the client's.
        case parting
        /// Nothing is said any more; the client may finish, and then the connection ends.
        case over
    }

    private let upgrade: SocketUpgrade
    private let executor: EventLoopExecutor
    private let eventLoop: any EventLoop
    private var state = State.open
    private var input: SocketInput
    private var heartbeat: SocketHeartbeat
    private let pings: GCRA
    private var pingsFullAt: Int64 = 0
    private var context: ChannelHandlerContext?
    private var connection: WebSocketConnection?
    private var timer: Scheduled<Void>?
    private var inbox: [SocketInput.Message] = []
    private var isBusy = false
    /// A read that was asked for while the session was busy. One is owed from the start.
    private var readIsHeld = true
    /// What the session will be told, or has been.
    private var endCode: UInt16?
    private var hasToldEnd = false

    private var counters: SocketCounters { upgrade.place.registry.counters }
    private static let piece = 65_536
    private var now: Int64 { Int64(eventLoop.now.uptimeNanoseconds / 1_000_000) }

    init(_ upgrade: SocketUpgrade, executor: EventLoopExecutor, eventLoop: any EventLoop) {
        self.upgrade = upgrade
        self.executor = executor
        self.eventLoop = eventLoop
        input = SocketInput(limits: upgrade.limits)
        heartbeat = SocketHeartbeat(upgrade.limits, now: Int64(eventLoop.now.uptimeNanoseconds / 1_000_000))
        pings = GCRA(burst: upgrade.limits.pingsPerMinute, period: 60)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let connection = WebSocketConnection(
            id: upgrade.place.id, caller: upgrade.place.caller, outboundLimit: upgrade.limits.outbound, handler: self, eventLoop: eventLoop)
        self.connection = connection
        counters.began()
        arm(upgrade.limits.ping)
        run { session, connection in await session.opened(connection) }
        if let code = upgrade.place.opened(connection) { connection.close(code: code) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { vanished() }

    func channelInactive(context: ChannelHandlerContext) {
        vanished()
        context.fireChannelInactive()
    }

    private func vanished() {
        leave(codeOfLoss)
        state = .over
        timer?.cancel()
        timer = nil
        connection?.detach()
        context = nil
        next()
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        heartbeat.heard(at: now)
        switch state {
        case .open, .parting: break
        case .answering, .over: return
        }
        switch input.receive(SocketInput.Frame(frame)) {
        case .message(let message): take(message)
        case .ping(let bytes): answer(ping: bytes)
        case .goodbye(let code): clientParts(code)
        case .failure(let code, let reason): fail(code, reason)
        case .pong, nil: break
        }
    }

    private func take(_ message: SocketInput.Message) {
        guard case .open = state else { return }
        counters.received.add(1, ordering: .relaxed)
        guard upgrade.admitsMessage() else { return part(SocketCloseCode.policy, "too many messages") }
        inbox.append(message)
        next()
    }

    private func answer(ping bytes: [UInt8]) {
        guard case .open = state else { return }
        let isAdmitted = pings.admit(fullAt: &pingsFullAt, now: now * 1_000).isAdmitted
        guard isAdmitted else { return part(SocketCloseCode.policy, "too many pings") }
        connection?.send(pong: bytes)
    }

    private func clientParts(_ code: UInt16?) {
        guard case .open = state else { return close() }
        state = .answering(code)
        arm(upgrade.limits.goodbye)
        next()
    }

    /// While the session is busy the client has to wait. Its silence does not count meanwhile.
    func read(context: ChannelHandlerContext) {
        if case .open = state, isBusy || !inbox.isEmpty {
            readIsHeld = true
        } else {
            context.read()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength: fail(SocketCloseCode.tooBig, "too long a frame")
        case is NIOWebSocketError: fail(SocketCloseCode.protocolError, "control frames are short and whole")
        // What comes after a broken frame means nothing.
        case is ByteToMessageDecoderError: break
        default: close()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            part(SocketCloseCode.goingAway, "the server is stopping")
        } else if event as? ChannelEvent == .inputClosed {
            close()
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: The session

    /// Runs one of the session's calls. There is never more than one.
    private func run(_ call: @escaping @Sendable (any SocketSession, WebSocketConnection) async -> Void) {
        guard let connection else { return }
        isBusy = true
        let here = NIOLoopBound(self, eventLoop: eventLoop)
        Task(executorPreference: executor) { [session = upgrade.session, eventLoop] in
            await call(session, connection)
            eventLoop.execute {
                here.value.isBusy = false
                here.value.next()
            }
        }
    }

    /// What is to be done when the session has nothing to do.
    private func next() {
        guard !isBusy else { return }
        if !inbox.isEmpty {
            let message = inbox.removeFirst()
            return run { session, connection in
                switch message {
                case .text(let bytes): await session.received(String(decoding: bytes, as: UTF8.self), connection)
                case .binary(let bytes): await session.received(binary: bytes, connection)
                }
            }
        }
        if case .answering(let code) = state { answer(goodbye: code) }
        if let endCode, !hasToldEnd {
            hasToldEnd = true
            return run { session, _ in await session.closed(endCode) }
        }
        resumeReading()
    }

    private func resumeReading() {
        guard readIsHeld else { return }
        readIsHeld = false
        context?.read()
    }

    // MARK: Writing

    /// Writes what has been sent since the last time.
    func drain() {
        guard let connection else { return }
        let messages = connection.takeOutbox()
        guard let context, !messages.isEmpty else { return }
        switch state {
        case .open, .answering: break
        case .parting, .over: return
        }
        let size = messages.reduce(0) { $0 + $1.size }
        var buffer = context.channel.allocator.buffer(capacity: size)
        for message in messages {
            if case .close(let code, let reason) = message {
                write(buffer, context, promise: nil)
                return part(code, reason)
            }
            if message.isMessage { counters.sent.add(1, ordering: .relaxed) }
            message.write(into: &buffer)
        }
        let taken = context.eventLoop.makePromise(of: Void.self)
        taken.futureResult.whenComplete { _ in connection.taken(size) }
        write(buffer, context, promise: taken)
    }

    /// In pieces, for what encrypts them keeps the memory that the longest one took.
    private func write(_ buffer: ByteBuffer, _ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        var rest = buffer
        while rest.readableBytes > Self.piece, let piece = rest.readSlice(length: Self.piece) {
            context.writeAndFlush(wrapOutboundOut(piece), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(rest), promise: promise)
    }

    // MARK: Goodbyes

    /// Says goodbye and waits for the client's.
    private func part(_ code: UInt16, _ reason: String) {
        drain()
        switch state {
        case .open: break
        case .answering: return answer(goodbye: code)
        case .parting, .over: return
        }
        state = .parting
        leave(code)
        say(goodbye: code, reason)
        arm(upgrade.limits.goodbye)
        end()
    }

    /// Says why nothing more is listened to, and lets the client read that before the connection ends.
    private func fail(_ code: UInt16, _ reason: String) {
        drain()
        switch state {
        case .open: break
        case .answering, .parting, .over: return close()
        }
        state = .over
        leave(code)
        say(goodbye: code, reason)
        context?.close(mode: .output, promise: nil)
        arm(upgrade.limits.goodbye)
        end()
    }

    private func answer(goodbye code: UInt16?) {
        drain()
        // What was to be sent may have ended with our own goodbye.
        guard case .answering = state else { return }
        state = .over
        leave(code ?? SocketCloseCode.noCode)
        let said = eventLoop.makePromise(of: Void.self)
        let here = NIOLoopBound(self, eventLoop: eventLoop)
        said.futureResult.whenComplete { _ in here.value.close() }
        say(goodbye: code, "", promise: said)
        end()
    }

    private func say(goodbye code: UInt16?, _ reason: String, promise: EventLoopPromise<Void>? = nil) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        var frame = context.channel.allocator.buffer(capacity: 16)
        SocketOutput.write(goodbye: code, reason, into: &frame)
        context.writeAndFlush(wrapOutboundOut(frame), promise: promise)
    }

    /// Nothing is said or heard any more, but the session may still be told what came before.
    private func close() {
        leave(codeOfLoss)
        state = .over
        context?.close(promise: nil)
        next()
    }

    /// What the end is called if it comes now: a client that said goodbye has gone with its own word.
    private var codeOfLoss: UInt16 {
        if case .answering(let code) = state { code ?? SocketCloseCode.noCode } else { SocketCloseCode.abnormal }
    }

    /// After our own goodbye: what the client has sent before and nobody has handled yet is dropped.
    private func end() {
        inbox = []
        resumeReading()
        next()
    }

    /// The socket counts as closed from here on, with the first code that was given.
    private func leave(_ code: UInt16) {
        connection?.seal()
        guard endCode == nil else { return }
        endCode = code
        counters.ended(code)
        upgrade.place.release()
    }

    // MARK: Time

    private func arm(_ milliseconds: Int64) {
        timer?.cancel()
        guard context != nil else { return }
        timer = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(max(1, milliseconds))) { [weak self] in self?.timeIsUp() }
    }

    private func timeIsUp() {
        switch state {
        case .open: beat()
        case .answering(let code):
            answer(goodbye: code)
            arm(upgrade.limits.goodbye)
        case .parting, .over: cut()
        }
    }

    private func beat() {
        let now = self.now
        if isBusy || !inbox.isEmpty { heartbeat.heard(at: now) }
        switch heartbeat.look(at: now) {
        case .ping: connection?.sendPing()
        case .dead: return cut()
        case .none: break
        }
        arm(heartbeat.next - now)
    }

    private func cut() {
        guard let context else { return }
        context.triggerUserOutboundEvent(ConnectionCut(), promise: nil)
        close()
    }
}

extension SocketInput.Frame {
    init(_ frame: WebSocketFrame) {
        self.init(
            isFinal: frame.fin, hasReservedBits: frame.rsv1 || frame.rsv2 || frame.rsv3, opcode: UInt8(webSocketOpcode: frame.opcode),
            isMasked: frame.maskKey != nil, payload: Array(buffer: frame.unmaskedData)[...])
    }
}
