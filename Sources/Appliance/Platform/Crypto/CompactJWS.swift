/// A key as the token code uses it: its HMAC is prepared and its header written once.
struct TokenKey: Sendable {
    let id: String
    let mac: HMACKey
    /// The Base64 text of the protected header, without the dot after it.
    let header: [UInt8]

    init(_ key: SigningKey) {
        id = key.id
        mac = HMACKey(key.secret)
        var writer = JSONWriter(reserving: 80)
        writer.object { writer in
            writer.field("alg", "HS256")
            writer.field("kid", key.id)
            writer.field("typ", "JWT")
        }
        header = Base64Codec.url.encode(writer.bytes)
    }
}

/// A signed payload in compact form (RFC 7515): `header.payload.signature`.
///
/// The algorithm is pinned, as RFC 8725 section 3.1 asks: the header is only ever asked which
/// of our keys to take, and one that names another algorithm, brings a key of its own or
/// points to one, or demands an extension is refused before anything is computed.
enum CompactJWS {
    /// Larger tokens are refused unread. Ours have about 400 bytes.
    static let maximumBytes = 4096
    /// The Base64 text of a digest of 32 bytes.
    private static let signatureBytes = 43
    private static let dot = UInt8(ascii: ".")
    /// Header members that choose the key or change what is signed, none of which we use.
    private static let refusedMembers = ["crit", "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "b64", "zip", "enc"]

    static func sign(_ payload: [UInt8], with key: TokenKey) -> String {
        var text = key.header
        text.append(dot)
        text += Base64Codec.url.encode(payload)
        let tag = text.withUnsafeBytes { key.mac.tag($0) }
        text.append(dot)
        text += Base64Codec.url.encode(tag)
        return String(decoding: text, as: UTF8.self)
    }

    /// The payload of a token that one of `keys` has signed; nil for any other text.
    ///
    /// A header that we wrote ourselves is recognised as it stands; only an unfamiliar one is
    /// parsed. The signature is compared as text, so that it has only one valid spelling.
    static func payload(of token: String, keys: [TokenKey]) -> [UInt8]? {
        guard token.utf8.count <= maximumBytes else { return nil }
        let text = Array(token.utf8)
        guard let headerEnd = text.firstIndex(of: dot),
            let payloadEnd = text[(headerEnd + 1)...].firstIndex(of: dot),
            text.count - payloadEnd - 1 == signatureBytes
        else { return nil }
        let signature = Array(text[(payloadEnd + 1)...])
        for key in candidates(text[..<headerEnd], keys) {
            let tag = text.withUnsafeBytes { key.mac.tag(UnsafeRawBufferPointer(rebasing: $0[..<payloadEnd])) }
            if constantTimeEqual(Base64Codec.url.encode(tag), signature) {
                return Base64Codec.url.decode(text[(headerEnd + 1)..<payloadEnd])
            }
        }
        return nil
    }

    /// The keys that a header allows: one when it names a `kid` of ours, all when it names
    /// none (the member is optional), and no key at all when anything in it is not to our liking.
    private static func candidates(_ header: ArraySlice<UInt8>, _ keys: [TokenKey]) -> [TokenKey] {
        if let key = keys.first(where: { $0.header.elementsEqual(header) }) { return [key] }
        guard let bytes = Base64Codec.url.decode(header),
            let members = try? JSONValue.parse(bytes, maximumDepth: 4),
            members["alg"]?.string == "HS256",
            members["typ"].map({ $0.string?.uppercased() == "JWT" }) ?? true,
            !refusedMembers.contains(where: { members[$0] != nil })
        else { return [] }
        guard let id = members["kid"] else { return keys }
        return keys.filter { $0.id == id.string }
    }
}
