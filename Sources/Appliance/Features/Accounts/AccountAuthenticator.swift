import Platform

/// Turns access tokens into callers, with one HMAC and one indexed read for each request, and a socket's tickets too.
struct AccountAuthenticator: Authenticator {
    let database: Database
    let tokens: Tokens
    let tickets: SocketTickets

    /// A token whose login has ended, or is gone with its account, is blacklisted.
    func caller(ofToken token: String) throws -> Caller {
        let claims: TokenClaims
        do throws(TokenRefusal) {
            claims = try tokens.claims(of: token, .access)
        } catch {
            throw HTTPError.tokenNotValid(error.problem)
        }
        return try caller(ofLogin: claims.loginID, user: claims.userID)
    }

    /// A ticket is used up by the attempt, whatever becomes of it.
    func caller(ofTicket ticket: String, for request: HTTPRequest) async throws -> Caller {
        guard let holder = tickets.redeem(ticket) else { throw HTTPError.tokenNotValid(.invalid) }
        return try caller(ofLogin: holder.login, user: holder.account)
    }

    private func caller(ofLogin login: Identifier, user: Identifier) throws -> Caller {
        guard let live = try database.read({ try LoginStore.live(login, in: $0) }) else { throw HTTPError.tokenNotValid(.blacklisted) }
        let account = live.account
        guard account.id == user else { throw HTTPError.userNotFound }
        // Closing an account ends its logins, so this is the second lock on the same door.
        guard account.isActive else { throw HTTPError.userInactive }
        return Caller(
            accountRowID: account.rowID, accountID: account.id, loginID: login, isStaff: account.isStaff, email: account.email)
    }
}
