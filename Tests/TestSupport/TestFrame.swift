/// One frame of a WebSocket, as a test sends or gets it; also one that no client ought to send.
package struct TestFrame: Sendable, Equatable {
    package enum Kind: UInt8, Sendable {
        case continuation = 0x0
        case text = 0x1
        case binary = 0x2
        case close = 0x8
        case ping = 0x9
        case pong = 0xA
    }

    package var isFinal: Bool
    /// The three reserved bits, as they stand in the first byte.
    package var reserved: UInt8
    package var opcode: UInt8
    package var isMasked: Bool
    package var payload: [UInt8]

    package init(opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true, reserved: UInt8 = 0, isMasked: Bool = true) {
        self.isFinal = isFinal
        self.reserved = reserved
        self.opcode = opcode
        self.isMasked = isMasked
        self.payload = payload
    }

    package init(_ kind: Kind, _ payload: [UInt8] = [], isFinal: Bool = true, reserved: UInt8 = 0, isMasked: Bool = true) {
        self.init(opcode: kind.rawValue, payload, isFinal: isFinal, reserved: reserved, isMasked: isMasked)
    }

    package init(text: String, isFinal: Bool = true) { self.init(.text, Array(text.utf8), isFinal: isFinal) }

    /// A client's goodbye.
    package init(close code: UInt16, reason: String = "") {
        self.init(.close, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }

    package var kind: Kind? { Kind(rawValue: opcode) }
    package var text: String { String(decoding: payload, as: UTF8.self) }

    /// The code of a close frame.
    package var code: UInt16? {
        opcode == Kind.close.rawValue && payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil
    }

    /// The frame on the wire. The mask is always the same: what it is does not matter to anybody here.
    package var bytes: [UInt8] {
        let mask: [UInt8] = [0xA5, 0x3C, 0x00, 0xFF]
        var bytes = [(isFinal ? 0x80 : 0) | reserved | opcode]
        let bit: UInt8 = isMasked ? 0x80 : 0
        switch payload.count {
        case ..<126: bytes.append(bit | UInt8(payload.count))
        case ..<65_536: bytes += [bit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: bytes += [bit | 127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: payload.count >> ($0 * 8)) }
        }
        guard isMasked else { return bytes + payload }
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }
}
