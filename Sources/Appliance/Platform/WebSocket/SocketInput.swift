/// What a client sends, put together from its frames: a value without a connection, which says what follows from each frame.
///
/// It keeps RFC 6455, section 5, and the limits of size. After a failure or a close frame it takes nothing more.
struct SocketInput {
    /// One frame, unmasked.
    struct Frame {
        var isFinal = true
        var hasReservedBits = false
        var opcode: UInt8
        var isMasked = true
        var payload: ArraySlice<UInt8>
    }

    enum Message: Sendable, Equatable {
        case text([UInt8])
        case binary([UInt8])
    }

    enum Event: Equatable {
        case message(Message)
        /// To be answered with the same bytes.
        case ping([UInt8])
        case pong
        /// The client's goodbye, with its code if it gave one.
        case goodbye(UInt16?)
        /// The client broke the protocol or a limit; the code that it is told.
        case failure(UInt16, String)
    }

    private enum Kind { case text, binary }

    private let limits: SocketLimits
    private var kind: Kind?
    private var message: [UInt8] = []
    private var fragments = 0
    private var text = UTF8Stream()
    private(set) var isOver = false

    init(limits: SocketLimits) { self.limits = limits }

    /// Nil while a message is not complete.
    mutating func receive(_ frame: Frame) -> Event? {
        guard !isOver else { return nil }
        let event = judge(frame)
        switch event {
        case .goodbye, .failure:
            isOver = true
            message = []
        default: break
        }
        return event
    }

    private mutating func judge(_ frame: Frame) -> Event? {
        guard frame.isMasked else { return Self.broken("frames must be masked") }
        guard !frame.hasReservedBits else { return Self.broken("no extension was agreed on") }
        switch frame.opcode {
        case 0x0:
            guard kind != nil else { return Self.broken("there is no message to continue") }
            return add(frame)
        case 0x1, 0x2:
            guard kind == nil else { return Self.broken("a message has not ended yet") }
            kind = frame.opcode == 0x1 ? .text : .binary
            return add(frame)
        case 0x8, 0x9, 0xA:
            guard frame.isFinal, frame.payload.count <= 125 else { return Self.broken("control frames are short and whole") }
            if frame.opcode == 0x8 { return Self.goodbye(frame.payload) }
            return frame.opcode == 0x9 ? .ping(Array(frame.payload)) : .pong
        default:
            return Self.broken("there is no such opcode")
        }
    }

    private mutating func add(_ frame: Frame) -> Event? {
        fragments += 1
        guard fragments <= limits.fragments else { return .failure(SocketCloseCode.tooBig, "too many fragments") }
        guard message.count + frame.payload.count <= limits.message else { return .failure(SocketCloseCode.tooBig, "too long a message") }
        if kind == .text, !text.feed(frame.payload) { return .failure(SocketCloseCode.invalidText, "not UTF-8") }
        message += frame.payload
        guard frame.isFinal else { return nil }
        guard text.isAtBoundary else { return .failure(SocketCloseCode.invalidText, "not UTF-8") }
        defer { (kind, message, fragments) = (nil, [], 0) }
        return .message(kind == .text ? .text(message) : .binary(message))
    }

    private static func goodbye(_ payload: ArraySlice<UInt8>) -> Event {
        if payload.isEmpty { return .goodbye(nil) }
        guard payload.count >= 2 else { return broken("half a close code") }
        let code = payload.prefix(2).reduce(UInt16(0)) { $0 << 8 | UInt16($1) }
        guard SocketCloseCode.isAllowed(code) else { return broken("no such close code") }
        var reason = UTF8Stream()
        guard reason.feed(payload.dropFirst(2)), reason.isAtBoundary else { return .failure(SocketCloseCode.invalidText, "not UTF-8") }
        return .goodbye(code)
    }

    private static func broken(_ reason: String) -> Event { .failure(SocketCloseCode.protocolError, reason) }
}
