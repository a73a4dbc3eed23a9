import NIOCore
import NIOHTTP1

/// One connection: reads a request to its end, has it answered, writes the answer, and begins again.
///
/// Requests come one at a time, for the pipeline handler before this one holds back the next until the answer is
/// out. A request is refused as early as can be: by its head, by its length before a byte of it is read, by its
/// bytes when they are too many, by the clock when they are too slow. A refused client is told, and then no
/// longer listened to.
final class HTTPConnectionHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    /// Of what it becomes: bytes that came behind the request for it.
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = HTTPServerResponsePart

    enum State {
        case idle
        case collecting(HTTPRequestHead, received: Timestamp, body: ByteBuffer?, limit: Int)
        case responding(isLast: Bool, isHead: Bool)
        case streaming(StreamingAnswer, isLast: Bool)
        /// The answer is on its way. Until the client has taken it nothing more is read, let alone answered.
        case writing(isLast: Bool)
        /// The connection becomes a WebSocket. What came behind the request is kept for it.
        case upgrading(ByteBuffer?)
        case closing
    }

    let dispatcher: Dispatcher
    private let limits: HTTPLimits
    private let overTLS: Bool
    let wire: HTTPWireHandler
    var state = State.idle
    private(set) var context: ChannelHandlerContext?
    let executor: EventLoopExecutor
    private(set) var deadline: ConnectionDeadline?
    private var peer: IPAddress?
    private var dateLine = HTTPDateLine()
    private(set) var inputIsClosed = false
    private(set) var isStopping = false
    /// Whether the client of this request reads chunks.
    private(set) var readsChunks = true

    init(dispatcher: Dispatcher, limits: HTTPLimits, wire: HTTPWireHandler, overTLS: Bool, eventLoop: any EventLoop) {
        self.dispatcher = dispatcher
        self.limits = limits
        self.wire = wire
        self.overTLS = overTLS
        executor = EventLoopExecutor(eventLoop)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        peer = (context.remoteAddress?.ipAddress).flatMap { IPAddress($0) }
        let deadline = ConnectionDeadline(limits: limits, eventLoop: context.eventLoop) { [weak self] in self?.expired($0) }
        self.deadline = deadline
        wire.bytesArrived = { deadline.bytesArrived() }
        wire.serverStops = { [weak self] in self?.serverStops() }
    }

    private func serverStops() {
        isStopping = true
        if case .streaming(let answer, _) = state { answer.serverStops() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stop()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    /// The timer and the wire handler hold on to this handler: they must let go.
    private func stop() {
        deadline?.enter(.closed)
        deadline = nil
        wire.bytesArrived = {}
        context = nil
        abandonStream()
        state = .closing
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head, context)
        case .body(let piece): collect(piece)
        case .end: complete(context)
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard case .idle = state else { return }
        let received = dispatcher.clock.now()
        if let problem = RequestHeadRules.problem(of: head, limits: limits) {
            return refuse(incoming(head, received: received), because: problem)
        }
        guard RequestHeadRules.hasBody(head) else {
            state = .collecting(head, received: received, body: nil, limit: 0)
            return
        }
        let isUpload = dispatcher.takesUpload(method: head.method.rawValue, target: head.uri)
        let limit = isUpload ? limits.upload : limits.body
        guard RequestHeadRules.contentLength(head) ?? 0 <= limit else {
            return refuse(incoming(head, received: received), because: HTTPError.bodyTooLarge)
        }
        state = .collecting(head, received: received, body: nil, limit: limit)
        deadline?.enter(.body)
        if RequestHeadRules.expectsContinue(head) {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
        }
    }

    private func collect(_ piece: ByteBuffer) {
        guard case .collecting(let head, let received, let body, let limit) = state else { return }
        state = .closing
        guard (body?.readableBytes ?? 0) + piece.readableBytes <= limit else {
            return refuse(incoming(head, received: received), because: HTTPError.bodyTooLarge)
        }
        var whole = body ?? piece
        if body != nil { whole.writeImmutableBuffer(piece) }
        state = .collecting(head, received: received, body: whole, limit: limit)
        deadline?.enter(.body)
    }

    private func complete(_ context: ChannelHandlerContext) {
        guard case .collecting(let head, let received, let body, _) = state else { return }
        state = .responding(isLast: RequestHeadRules.isLast(head), isHead: head.method == .HEAD)
        readsChunks = head.version.minor >= 1
        deadline?.enter(.responding)
        var request = incoming(head, received: received)
        if let body { request.body = Array(body.readableBytesView) }
        let dispatcher = dispatcher
        let eventLoop = context.eventLoop
        let here = NIOLoopBound(self, eventLoop: eventLoop)
        // On the connection's own thread: a hop to another one and back costs more than most handlers do.
        Task(executorPreference: executor) { [request] in
            let outcome = await dispatcher.respond(to: request)
            eventLoop.execute { here.value.answer(with: outcome) }
        }
    }

    private func incoming(_ head: HTTPRequestHead, received: Timestamp) -> IncomingRequest {
        var request = IncomingRequest(
            method: head.method.rawValue, target: head.uri, headers: HTTPHeaders(wire: head.headers), peer: peer, overTLS: overTLS,
            received: received)
        request.canSwitchProtocols = head.version.minor >= 1
        return request
    }

    /// NIOSSL encrypts into one buffer for each connection, and never makes it smaller: whole, an answer of 3 MB would keep
    /// 4 MB taken until the connection ends.
    private static let piece = 65_536

    private func answer(with outcome: HTTPOutcome) {
        guard let context, case .responding(let isLast, let isHead) = state else { return outcome.ended(0) }
        if let upgrade = outcome.answer.upgrade { return become(upgrade, outcome, context) }
        if let stream = outcome.answer.stream { return begin(stream, outcome, isLast: isLast, isHead: isHead, context) }
        state = .writing(isLast: isLast)
        deadline?.enter(.writing)
        let done = context.eventLoop.makePromise(of: Void.self)
        let here = NIOLoopBound(self, eventLoop: context.eventLoop)
        done.futureResult.whenSuccess { here.value.written() }
        let rest = bytes(of: outcome, isHead: isHead, context)
        let closes = isLast || inputIsClosed
        context.write(wrapOutboundOut(.head(Self.head(outcome.answer.status, closes: closes))), promise: nil)
        write(rest, context, promise: done)
    }

    func write(_ bytes: ByteBuffer, _ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        var rest = bytes
        while overTLS, rest.readableBytes > Self.piece, let piece = rest.readSlice(length: Self.piece) {
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(piece))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(rest))), promise: promise)
    }

    /// The client has taken the answer, or the system holds it for the client: only now the end is told.
    ///
    /// The pipeline handler passes on the next request, and reads more, when it sees the end of an answer. If it saw it
    /// with the bytes still waiting here, a client that sends and never reads could fill the memory with answers.
    func written() {
        guard let context, case .writing(let isLast) = state else { return }
        let closes = isLast || inputIsClosed
        state = closes ? .closing : .idle
        if !closes { deadline?.enter(.idle) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        if closes { context.close(promise: nil) }
    }

    /// Answers a request that is not read any further, and ends the connection.
    private func refuse(_ incoming: IncomingRequest, because fact: any HTTPFact) {
        guard let context else { return }
        state = .closing
        let outcome = dispatcher.refuse(incoming, because: fact)
        let rest = bytes(of: outcome, isHead: incoming.method == "HEAD", context)
        context.write(wrapOutboundOut(.head(Self.head(outcome.answer.status, closes: true))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(rest))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        linger()
    }

    private func linger() {
        deadline?.enter(.lingering)
        wire.linger()
    }

    static func head(_ status: Int, closes: Bool) -> HTTPResponseHead {
        HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: closes ? ["Connection": "close"] : [:])
    }

    func bytes(of outcome: HTTPOutcome, isHead: Bool, _ context: ChannelHandlerContext) -> ByteBuffer {
        var buffer = context.channel.allocator.buffer(capacity: 640 + (isHead ? 0 : outcome.answer.body.count))
        outcome.write(into: &buffer, date: dateLine.bytes(at: dispatcher.clock.now()), isHead: isHead, inChunks: readsChunks)
        return buffer
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .upgrading = state, case ByteToMessageDecoderError.leftoverDataWhenDone(let bytes) = error {
            state = .upgrading(bytes)
            return
        }
        guard error is HTTPParserError else { return close(context) }
        if case .closing = state { return }
        let incoming = IncomingRequest.unreadable(peer: peer, received: dispatcher.clock.now())
        refuse(incoming, because: HTTPError.badRequest(detail: "Bad request."))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed {
            inputIsClosed = true
            switch state {
            case .idle, .streaming, .upgrading: close(context)
            default: break
            }
            if deadline?.phase == .lingering { close(context) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func expired(_ phase: ConnectionPhase) {
        guard let context else { return }
        let now = dispatcher.clock.now()
        switch (phase, state) {
        case (.header, _):
            // The parser has no request yet, so there is none that the pipeline would take an answer to.
            let outcome = dispatcher.refuse(.unreadable(peer: peer, received: now), because: HTTPError.requestTimeout)
            wire.writePastPipeline(Self.head(outcome.answer.status, closes: true), bytes(of: outcome, isHead: false, context))
            state = .closing
            linger()
        case (.body, .collecting(let head, let received, _, _)):
            refuse(incoming(head, received: received), because: HTTPError.requestTimeout)
        case (.writing, _), (.lingering, _):
            // It has taken nothing for so long, and will not take a goodbye either.
            context.triggerUserOutboundEvent(ConnectionCut(), promise: nil)
            close(context)
        default:
            close(context)
        }
    }

    /// TLS says goodbye before the socket closes, and a request may arrive meanwhile. It must not be run: nobody would
    /// get its answer, and whoever sent it would send it again.
    func close(_ context: ChannelHandlerContext) {
        abandonStream()
        state = .closing
        context.close(promise: nil)
    }
}
