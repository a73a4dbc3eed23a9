import Platform

/// Registration, login, and what is done with tokens.
extension AccountRoutes {
    @Sendable func register(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let mode = registration()
        guard mode != .closed else { throw AccountError.registrationClosed }
        let form = try RegistrationForm(
            request.json(), needsInvitation: mode == .invite,
            isTaken: { email in try database.read { try AccountStore.isTaken(email, in: $0) } },
            isGood: { code, email in try database.read { try InvitationStore.isGood(code, for: email, at: clock.now(), in: $0) } })
        let new = AccountStore.New(
            email: form.email, passwordHash: try await passwords.hash(form.password), firstName: form.firstName, lastName: form.lastName)
        let client = LoginClient(request)
        let (account, pair) = try await database.write { [tokens, mails] transaction in
            let account = try AccountStore.create(new, in: transaction)
            if let code = form.code {
                // Others may have used it up, or the operator revoked it, while the password was hashed.
                let isUsed = try InvitationStore.use(code, by: account, in: transaction)
                guard isUsed || mode == .open else { throw AccountError.invitationNotValid }
            }
            try mails?.greet(account, in: transaction)
            return (account, try tokens.startLogin(of: account, client: client, in: transaction))
        }
        return .json(201) { writer in
            writer.object { writer in
                writer.field("message", "User registered successfully")
                writer.field("user_id", account.id)
                writer.field("access", pair.access)
                writer.field("refresh", pair.refresh)
            }
        }
    }

    /// Between the check of the password and the login's start another request may change the password or
    /// close the account, so the transaction looks again.
    @Sendable func login(_ request: HTTPRequest) async throws -> HTTPAnswer {
        var body = try BodyReader(request.json())
        let email = body.text("email")
        let password = body.text("password", max: Passwords.longestTried)
        try body.finish()
        let found = try database.read { try AccountStore.credentials(email: email, in: $0) }
        guard case .right(let replacement) = try await passwords.check(password, against: found?.passwordHash), let found else {
            throw AccountError.noActiveAccount
        }
        let client = LoginClient(request)
        let pair = try await database.write { [tokens] transaction in
            let owner = found.account.owner
            guard let current = try AccountStore.credentials(of: owner, in: transaction), current.account.isActive,
                current.passwordVersion == found.passwordVersion
            else { throw AccountError.noActiveAccount }
            try AccountStore.noteLogin(found, replacement: replacement, in: transaction)
            return try tokens.startLogin(of: current.account, client: client, in: transaction)
        }
        return .json { writer in
            writer.object { writer in
                writer.field("refresh", pair.refresh)
                writer.field("access", pair.access)
            }
        }
    }

    @Sendable func refresh(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let token = try Self.token("refresh", in: request)
        let claims = try tokens.claims(of: token, .refresh)
        let client = LoginClient(request)
        let pair = try await database.write { [tokens] in try tokens.exchange(token, claims, client: client, in: $0) }
        // Thrown only now: what a reuse has ended must be committed.
        guard let pair else { throw TokenRefusal(problem: .blacklisted) }
        return .json { writer in
            writer.object { writer in
                writer.field("access", pair.access)
                writer.field("refresh", pair.refresh)
            }
        }
    }

    @Sendable func verify(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let token = try Self.token("token", in: request)
        let claims = try tokens.claims(of: token)
        guard try database.read({ try tokens.isLive(token, claims, in: $0) }) else { throw TokenRefusal(problem: .blacklisted) }
        return .json { $0.object { _ in } }
    }

    /// Ends the caller's login. A refresh token beside it may belong to another login of the same account, which
    /// ends too; with one that names no live login of the caller's, nothing ends.
    @Sendable func logout(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let caller = try request.requireCaller()
        let named = try namedLogin(in: request.json(), caller)
        let isKnown = try await database.write { transaction in
            if let named, named != caller.loginID {
                guard try LoginStore.end(named, of: caller.owner, because: .logout, in: transaction) else { return false }
            }
            try LoginStore.end(caller.loginID, of: caller.owner, because: .logout, in: transaction)
            return true
        }
        guard isKnown else { throw AccountError.notALogin }
        return .json { $0.object { $0.field("message", "Successfully logged out") } }
    }

    /// The login that the body's `refresh` names; nil where there is none. A token that was exchanged before will
    /// do: it is genuine, and whoever sends it wants its login to end.
    private func namedLogin(in body: JSONValue, _ caller: Caller) throws -> Identifier? {
        try BodyReader(body).finish()
        guard let value = body["refresh"], !value.isNull, value.string != "" else { return nil }
        guard let token = value.string, let claims = try? tokens.claims(of: token, .refresh), claims.userID == caller.accountID else {
            throw AccountError.notALogin
        }
        return claims.loginID
    }

    private static func token(_ name: String, in request: HTTPRequest) throws -> String {
        var body = try BodyReader(request.json())
        let token = body.text(name)
        try body.finish()
        return token
    }
}
