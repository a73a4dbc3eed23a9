import CCrypto

/// A password hash as Django writes it: `pbkdf2_sha256$rounds$salt$digest`.
///
/// It is only ever read, for accounts that were brought over. The salt is text and is used
/// as it stands; the digest is 32 bytes in padded Base64.
struct DjangoHash {
    /// Ten times the default of today's Django. More is no hash, but a way to keep a thread busy.
    private static let maximumRounds = 12_000_000

    private let rounds: Int
    private let salt: [UInt8]
    private let digest: [UInt8]

    init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "pbkdf2_sha256",
            let rounds = Int(parts[1]), (1...Self.maximumRounds).contains(rounds),
            (1...128).contains(parts[2].utf8.count),
            let digest = Base64.decode(String(parts[3])), digest.count == SHA256.length
        else { return nil }
        self.rounds = rounds
        salt = Array(parts[2].utf8)
        self.digest = digest
    }

    func matches(_ password: String) -> Bool {
        let secret = password.utf8.map { CChar(bitPattern: $0) }
        var derived = [UInt8](repeating: 0, count: SHA256.length)
        let status = PKCS5_PBKDF2_HMAC(
            secret, Int32(clamping: secret.count), salt, Int32(clamping: salt.count), Int32(clamping: rounds), EVP_sha256(),
            Int32(SHA256.length), &derived)
        ERR_clear_error()
        return status == 1 && constantTimeEqual(derived, digest)
    }
}
