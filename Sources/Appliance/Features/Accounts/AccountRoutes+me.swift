import Platform

/// The caller's own account and its password.
extension AccountRoutes {
    @Sendable func me(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let account = try database.read { try Self.account(of: request, in: $0) }
        return .json { AccountResource.me.write(account, into: &$0) }
    }

    @Sendable func changeNames(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let body = try request.json()
        let account = try await database.write { transaction in
            var account = try Self.account(of: request, in: transaction)
            try AccountResource.me.decode(body, into: &account, mode: .update)
            try AccountStore.setNames(account, in: transaction)
            return account
        }
        return .json { AccountResource.me.write(account, into: &$0) }
    }

    /// Asks for the password once more: a token left on a shared machine must not be enough to delete everything.
    @Sendable func deleteAccount(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        var body = try BodyReader(request.json())
        let password = body.text("password", max: Passwords.longestTried)
        try body.finish()
        let checked = try credentials(of: request)
        guard try await passwords.check(password, against: checked.passwordHash) != .wrong else { throw AccountError.passwordIncorrect }
        try await database.write { transaction in
            try Self.demandUnchanged(checked, in: transaction, otherwise: AccountError.passwordIncorrect)
            try AccountStore.delete(owner, in: transaction)
        }
        return .empty()
    }

    /// Ends every login of the account, this one included: whoever else knew the old password is out.
    @Sendable func changePassword(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        var body = try BodyReader(request.json())
        let old = body.optionalText("old_password", max: Passwords.longestTried) ?? ""
        let new = body.optionalText("new_password") ?? ""
        try body.finish()
        guard !old.isEmpty, !new.isEmpty else { throw AccountError.passwordsRequired }
        let checked = try credentials(of: request)
        guard try await passwords.check(old, against: checked.passwordHash) != .wrong else { throw AccountError.oldPasswordIncorrect }
        let problems = Passwords.problems(new, for: checked.account)
        guard problems.isEmpty else { throw AccountError.weakPassword(problems) }
        let hash = try await passwords.hash(new)
        try await database.write { transaction in
            try Self.demandUnchanged(checked, in: transaction, otherwise: AccountError.oldPasswordIncorrect)
            try AccountStore.setPassword(hash, of: owner, because: .passwordChanged, in: transaction)
        }
        return .json { $0.object { $0.field("message", "Password changed successfully") } }
    }

    private func credentials(of request: HTTPRequest) throws -> Credentials {
        let owner = try request.requireCaller().owner
        guard let found = try database.read({ try AccountStore.credentials(of: owner, in: $0) }) else { throw HTTPError.userNotFound }
        return found
    }

    /// The password that was checked before this transaction must still be the account's.
    private static func demandUnchanged(_ checked: Credentials, in transaction: Transaction, otherwise error: any HTTPFact) throws {
        let current = try AccountStore.credentials(of: checked.account.owner, in: transaction)
        guard current?.passwordVersion == checked.passwordVersion else { throw error }
    }
}
