import Platform

/// What is proved by a link in a mail: a new password, and that an address is the account's.
///
/// Asking for such a mail is answered in the same words, after the same work, whether the address has an account or
/// not. A token is good once and for a while; of an expired, used or made-up one it is only said that it is not valid.
extension AccountRoutes {
    var mailRoutes: [Route] {
        guard mails != nil else { return [] }
        let base = "/api/v1/auth/"
        let notConfigured = (status: 409, schema: AccountDocs.notConfigured, words: "This server sends no mail.")
        let routes: [Route] = [
            .post(base + "password-reset/", access: .anyone, summary: "Get a link for a new password by mail", handler: askForPassword)
                .takes(AccountDocs.emailAlone).returns(200, AccountDocs.message)
                .returns(notConfigured.status, notConfigured.schema, notConfigured.words),
            .post(base + "password-reset/confirm/", access: .anyone, summary: "Set a new password with such a link", handler: resetPassword)
                .takes(AccountDocs.passwordReset).returns(200, AccountDocs.message),
            .post(base + "verify-email/", access: .anyone, summary: "Confirm an address with the link of a mail", handler: verifyEmail)
                .takes(AccountDocs.mailToken).returns(200, AccountDocs.message),
            .post(base + "verify-email/resend/", access: .anyone, summary: "Get that mail once more", handler: askForVerification)
                .takes(AccountDocs.emailAlone).returns(200, AccountDocs.message)
                .returns(notConfigured.status, notConfigured.schema, notConfigured.words),
        ]
        return routes.map { $0.counted(as: .authentication) }
    }

    @Sendable private func askForPassword(_ request: HTTPRequest) async throws -> HTTPAnswer { try await ask(.passwordReset, request) }

    @Sendable private func askForVerification(_ request: HTTPRequest) async throws -> HTTPAnswer {
        try await ask(.emailVerification, request)
    }

    /// One look for the account, which finds one or does not, and one order.
    private func ask(_ purpose: MailToken.Purpose, _ request: HTTPRequest) async throws -> HTTPAnswer {
        var body = try BodyReader(request.json())
        let email = body.email("email", max: Account.longestEmail)
        try body.finish()
        // Said to everybody alike: who waits for a mail that nobody sends waits in vain.
        guard mails?.outbox.isConfigured == true else { throw AccountError.sendsNoMail }
        try await database.write { transaction in
            let owner = try AccountStore.account(email: email, in: transaction)?.owner
            try transaction.enqueue(AccountMailWork.order(purpose, for: owner))
        }
        return .json { $0.object { $0.field("message", "If there is an account with this address, a mail is on its way to it.") } }
    }

    /// Ends every login of the account: who knew the old password is out. The token is looked at before the password is
    /// hashed, which is dear, and used up in the transaction that sets the new one.
    @Sendable private func resetPassword(_ request: HTTPRequest) async throws -> HTTPAnswer {
        var body = try BodyReader(request.json())
        let token = body.text("token", max: Self.longestToken)
        let new = body.text("new_password", max: Passwords.longestTried, trim: false)
        try body.finish()
        let now = clock.now()
        let found = try database.read { reader -> Account? in
            try MailTokenStore.owner(ofToken: token, .passwordReset, at: now, in: reader).flatMap {
                try AccountStore.account($0, in: reader)
            }
        }
        guard let account = found else { throw AccountError.linkNotValid }
        let problems = Passwords.problems(new, for: account)
        if !problems.isEmpty {
            var errors = ValidationErrors()
            errors.add("new_password", problems)
            throw errors
        }
        let hash = try await passwords.hash(new)
        try await database.write { transaction in
            guard let owner = try MailTokenStore.use(token, .passwordReset, in: transaction) else { throw AccountError.linkNotValid }
            try AccountStore.setPassword(hash, of: owner, because: .passwordReset, in: transaction)
        }
        return .json { $0.object { $0.field("message", "Password has been reset successfully") } }
    }

    @Sendable private func verifyEmail(_ request: HTTPRequest) async throws -> HTTPAnswer {
        var body = try BodyReader(request.json())
        let token = body.text("token", max: Self.longestToken)
        try body.finish()
        let isGood = try await database.write { transaction in
            guard let owner = try MailTokenStore.use(token, .emailVerification, in: transaction) else { return false }
            try AccountStore.setVerified(owner, in: transaction)
            return true
        }
        guard isGood else { throw AccountError.linkNotValid }
        return .json { $0.object { $0.field("message", "Email verified successfully") } }
    }

    private static let longestToken = 256
}
