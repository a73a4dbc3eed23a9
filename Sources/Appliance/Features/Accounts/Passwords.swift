import Platform

/// Hashes and checks passwords on the pool, never on a thread that serves requests, and never in a transaction.
struct Passwords: Sendable {
    /// Longer new ones are refused: nobody types them, and each costs work.
    static let longest = 128
    /// The longest that a login may try. Accounts that came from the original server may have long passwords.
    static let longestTried = 4096

    let pool: HashPool
    let hasher: PasswordHasher

    enum Verdict: Sendable, Equatable {
        case wrong
        /// `replacement` is a stronger hash of the same password, where the stored one is out of date.
        case right(replacement: String?)
    }

    /// Checks a password. With no hash to check against, as for an unknown account, it is wrong, and takes as long to
    /// say so.
    func check(_ password: String, against stored: String?) async throws(HTTPError) -> Verdict {
        let hasher = self.hasher
        return try await onPool {
            guard hasher.verify(password, against: stored ?? hasher.dummy), let stored else { return .wrong }
            // Where the new hash cannot be made, the old one serves until the next login.
            return .right(replacement: hasher.needsRehash(stored) ? try? hasher.hash(password) : nil)
        }
    }

    func hash(_ password: String) async throws(HTTPError) -> String {
        let hasher = self.hasher
        guard let hash = try await onPool({ try? hasher.hash(password) }) else { throw .unavailable(retryAfter: 1) }
        return hash
    }

    /// What stands against a new password of an account that exists, in the policy's words.
    static func problems(_ password: String, for account: Account) -> [String] {
        guard password.unicodeScalars.count <= longest else { return ["Ensure this field has no more than \(longest) characters."] }
        return PasswordPolicy.problems(password, email: account.email, firstName: account.firstName, lastName: account.lastName)
    }

    /// A full pool is the client's to wait for, and so is one that is going down.
    private func onPool<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws(HTTPError) -> Value {
        do throws(HashPoolError) {
            return try await pool.run(work)
        } catch {
            throw .unavailable(retryAfter: 1)
        }
    }
}
