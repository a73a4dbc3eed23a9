import Testing

@testable import Platform

@Suite struct TokenSignerTests {
    private let signer = TokenFixture.signer

    @Test("A token that was signed is verified with the same claims", arguments: ["access", "refresh"])
    func roundTrip(type: String) {
        let claims = TokenFixture.claims(type: type)
        #expect(signer.outcome(signer.sign(claims)) == .success(claims))
    }

    @Test("Header and claims are written in the documented members")
    func form() throws {
        let claims = TokenFixture.claims()
        let parts = signer.sign(claims).split(separator: ".").map(String.init)
        #expect(parts.count == 3)
        let header = try #require(Base64URL.decode(parts[0]))
        #expect(String(decoding: header, as: UTF8.self) == TokenFixture.header)
        let payload = try JSONValue.parse(try #require(Base64URL.decode(parts[1])))
        #expect(payload["token_type"]?.string == "access")
        #expect(payload["exp"]?.int == 1_795_429_200)
        #expect(payload["iat"]?.int == 1_795_425_600)
        #expect(payload["jti"]?.string == claims.tokenID.hex)
        #expect(payload["user_id"]?.string == claims.userID.description)
        #expect(payload["login_id"]?.string == claims.loginID.description)
        #expect(payload.object?.keys.count == 6)
    }

    @Test("Fractions of a second are dropped")
    func wholeSeconds() throws {
        var claims = TokenFixture.claims()
        claims.expiresAt.microseconds += 999_999
        claims.issuedAt.microseconds += 1
        #expect(signer.outcome(signer.sign(claims)) == .success(TokenFixture.claims()))
    }

    @Test("A token lives up to its last microsecond and is dead at the second of its exp")
    func expiry() {
        let claims = TokenFixture.claims(lifetime: 60)
        let token = signer.sign(claims)
        #expect(signer.outcome(token, now: Timestamp(microseconds: claims.expiresAt.microseconds - 1)) == .success(claims))
        #expect(signer.outcome(token, now: claims.expiresAt) == .failure(.expired))
        #expect(signer.outcome(token, now: claims.expiresAt.adding(seconds: 1)) == .failure(.expired))
        #expect(signer.outcome(token, now: Timestamp(microseconds: 0)) == .success(claims))
    }

    @Test("After a rotation the new key signs, the old one still verifies, and a dropped one does not")
    func rotation() {
        let old = TokenFixture.key
        let new = SigningKey(random: SeededRandom(8), at: TokenFixture.now)
        let claims = TokenFixture.claims()
        let before = TokenSigner(keys: [old])
        let during = TokenSigner(keys: [new, old])
        let after = TokenSigner(keys: [new])
        #expect(during.outcome(before.sign(claims)) == .success(claims))
        #expect(during.outcome(during.sign(claims)) == .success(claims))
        #expect(after.outcome(during.sign(claims)) == .success(claims))
        #expect(before.outcome(during.sign(claims)) == .failure(.invalid))
        #expect(after.outcome(before.sign(claims)) == .failure(.invalid))
    }

    @Test("A key is found by its name, so two keys of one name are both tried, and of another name neither")
    func keyNames() {
        let other = [UInt8](repeating: 9, count: 32)
        let twins = TokenSigner(keys: [TokenFixture.key, SigningKey(id: "2026-11", secret: other)])
        let header = #"{"typ":"JWT","alg":"HS256","kid":"2026-11"}"#
        #expect(twins.outcome(TokenFixture.forge(header: header, secret: other)) == .success(TokenFixture.claims()))
        let renamed = TokenSigner(keys: [SigningKey(id: "2026-12", secret: TokenFixture.secret)])
        #expect(renamed.outcome(TokenFixture.forge()) == .failure(.invalid))
    }

    @Test("A made key has 256 bits and a name of its own")
    func madeKeys() {
        let random = SeededRandom(2)
        let first = SigningKey(random: random, at: TokenFixture.now)
        let second = SigningKey(random: random, at: TokenFixture.now)
        #expect(first.secret.count == 32)
        #expect(first.secret != second.secret)
        #expect(first.id != second.id)
    }

    @Test("A key under 256 bits neither signs nor verifies")
    func weakKeys() {
        let weak = SigningKey(id: "weak", secret: Array(TokenFixture.secret.dropLast()))
        let claims = TokenFixture.claims()
        let forged = TokenFixture.forge(header: #"{"alg":"HS256","kid":"weak","typ":"JWT"}"#, secret: weak.secret)
        let mixed = TokenSigner(keys: [weak, TokenFixture.key])
        #expect(mixed.outcome(forged) == .failure(.invalid))
        #expect(signer.outcome(mixed.sign(claims)) == .success(claims))
        #expect(TokenSigner(keys: [weak]).outcome(forged) == .failure(.invalid))
    }

    @Test("Without any key the signer knows its own tokens and nobody else's, not even another such signer's")
    func withoutKeys() {
        let claims = TokenFixture.claims()
        let first = TokenSigner(keys: [])
        let second = TokenSigner(keys: [])
        #expect(first.outcome(first.sign(claims)) == .success(claims))
        #expect(second.outcome(first.sign(claims)) == .failure(.invalid))
        #expect(first.outcome(TokenFixture.forge()) == .failure(.invalid))
    }

    @Test("A name with quotes or letters beyond ASCII makes a sound header")
    func oddNames() {
        let odd = TokenSigner(keys: [SigningKey(id: "ключ \"1\"\n", secret: TokenFixture.secret)])
        let claims = TokenFixture.claims()
        #expect(odd.outcome(odd.sign(claims)) == .success(claims))
    }
}
