import Synchronization

/// The status line and header fields of a response.
struct ResponseHead: Sendable {
    let status: Int
    let headers: OutboundHeaders
}

/// Carries one response from the thread that receives it to the task that reads it.
///
/// The lock is held for a few instructions only; continuations and the two
/// signals to the transfer are called outside it.
final class ResponseChannel: Sendable {
    typealias HeadAnswer = Result<ResponseHead, OutboundError>
    typealias BodyAnswer = Result<[UInt8]?, OutboundError>

    private struct State {
        var buffer: ResponseBuffer
        var head: ResponseHead?
        var headWaiter: CheckedContinuation<HeadAnswer, Never>?
        var bodyWaiter: CheckedContinuation<BodyAnswer, Never>?
    }

    private let state: Mutex<State>
    private let resume: @Sendable () -> Void
    private let abort: @Sendable () -> Void

    /// `resume` asks the transfer to go on after a pause, `abort` to stop.
    init(capacity: Int = 64 << 10, resume: @escaping @Sendable () -> Void, abort: @escaping @Sendable () -> Void) {
        state = Mutex(State(buffer: ResponseBuffer(capacity: capacity)))
        self.resume = resume
        self.abort = abort
    }

    // MARK: The transfer's side

    func deliver(_ head: ResponseHead) {
        let waiter = state.withLock { state in
            state.head = head
            return state.headWaiter.take()
        }
        waiter?.resume(returning: .success(head))
    }

    func offer(_ piece: some Collection<UInt8>) -> ResponseBuffer.Offer {
        let (offer, waiter, read) = state.withLock { state in
            let offer = state.buffer.offer(piece)
            guard let waiter = state.bodyWaiter.take() else { return (offer, nil as BodyWaiter?, ResponseBuffer.Read.nothingYet) }
            return (offer, waiter, state.buffer.read())
        }
        if let waiter, let answer = Self.answer(read) { waiter.resume(returning: answer) }
        return offer
    }

    func finish(_ error: OutboundError?) {
        let (headWaiter, bodyWaiter, read) = state.withLock { state in
            state.buffer.finish(error)
            let bodyWaiter = state.bodyWaiter.take()
            return (state.headWaiter.take(), bodyWaiter, bodyWaiter == nil ? .nothingYet : state.buffer.read())
        }
        headWaiter?.resume(returning: .failure(error ?? Self.headless))
        if let bodyWaiter, let answer = Self.answer(read) { bodyWaiter.resume(returning: answer) }
    }

    // MARK: The reader's side

    func head() async -> HeadAnswer {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: HeadAnswer? = state.withLock { state in
                    if let head = state.head { return .success(head) }
                    switch state.buffer.read() {
                    case .failed(let error): return .failure(error)
                    case .ended, .bytes: return .failure(Self.headless)
                    case .nothingYet:
                        state.headWaiter = continuation
                        return nil
                    }
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            cancel()
        }
    }

    /// The next piece, or nil at the end. One reader at a time: a second one is
    /// turned away rather than left waiting for ever.
    func next() async -> BodyAnswer {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (answer, resumes): (BodyAnswer?, Bool) = state.withLock { state in
                    guard state.bodyWaiter == nil else { return (.failure(.broken("a body has one reader")), false) }
                    let read = state.buffer.read()
                    if read == .nothingYet { state.bodyWaiter = continuation }
                    if case .bytes(_, resume: true) = read { return (Self.answer(read), true) }
                    return (Self.answer(read), false)
                }
                if resumes { resume() }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            cancel()
        }
    }

    /// Ends the transfer unless it is over. Every waiting reader gets `.cancelled`.
    func cancel() {
        let (live, headWaiter, bodyWaiter) = state.withLock { state in
            (state.buffer.abandon(), state.headWaiter.take(), state.bodyWaiter.take())
        }
        headWaiter?.resume(returning: .failure(.cancelled))
        bodyWaiter?.resume(returning: .failure(.cancelled))
        if live { abort() }
    }

    private typealias BodyWaiter = CheckedContinuation<BodyAnswer, Never>
    private static let headless = OutboundError.broken("the response had no head")

    private static func answer(_ read: ResponseBuffer.Read) -> BodyAnswer? {
        switch read {
        case .bytes(let bytes, _): .success(bytes)
        case .ended: .success(nil)
        case .failed(let error): .failure(error)
        case .nothingYet: nil
        }
    }
}
