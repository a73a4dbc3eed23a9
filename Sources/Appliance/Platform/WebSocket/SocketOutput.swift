import NIOCore

/// Frames as they go out: whole and unmasked.
///
/// They are written by hand, a head of 2 to 10 bytes and the payload behind it, so that many small messages are one
/// buffer and one write. SwiftNIO's encoder would be one more handler on every connection, and send each head by itself.
enum SocketOutput {
    enum Opcode: UInt8 {
        case text = 0x1
        case binary = 0x2
        case close = 0x8
        case ping = 0x9
        case pong = 0xA
    }

    static func write(_ opcode: Opcode, _ payload: [UInt8], into buffer: inout ByteBuffer) {
        buffer.writeInteger(0x80 | opcode.rawValue)
        switch payload.count {
        case ..<126: buffer.writeInteger(UInt8(payload.count))
        case ..<65_536:
            buffer.writeInteger(UInt8(126))
            buffer.writeInteger(UInt16(payload.count))
        default:
            buffer.writeInteger(UInt8(127))
            buffer.writeInteger(UInt64(payload.count))
        }
        buffer.writeBytes(payload)
    }

    /// A close frame: empty without a code, and with one its reason as far as there is room, not cut inside a character.
    static func write(goodbye code: UInt16?, _ reason: String, into buffer: inout ByteBuffer) {
        guard let code else { return write(.close, [], into: &buffer) }
        var payload = [UInt8(code >> 8), UInt8(code & 0xFF)]
        for scalar in reason.unicodeScalars {
            let bytes = UTF8.encode(scalar).map(Array.init) ?? []
            guard payload.count + bytes.count <= 125 else { break }
            payload += bytes
        }
        write(.close, payload, into: &buffer)
    }
}
