import Glibc
import Synchronization

/// Hands mail over to a server, one after another, on a thread of its own.
///
/// The thread is started with the first mail. Callers wait for theirs; one that is cancelled while it waits is never
/// sent, and one that is being sent is broken off, which may leave it unknown whether it went out.
package final class SMTPSender: Sendable {
    private static let mostWaiting = 256

    private struct Order: Sendable {
        let id: UInt64
        let message: SMTPMessage
        let server: SMTPServer
        let continuation: CheckedContinuation<SMTPFailure?, Never>
    }

    private struct State {
        var waiting: [Order] = []
        /// The one that is being sent.
        var current: UInt64?
        var isCurrentCancelled = false
        var isOpen = true
        var thread: PlatformThread?
    }

    private let state = Monitor(State())
    private let nextID = Atomic<UInt64>(0)

    package init() {}

    /// Returns when the server has said that it took the mail over.
    package func send(_ message: SMTPMessage, to server: SMTPServer) async throws(SMTPFailure) {
        let id = nextID.add(1, ordering: .relaxed).newValue
        let failure: SMTPFailure? = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let order = Order(id: id, message: message, server: server, continuation: continuation)
                if let refusal = enqueue(order) { continuation.resume(returning: refusal) }
            }
        } onCancel: {
            cancel(id)
        }
        if let failure { throw failure }
    }

    /// Breaks off what is being sent, and returns when the thread has ended: within about a second.
    package func stop() {
        let (waiting, thread) = state.signalling { state in
            state.isOpen = false
            state.isCurrentCancelled = true
            defer { state.waiting = [] }
            return (state.waiting, state.thread.take())
        }
        for order in waiting { order.continuation.resume(returning: .cancelled) }
        thread?.join()
    }

    private func enqueue(_ order: Order) -> SMTPFailure? {
        state.signalling { state in
            // The handler of a task that was cancelled before has run already, and found nothing.
            guard state.isOpen, !Task.isCancelled else { return .cancelled }
            guard state.waiting.count < Self.mostWaiting else { return .busy }
            state.waiting.append(order)
            if state.thread == nil { state.thread = PlatformThread.start("mail") { [self] in run() } }
            return nil
        }
    }

    private func cancel(_ id: UInt64) {
        let order: Order? = state.withLock { state in
            if state.current == id { state.isCurrentCancelled = true }
            return state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0) }
        }
        order?.continuation.resume(returning: .cancelled)
    }

    // MARK: On the thread

    private func run() {
        // OpenSSL writes to sockets that the other side has closed: without this the signal ends the process.
        var signals = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        while let order = next() {
            let failure = carryOut(order)
            state.withLock { $0.current = nil }
            order.continuation.resume(returning: failure)
        }
    }

    /// Waits for the next mail; nil when the sender is stopped.
    private func next() -> Order? {
        let found: Order?? = state.wait { state in
            guard state.isOpen else { return .some(nil) }
            guard !state.waiting.isEmpty else { return nil }
            let order = state.waiting.removeFirst()
            state.current = order.id
            state.isCurrentCancelled = false
            return order
        }
        return found ?? nil
    }

    private func carryOut(_ order: Order) -> SMTPFailure? {
        guard libcurlIsReady else { return .unreachable("libcurl could not be set up") }
        let state = self.state
        guard
            let transfer = SMTPTransfer(
                order.message, to: order.server, isCancelled: { state.withLock { $0.isCurrentCancelled || !$0.isOpen } })
        else { return .unreachable("libcurl refused the mail") }
        return transfer.run()
    }
}
