import Platform

/// Turns access tokens into callers: one HMAC and one indexed read for each request.
struct AccountAuthenticator: Authenticator {
    let database: Database
    let tokens: Tokens
    let clock: any PlatformClock

    /// A token whose login has ended, or is gone with its account, is blacklisted.
    func caller(ofToken token: String) throws -> Caller {
        let claims: TokenClaims
        do throws(TokenRefusal) {
            claims = try tokens.claims(of: token, .access)
        } catch {
            throw HTTPError.tokenNotValid(error.problem)
        }
        guard let live = try database.read({ try LoginStore.live(claims.loginID, in: $0) }) else {
            throw HTTPError.tokenNotValid(.blacklisted)
        }
        let account = live.account
        guard account.id == claims.userID else { throw HTTPError.userNotFound }
        // Closing an account ends its logins, so this is the second lock on the same door.
        guard account.isActive else { throw HTTPError.userInactive }
        return Caller(
            accountRowID: account.rowID, accountID: account.id, loginID: claims.loginID, isStaff: account.isStaff, email: account.email)
    }
}
