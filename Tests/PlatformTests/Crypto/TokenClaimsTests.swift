import Testing

@testable import Platform

@Suite struct TokenClaimsTests {
    private func outcome(_ changes: [String: String?]) -> Result<TokenClaims, TokenError> {
        TokenFixture.signer.outcome(TokenFixture.forge(payload: TokenFixture.payload(replacing: changes)))
    }

    @Test("Each claim is required", arguments: ["token_type", "exp", "iat", "jti", "user_id", "login_id"])
    func required(name: String) {
        #expect(outcome([name: nil]) == .failure(.invalid))
        #expect(outcome([name: "null"]) == .failure(.invalid))
    }

    @Test(
        "Times are whole seconds of this calendar, and nothing else",
        arguments: ["\"1795429200\"", "1795429200.5", "-1", "253402300800", "99999999999999999999", "true", "[1795429200]"])
    func times(value: String) {
        #expect(outcome(["exp": value]) == .failure(.invalid))
        #expect(outcome(["iat": value]) == .failure(.invalid))
    }

    @Test("The last second of the year 9999 is still a time")
    func farAway() throws {
        let claims = try outcome(["exp": "253402300799"]).get()
        #expect(claims.expiresAt == Timestamp(microseconds: 253_402_300_799_000_000))
    }

    @Test("Identifiers may be written with dashes or without, and must be identifiers")
    func identifiers() {
        let claims = TokenFixture.claims()
        #expect(outcome(["jti": "\"\(claims.tokenID.hex)\"", "user_id": "\"\(claims.userID.hex)\""]) == .success(claims))
        for name in ["jti", "user_id", "login_id"] {
            #expect(outcome([name: "\"7\""]) == .failure(.invalid))
            #expect(outcome([name: "7"]) == .failure(.invalid))
        }
    }

    @Test("A token is not valid before its nbf, give or take half a minute")
    func notBefore() {
        let now = TokenFixture.now.seconds
        let claims = TokenFixture.claims()
        #expect(outcome(["nbf": "\(now)"]) == .success(claims))
        #expect(outcome(["nbf": "\(now + 30)"]) == .success(claims))
        #expect(outcome(["nbf": "\(now + 31)"]) == .failure(.invalid))
        #expect(outcome(["nbf": "\"soon\""]) == .failure(.invalid))
    }

    @Test("Claims that we do not know are ignored")
    func unknownClaims() {
        #expect(outcome(["is_staff": "true", "aud": "\"x\"", "nested": "{\"a\":[1]}"]) == .success(TokenFixture.claims()))
    }

    @Test("A missing claim is told before the time is looked at")
    func invalidBeforeExpired() {
        #expect(outcome(["exp": "1"]) == .failure(.expired))
        #expect(outcome(["exp": "1", "jti": nil]) == .failure(.invalid))
    }

    @Test("A payload that is no object, no JSON, too deep or not even text is invalid")
    func otherPayloads() {
        let deep = "{\"a\":" + String(repeating: "[", count: 40) + String(repeating: "]", count: 40) + "}"
        for payload in ["", "[]", "7", "\"text\"", "null", "{", "{}x", deep] {
            #expect(TokenFixture.signer.outcome(TokenFixture.forge(payload: payload)) == .failure(.invalid))
        }
    }
}
