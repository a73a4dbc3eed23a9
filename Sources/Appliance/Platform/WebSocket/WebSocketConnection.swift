import NIOCore
import Synchronization

/// One open WebSocket, as the rest of the server sees it. It can be used from any thread, and none of its calls waits.
package final class WebSocketConnection: Sendable {
    enum Outgoing: Sendable {
        case text([UInt8])
        case binary([UInt8])
        case ping
        case pong([UInt8])
        case close(UInt16, reason: String)

        /// What it counts for while it waits. Many small ones take memory too.
        var size: Int {
            switch self {
            case .text(let bytes), .binary(let bytes), .pong(let bytes): bytes.count + 64
            case .ping: 64
            case .close: 0
            }
        }

        var isMessage: Bool {
            switch self {
            case .text, .binary: true
            case .ping, .pong, .close: false
            }
        }

        func write(into buffer: inout ByteBuffer) {
            switch self {
            case .text(let bytes): SocketOutput.write(.text, bytes, into: &buffer)
            case .binary(let bytes): SocketOutput.write(.binary, bytes, into: &buffer)
            case .ping: SocketOutput.write(.ping, [], into: &buffer)
            case .pong(let bytes): SocketOutput.write(.pong, bytes, into: &buffer)
            case .close(let code, let reason): SocketOutput.write(goodbye: code, reason, into: &buffer)
            }
        }
    }

    private struct State {
        var outbox: [Outgoing] = []
        /// Bytes in the outbox, and those that the client has not taken.
        var unsent = 0
        var isDraining = false
        var isClosed = false
    }

    /// Different for every socket of this process.
    package let id: UInt64
    package let caller: Caller?
    private let outboundLimit: Int
    private let eventLoop: any EventLoop
    private let handler: NIOLoopBoundBox<WebSocketHandler?>
    private let state = Mutex(State())

    init(id: UInt64, caller: Caller?, outboundLimit: Int, handler: WebSocketHandler, eventLoop: any EventLoop) {
        self.id = id
        self.caller = caller
        self.outboundLimit = outboundLimit
        self.eventLoop = eventLoop
        self.handler = NIOLoopBoundBox(handler, eventLoop: eventLoop)
    }

    /// Sends a text message, which must be UTF-8. A client that leaves more than the outbound limit unread is closed with
    /// 1013; what is sent to a socket that is closed goes nowhere.
    package func send(_ text: [UInt8]) { put(.text(text)) }

    package func send(_ text: String) { put(.text(Array(text.utf8))) }

    package func send(binary: [UInt8]) { put(.binary(binary)) }

    /// Says goodbye, after what was sent before. A reason is cut to the 123 bytes that there is room for.
    package func close(code: UInt16, reason: String = "") { put(.close(code, reason: reason)) }

    /// Whether it still takes messages.
    package var isOpen: Bool { state.withLock { !$0.isClosed } }

    private func put(_ message: Outgoing) {
        let wakes = state.withLock { state -> Bool in
            guard !state.isClosed else { return false }
            var message = message
            // Judged by what waits already: one message may be longer than the limit, or nothing would ever bring it across.
            if state.unsent > outboundLimit {
                message = .close(SocketCloseCode.tryAgainLater, reason: "the client reads too slowly")
            }
            if case .close = message { state.isClosed = true }
            state.outbox.append(message)
            state.unsent += message.size
            defer { state.isDraining = true }
            return !state.isDraining
        }
        guard wakes else { return }
        let handler = handler
        eventLoop.execute { handler.value?.drain() }
    }

    // MARK: For the handler, on its thread

    /// These wait in the same queue, so that they are bounded like everything else.
    func send(pong bytes: [UInt8]) { put(.pong(bytes)) }

    func sendPing() { put(.ping) }

    /// What is to be written now.
    func takeOutbox() -> [Outgoing] {
        state.withLock { state in
            defer { state.outbox = [] }
            state.isDraining = false
            return state.outbox
        }
    }

    /// The client has taken so many bytes, or the system holds them for it.
    func taken(_ bytes: Int) { state.withLock { $0.unsent -= bytes } }

    /// Nothing more is taken in.
    func seal() { state.withLock { $0.isClosed = true } }

    /// The socket is gone: lets go of its handler.
    func detach() {
        seal()
        handler.value = nil
    }
}
