@testable import Platform

/// Tokens for the tests: ours, and ones that a forger or another program would make.
enum TokenFixture {
    static let secret = (0..<32).map { UInt8($0) }
    static let key = SigningKey(id: "2026-11", secret: secret)
    static let now = Timestamp(microseconds: 1_795_425_600_000_000)
    static let header = #"{"alg":"HS256","kid":"2026-11","typ":"JWT"}"#
    static let signer = TokenSigner(keys: [key])

    static func claims(type: String = "access", lifetime: Int = 3600) -> TokenClaims {
        let random = SeededRandom(11)
        return TokenClaims(
            tokenType: type, userID: Identifier(v7: now, random: random), loginID: Identifier(v7: now, random: random),
            tokenID: Identifier(v7: now, random: random), issuedAt: now, expiresAt: now.adding(seconds: lifetime))
    }

    /// The claims as JSON, with some members replaced by other JSON text, or left out where that is nil.
    static func payload(replacing changes: [String: String?] = [:]) -> String {
        let claims = claims()
        var members: [(String, String?)] = [
            ("token_type", "\"access\""), ("exp", "\(claims.expiresAt.seconds)"), ("iat", "\(claims.issuedAt.seconds)"),
            ("jti", "\"\(claims.tokenID)\""), ("user_id", "\"\(claims.userID)\""), ("login_id", "\"\(claims.loginID)\""),
        ]
        for (name, value) in changes {
            members.removeAll { $0.0 == name }
            members.append((name, value))
        }
        let text = members.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }
        return "{\(text.joined(separator: ","))}"
    }

    /// A token of any header and payload, with a true HS256 signature of `secret`.
    static func forge(header: String = header, payload: String = payload(), secret: [UInt8] = secret) -> String {
        let signed = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(payload.utf8))
        return signed + "." + Base64URL.encode(HMACSHA256.tag(key: secret, message: Array(signed.utf8)))
    }
}

extension TokenSigner {
    /// What `verify` says, as a value that an expectation can compare.
    func outcome(_ token: String, now: Timestamp = TokenFixture.now) -> Result<TokenClaims, TokenError> {
        do { return .success(try verify(token, now: now)) } catch { return .failure(error) }
    }
}
