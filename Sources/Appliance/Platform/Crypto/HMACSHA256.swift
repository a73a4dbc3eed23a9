import CCrypto

/// HMAC with SHA-256 (RFC 2104, RFC 4231).
package enum HMACSHA256 {
    package static func tag(key: [UInt8], message: [UInt8]) -> [UInt8] {
        message.withUnsafeBytes { HMACKey(key).tag($0) }
    }
}

/// A key that is ready to authenticate messages, from any thread.
///
/// The two blocks that HMAC derives from the key are digested once, here; each message then
/// starts from copies of those two states. That is a third of the cost of a call that begins
/// with the bare key, and a token is checked on every request.
final class HMACKey: @unchecked Sendable {
    // Safety: both states are written by `init` alone; afterwards they are only the
    // source of copies, which libcrypto takes through a pointer to const.
    private let inner: SHA256State
    private let outer: SHA256State

    init(_ key: [UInt8]) {
        var block = key.count > 64 ? SHA256.hash(key) : key
        block += [UInt8](repeating: 0, count: 64 - block.count)
        inner = Self.state(block, mask: 0x36)
        outer = Self.state(block, mask: 0x5C)
    }

    func tag(_ message: UnsafeRawBufferPointer) -> [UInt8] {
        var first = SHA256State(copying: inner)
        first.add(message)
        var second = SHA256State(copying: outer)
        first.finished().withUnsafeBytes { second.add($0) }
        return second.finished()
    }

    private static func state(_ block: [UInt8], mask: UInt8) -> SHA256State {
        var state = SHA256State()
        block.map { $0 ^ mask }.withUnsafeBytes { state.add($0) }
        return state
    }
}

/// Compares without telling by its duration where two secrets differ. Their lengths are no secret.
package func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}
