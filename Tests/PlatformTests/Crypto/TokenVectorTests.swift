import Testing

@testable import Platform

/// The examples of RFC 7515 and RFC 7519 themselves.
@Suite struct TokenVectorTests {
    private static let header = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
    private static let payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    private static let signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    private static let token = "\(header).\(payload).\(signature)"
    private static let secret = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"

    private func key() throws -> SigningKey {
        SigningKey(id: "example", secret: try #require(Base64URL.decode(Self.secret)))
    }

    @Test("RFC 7515 A.1: the texts of header and payload, and the signature")
    func signature() throws {
        let header: [UInt8] = [
            123, 34, 116, 121, 112, 34, 58, 34, 74, 87, 84, 34, 44, 13, 10, 32, 34, 97, 108, 103, 34, 58, 34, 72, 83, 50, 53, 54, 34, 125,
        ]
        #expect(Base64URL.encode(header) == Self.header)
        let tag = HMACSHA256.tag(key: try key().secret, message: Array("\(Self.header).\(Self.payload)".utf8))
        #expect(Base64URL.encode(tag) == Self.signature)
    }

    @Test("RFC 7515 A.1 and RFC 7519 3.1: the example is verified and its claims read")
    func example() throws {
        let bytes = try #require(CompactJWS.payload(of: Self.token, keys: [TokenKey(try key())]))
        let claims = try JSONValue.parse(bytes)
        #expect(claims["iss"]?.string == "joe")
        #expect(claims["exp"]?.int == 1_300_819_380)
        #expect(claims["http://example.com/is_root"]?.bool == true)
    }

    @Test("RFC 7519 3.1: well signed, and yet no token of ours, for it names no user")
    func foreignClaims() throws {
        #expect(TokenSigner(keys: [try key()]).outcome(Self.token, now: Timestamp(microseconds: 0)) == .failure(.invalid))
    }

    @Test("RFC 7515 A.1 under another key is nothing")
    func otherKey() {
        #expect(CompactJWS.payload(of: Self.token, keys: [TokenKey(TokenFixture.key)]) == nil)
        #expect(CompactJWS.payload(of: Self.token, keys: []) == nil)
    }
}
