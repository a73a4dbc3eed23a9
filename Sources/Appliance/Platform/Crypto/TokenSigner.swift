/// Makes and checks bearer tokens: JWT (RFC 7519) signed with HS256 and nothing else.
///
/// The first key signs, all of them verify. A key under 256 bits is left out, because its
/// tokens could be forged offline. If no key remains, one is made up that lasts as long as
/// this value: then nobody's earlier tokens are valid, which is the safe way to be wrong.
package struct TokenSigner: Sendable {
    /// What clocks of two machines may differ by when a token is not valid yet (`nbf`).
    /// Expiry has no such leeway: a token is dead at the second that it names.
    private static let leewaySeconds = 30

    private let first: TokenKey
    private let keys: [TokenKey]

    package init(keys: [SigningKey]) {
        let strong = keys.filter { $0.secret.count >= SigningKey.minimumSecretBytes }.map(TokenKey.init)
        let first = strong.first ?? TokenKey(SigningKey(id: "unset", secret: SystemRandom().bytes(SigningKey.minimumSecretBytes)))
        self.first = first
        self.keys = strong.isEmpty ? [first] : strong
    }

    package func sign(_ claims: TokenClaims) -> String {
        CompactJWS.sign(claims.payload, with: first)
    }

    /// Checks the signature, then the claims, then the time. A token is expired from the
    /// very second of its `exp` on.
    package func verify(_ token: String, now: Timestamp) throws(TokenError) -> TokenClaims {
        guard let bytes = CompactJWS.payload(of: token, keys: keys),
            let payload = try? JSONValue.parse(bytes, maximumDepth: 4),
            let claims = TokenClaims(payload: payload)
        else { throw .invalid }
        guard now < claims.expiresAt else { throw .expired }
        if let notBefore = payload["nbf"] {
            guard let notBefore = TokenClaims.time(notBefore), notBefore <= now.adding(seconds: Self.leewaySeconds) else {
                throw .invalid
            }
        }
        return claims
    }
}
