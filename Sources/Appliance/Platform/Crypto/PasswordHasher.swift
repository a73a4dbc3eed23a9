/// Turns passwords into stored hashes and checks them again: scrypt (RFC 7914) in PHC form.
///
/// A hash costs tens of megabytes and a noticeable part of a second **by design**: call this on a
/// `HashPool`, never on the cooperative pool. Hashes of `pbkdf2_sha256$…`, as Django writes
/// them, are accepted too and reported by `needsRehash`, so that they are replaced at the next login.
package struct PasswordHasher: Sendable {
    /// The cost of one hash: memory is `128 · r · 2^logN` bytes, time grows with `p` as well.
    package struct Parameters: Sendable, Equatable {
        package var logN: Int
        package var r: Int
        package var p: Int

        package init(logN: Int, r: Int, p: Int) {
            self.logN = logN
            self.r = r
            self.p = p
        }

        /// 32 MiB, one of the equal choices of the OWASP password storage page.
        package static let standard = Parameters(logN: 15, r: 8, p: 3)
        /// Next to no cost. **For tests only.**
        package static let test = Parameters(logN: 4, r: 8, p: 1)
    }

    package enum Failure: Error, Equatable {
        /// The parameters exceed the memory limit, or there was no memory.
        case cannotDerive
    }

    /// A well-formed hash that no password matches, at the same cost as a real one.
    ///
    /// Checking against it when an account does not exist makes that take as long as
    /// a wrong password. Its digest is random bytes: the hash of a secret that nobody knows.
    package let dummy: String

    private let parameters: Parameters
    private let random: any RandomSource

    package init(parameters: Parameters = .standard, random: any RandomSource) {
        self.parameters = parameters
        self.random = random
        dummy =
            ScryptHash(
                parameters: parameters, salt: random.bytes(ScryptHash.saltBytes), digest: random.bytes(ScryptHash.digestBytes)
            ).text
    }

    package func hash(_ password: String) throws(Failure) -> String {
        let salt = random.bytes(ScryptHash.saltBytes)
        guard let digest = ScryptHash.derive(password, salt, parameters, length: ScryptHash.digestBytes) else {
            throw .cannotDerive
        }
        return ScryptHash(parameters: parameters, salt: salt, digest: digest).text
    }

    /// Tells whether `password` is the one that `stored` was made from. Text that is no hash
    /// at all matches nothing, and takes as long as a hash to say so.
    package func verify(_ password: String, against stored: String) -> Bool {
        if let django = DjangoHash(stored) { return django.matches(password) }
        if let scrypt = ScryptHash(stored) { return scrypt.matches(password) }
        _ = ScryptHash.derive(password, [], parameters, length: ScryptHash.digestBytes)
        return false
    }

    /// Tells whether `stored` is weaker than what `hash` would make now: of another kind, or with
    /// any one parameter smaller. Ask after `verify` has said yes, and store a new hash then.
    package func needsRehash(_ stored: String) -> Bool {
        guard let hash = ScryptHash(stored) else { return true }
        return hash.parameters.logN < parameters.logN || hash.parameters.r < parameters.r || hash.parameters.p < parameters.p
            || hash.salt.count < ScryptHash.saltBytes || hash.digest.count < ScryptHash.digestBytes
    }
}
