import Platform

/// All SQL over the keys that sign tokens.
enum SigningKeyStore {
    /// How long a retired key still verifies: as long as a token may be made to live.
    static let longestTokenLifeDays = 365

    /// The keys for a `TokenSigner`: the one that signs, then those that only verify, the newest first.
    /// Those that no living token can need any more are deleted.
    static func keys(in transaction: Transaction) throws -> [SigningKey] {
        try transaction.execute("DELETE FROM signing_keys WHERE verifies_until <= $1", transaction.now)
        return try transaction.rows("SELECT kid, secret FROM signing_keys ORDER BY verifies_until IS NULL DESC, rid DESC") {
            SigningKey(id: try $0.text(0), secret: try $0.blob(1))
        }
    }

    /// Makes a key the one that signs. The one that did verifies for as long as its tokens may live, or, with
    /// `revokingOld`, is deleted with all others: then every token is dead at once.
    static func add(_ key: SigningKey, revokingOld: Bool = false, in transaction: Transaction) throws {
        if revokingOld {
            try transaction.execute("DELETE FROM signing_keys")
        } else {
            try transaction.execute(
                "UPDATE signing_keys SET verifies_until = $1 WHERE verifies_until IS NULL",
                transaction.now.adding(seconds: longestTokenLifeDays * 86_400))
        }
        try transaction.execute(
            "INSERT INTO signing_keys (kid, secret, created_at) VALUES ($1, $2, $3)", key.id, key.secret, transaction.now)
    }
}
