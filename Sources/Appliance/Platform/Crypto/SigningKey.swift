/// A secret that signs tokens, and the name (`kid`) that tokens know it by.
///
/// To rotate, put a new key before the old one and drop the old one when the last token
/// that it signed has expired. The name goes out in clear with every token.
package struct SigningKey: Sendable {
    /// HS256 wants a key no shorter than its digest (RFC 7518 section 3.2).
    package static let minimumSecretBytes = 32

    package let id: String
    package let secret: [UInt8]

    package init(id: String, secret: [UInt8]) {
        self.id = id
        self.secret = secret
    }

    /// Makes a new key of 256 bits with a name that sorts by the time of its making.
    package init(random: any RandomSource, at time: Timestamp) {
        self.init(id: Identifier(v7: time, random: random).hex, secret: random.bytes(Self.minimumSecretBytes))
    }
}
