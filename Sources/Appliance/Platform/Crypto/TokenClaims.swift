/// What a bearer token says: whose it is, from which login, of which type, and for how long.
///
/// Times are written as whole seconds; a fraction is dropped when the token is signed.
package struct TokenClaims: Sendable, Equatable {
    /// `access` or `refresh`. Whether it is the right one is for the caller to judge.
    package var tokenType: String
    package var userID: Identifier
    package var loginID: Identifier
    /// The token's own name (`jti`), by which one token can be revoked or found used twice.
    package var tokenID: Identifier
    package var issuedAt: Timestamp
    package var expiresAt: Timestamp

    package init(
        tokenType: String, userID: Identifier, loginID: Identifier, tokenID: Identifier,
        issuedAt: Timestamp, expiresAt: Timestamp
    ) {
        self.tokenType = tokenType
        self.userID = userID
        self.loginID = loginID
        self.tokenID = tokenID
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }
}

/// Why a token is refused. How it was wrong is not told: only its forger would gain.
package enum TokenError: Error, Equatable {
    /// Not ours, altered, malformed, or not a token at all.
    case invalid
    /// Ours, whole, and past its time.
    case expired
}

extension TokenClaims {
    var payload: [UInt8] {
        var writer = JSONWriter(reserving: 256)
        writer.object { writer in
            writer.field("token_type", tokenType)
            writer.field("exp", expiresAt.seconds)
            writer.field("iat", issuedAt.seconds)
            writer.field("jti", tokenID.hex)
            writer.field("user_id", userID.description)
            writer.field("login_id", loginID.description)
        }
        return writer.bytes
    }

    /// Reads the claims of a payload whose signature has been checked; nil when one is missing or odd.
    init?(payload: JSONValue) {
        guard let tokenType = payload["token_type"]?.string,
            let userID = payload["user_id"]?.string.flatMap(Identifier.init),
            let loginID = payload["login_id"]?.string.flatMap(Identifier.init),
            let tokenID = payload["jti"]?.string.flatMap(Identifier.init),
            let issuedAt = Self.time(payload["iat"]),
            let expiresAt = Self.time(payload["exp"])
        else { return nil }
        self.init(
            tokenType: tokenType, userID: userID, loginID: loginID, tokenID: tokenID,
            issuedAt: issuedAt, expiresAt: expiresAt)
    }

    /// A NumericDate (RFC 7519 section 2) in whole seconds, up to the end of the year 9999.
    static func time(_ value: JSONValue?) -> Timestamp? {
        guard let seconds = value?.int, (0...253_402_300_799).contains(seconds) else { return nil }
        return Timestamp(microseconds: Int64(seconds) * 1_000_000)
    }
}
