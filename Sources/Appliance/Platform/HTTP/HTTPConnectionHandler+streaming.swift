import NIOCore
import NIOHTTP1

/// An answer whose body is being made, on its connection's thread.
final class StreamingAnswer {
    let stream: HTTPBodyStream
    let isInChunks: Bool
    private let ended: @Sendable (Int) -> Void
    fileprivate var task: Task<Void, Never>?
    fileprivate var bytes = 0
    fileprivate var unwritten = 0
    private var isOver = false

    fileprivate init(_ stream: HTTPBodyStream, isInChunks: Bool, ended: @escaping @Sendable (Int) -> Void) {
        self.stream = stream
        self.isInChunks = isInChunks
        self.ended = ended
    }

    func serverStops() {
        if stream.atShutdown == .isCancelled { task?.cancel() }
    }

    /// Whatever happens more than once, the end is told once.
    fileprivate func end() {
        guard !isOver else { return }
        isOver = true
        ended(bytes)
    }
}

extension HTTPConnectionHandler {
    func begin(_ stream: HTTPBodyStream, _ outcome: HTTPOutcome, isLast: Bool, isHead: Bool, _ context: ChannelHandlerContext) {
        let answer = StreamingAnswer(stream, isInChunks: readsChunks, ended: outcome.ended)
        state = .streaming(answer, isLast: isLast)
        let closes = isLast || inputIsClosed
        context.write(wrapOutboundOut(.head(Self.head(outcome.answer.status, closes: closes))), promise: nil)
        write(bytes(of: outcome, isHead: isHead, context), context, promise: nil)
        if isHead || !outcome.mayHaveBody { return finish(answer, hasBody: false) }
        if inputIsClosed { return close(context) }
        let eventLoop = context.eventLoop
        let here = NIOLoopBound((handler: self, answer: answer), eventLoop: eventLoop)
        let writer = HTTPBodyWriter { bytes in
            try await eventLoop.flatSubmit { here.value.handler.send(bytes, of: here.value.answer) }.get()
        }
        answer.task = Task(executorPreference: executor) {
            var failure: (any Error)?
            do { try await stream.produce(writer) } catch { failure = error }
            eventLoop.execute { [failure] in here.value.handler.produced(here.value.answer, failure) }
        }
        if isStopping { answer.serverStops() }
    }

    private func isCurrent(_ answer: StreamingAnswer) -> Bool {
        if case .streaming(let current, _) = state { current === answer } else { false }
    }

    private func send(_ bytes: [UInt8], of answer: StreamingAnswer) -> EventLoopFuture<Void> {
        guard let context, isCurrent(answer) else { return executor.failed(ChannelError.ioOnClosedChannel) }
        var buffer = context.channel.allocator.buffer(capacity: bytes.count + 20)
        if answer.isInChunks { buffer.writeString(String(bytes.count, radix: 16) + "\r\n") }
        buffer.writeBytes(bytes)
        if answer.isInChunks { buffer.writeStaticString("\r\n") }
        answer.bytes += bytes.count
        answer.unwritten += 1
        deadline?.enter(.writing)
        let taken = context.eventLoop.makePromise(of: Void.self)
        let here = NIOLoopBound((handler: self, answer: answer), eventLoop: context.eventLoop)
        taken.futureResult.whenComplete { _ in here.value.handler.taken(here.value.answer) }
        write(buffer, context, promise: taken)
        return taken.futureResult
    }

    private func taken(_ answer: StreamingAnswer) {
        answer.unwritten -= 1
        if answer.unwritten == 0, isCurrent(answer) { deadline?.enter(.responding) }
    }

    private func produced(_ answer: StreamingAnswer, _ failure: (any Error)?) {
        guard let context, isCurrent(answer) else { return }
        guard let failure else { return finish(answer, hasBody: true) }
        if !(failure is CancellationError) {
            dispatcher.log.error("A streaming answer broke off.", ["error": .string(String(reflecting: failure))])
        }
        close(context)
    }

    private func finish(_ answer: StreamingAnswer, hasBody: Bool) {
        guard let context, case .streaming(_, let isLast) = state else { return }
        state = .writing(isLast: isLast)
        deadline?.enter(.writing)
        answer.end()
        let done = context.eventLoop.makePromise(of: Void.self)
        let here = NIOLoopBound(self, eventLoop: context.eventLoop)
        done.futureResult.whenSuccess { here.value.written() }
        var end = context.channel.allocator.buffer(capacity: 8)
        if answer.isInChunks, hasBody { end.writeStaticString("0\r\n\r\n") }
        write(end, context, promise: done)
    }

    /// The client is gone, or will not get the rest.
    func abandonStream() {
        guard case .streaming(let answer, _) = state else { return }
        answer.task?.cancel()
        answer.end()
    }
}
