import Platform
import Synchronization

/// Gives out tokens, exchanges and checks them. Its signing keys are kept in the database.
///
/// A token says by itself who made it and until when; whether its login has ended since, only the database
/// knows. So every check is two: `claims`, which is arithmetic, and then a look at the login.
final class Tokens: Sendable {
    /// The two types of token. An access token opens routes; a refresh token is good for one exchange.
    enum Kind: String, Sendable {
        case access, refresh
    }

    struct Lifetimes: Sendable {
        var accessMinutes: Int
        var refreshDays: Int
    }

    private let signer: Mutex<TokenSigner>
    private let clock: any PlatformClock
    private let random: any RandomSource
    /// Read for each token, so that a reload takes effect with the next one.
    private let lifetimes: @Sendable () -> Lifetimes

    private init(
        signer: TokenSigner, clock: any PlatformClock, random: any RandomSource, lifetimes: @escaping @Sendable () -> Lifetimes
    ) {
        self.signer = Mutex(signer)
        self.clock = clock
        self.random = random
        self.lifetimes = lifetimes
    }

    /// Loads the signing keys; the first start makes the first one.
    static func open(
        database: Database, clock: any PlatformClock, random: any RandomSource, lifetimes: @escaping @Sendable () -> Lifetimes
    ) async throws -> Tokens {
        let keys = try await database.write { transaction in
            let keys = try SigningKeyStore.keys(in: transaction)
            guard keys.isEmpty else { return keys }
            try SigningKeyStore.add(SigningKey(random: random, at: transaction.now), in: transaction)
            return try SigningKeyStore.keys(in: transaction)
        }
        return Tokens(signer: TokenSigner(keys: keys), clock: clock, random: random, lifetimes: lifetimes)
    }

    /// Signs with a new key from now on. Tokens of the old one stay good until they expire, or, with
    /// `revokingOld` (the key has leaked), die at once with every login. Call it once at a time.
    func rotateKey(in database: Database, revokingOld: Bool = false) async throws {
        let random = self.random
        let keys = try await database.write { transaction in
            try SigningKeyStore.add(SigningKey(random: random, at: transaction.now), revokingOld: revokingOld, in: transaction)
            return try SigningKeyStore.keys(in: transaction)
        }
        let new = TokenSigner(keys: keys)
        signer.withLock { $0 = new }
    }

    // MARK: Giving out

    /// Begins a login and gives out its first tokens.
    func startLogin(of account: Account, client: LoginClient, in transaction: Transaction) throws -> TokenPair {
        let login = transaction.newIdentifier()
        let pair = pair(user: account.id, login: login, in: transaction)
        try LoginStore.create(login, of: account.owner, tokens: pair, client: client, in: transaction)
        return pair
    }

    /// Exchanges a refresh token, whose claims have been checked, for new tokens of the same login.
    ///
    /// Nil means that the token is dead: its login has ended, or it was exchanged before. In the latter case
    /// somebody else has a copy, and nobody can tell which of the two is the owner, so the login ends. The
    /// caller must therefore let the transaction commit and complain afterwards.
    func exchange(_ token: String, _ claims: TokenClaims, client: LoginClient, in transaction: Transaction) throws -> TokenPair? {
        guard let live = try LoginStore.live(claims.loginID, in: transaction), live.account.id == claims.userID, live.account.isActive
        else {
            return nil
        }
        guard constantTimeEqual(live.refreshHash, TokenPair.hash(token)) else {
            try LoginStore.end(claims.loginID, of: live.account.owner, because: .reuse, in: transaction)
            return nil
        }
        let pair = pair(user: claims.userID, login: claims.loginID, in: transaction)
        try LoginStore.renew(claims.loginID, tokens: pair, client: client, in: transaction)
        return pair
    }

    /// Another access token of the caller's login.
    func access(for caller: Caller) -> String {
        let now = clock.now()
        let claims = TokenClaims(
            tokenType: Kind.access.rawValue, userID: caller.accountID, loginID: caller.loginID,
            tokenID: Identifier(v7: now, random: random), issuedAt: now, expiresAt: now.adding(seconds: accessSeconds))
        return signer.withLock { $0 }.sign(claims)
    }

    /// How long an access token lives.
    var accessSeconds: Int { lifetimes().accessMinutes * 60 }

    private func pair(user: Identifier, login: Identifier, in transaction: Transaction) -> TokenPair {
        let now = transaction.now
        let lifetimes = lifetimes()
        func claims(_ kind: Kind, seconds: Int) -> TokenClaims {
            TokenClaims(
                tokenType: kind.rawValue, userID: user, loginID: login, tokenID: transaction.newIdentifier(), issuedAt: now,
                expiresAt: now.adding(seconds: seconds))
        }
        let access = claims(.access, seconds: lifetimes.accessMinutes * 60)
        let refresh = claims(.refresh, seconds: lifetimes.refreshDays * 86_400)
        let signer = signer.withLock { $0 }
        return TokenPair(
            access: signer.sign(access), refresh: signer.sign(refresh), expiresAt: max(access.expiresAt, refresh.expiresAt))
    }

    // MARK: Checking

    /// What a token says, if it is ours, of this time and, where a kind is asked for, of that kind.
    func claims(of token: String, _ kind: Kind? = nil) throws(TokenRefusal) -> TokenClaims {
        let signer = signer.withLock { $0 }
        let claims: TokenClaims
        do throws(TokenError) {
            claims = try signer.verify(token, now: clock.now())
        } catch {
            throw TokenRefusal(problem: error == .expired ? .expired : .invalid)
        }
        guard let found = Kind(rawValue: claims.tokenType) else { throw TokenRefusal(problem: .invalid) }
        guard kind == nil || found == kind else { throw TokenRefusal(problem: .wrongType) }
        return claims
    }

    /// Whether a token whose claims have been checked would be accepted: its login lives, and if it is a
    /// refresh token, it has not been exchanged.
    func isLive(_ token: String, _ claims: TokenClaims, in reader: Reader) throws -> Bool {
        guard let live = try LoginStore.live(claims.loginID, in: reader), live.account.id == claims.userID, live.account.isActive else {
            return false
        }
        return claims.tokenType == Kind.access.rawValue || constantTimeEqual(live.refreshHash, TokenPair.hash(token))
    }
}

/// What a client gets for its password, or for its refresh token.
struct TokenPair: Sendable {
    let access: String
    let refresh: String
    /// When the later of the two expires.
    let expiresAt: Timestamp

    /// What is stored of the refresh token: enough to know it again, not enough to use it.
    var refreshHash: [UInt8] { Self.hash(refresh) }

    static func hash(_ token: String) -> [UInt8] { SHA256.hash(Array(token.utf8)) }
}
