import Platform

/// `/api/v1/auth/`: registration, tokens, the caller's own account, its logins and its profile.
struct AccountRoutes: Sendable {
    let database: Database
    let hashPool: HashPool
    let hasher: PasswordHasher
    let tokens: Tokens
    let clock: any PlatformClock
    let random: any RandomSource
    /// Asked at each registration, so that a reload takes effect with the next one.
    let registration: @Sendable () -> RegistrationMode
    /// What `export/` gathers, in the order of the document.
    var personalData: [any PersonalDataSource] = []
    /// The most bytes that `export/` answers with.
    var exportLimit = 64 << 20
    /// Nil: no account is written to, and the routes that need it are not there.
    var mails: AccountMails?

    var passwords: Passwords { Passwords(pool: hashPool, hasher: hasher) }

    var routes: [Route] { tokenRoutes + mailRoutes + ownRoutes + profileRoutes }

    private static let base = "/api/v1/auth/"

    /// What takes a password or gives a token: counted by the limiter in a class of its own.
    private var tokenRoutes: [Route] {
        let base = Self.base
        let routes: [Route] = [
            .post(base + "register/", access: .anyoneChecked, summary: "Create an account", handler: register)
                .takes(AccountDocs.registration).returns(201, AccountDocs.registered),
            .post(base + "login/", access: .anyone, summary: "Get tokens for a password", handler: login)
                .takes(AccountDocs.credentials).returns(200, AccountDocs.tokens)
                .returns(401, AccountDocs.refusedToken, "The password is wrong, or there is no such account."),
            .post(base + "refresh/", access: .anyone, summary: "Exchange a refresh token for new tokens", handler: refresh)
                .takes(AccountDocs.refresh).returns(200, AccountDocs.tokens)
                .returns(401, AccountDocs.refusedToken, "The token does not hold."),
            .post(base + "verify/", access: .anyone, summary: "Ask whether a token is good", handler: verify)
                .takes(AccountDocs.token).returns(200, AccountDocs.nothing)
                .returns(401, AccountDocs.refusedToken, "The token does not hold."),
            .post(base + "change-password/", summary: "Change the caller's password", handler: changePassword)
                .takes(AccountDocs.passwordChange).returns(200, AccountDocs.message),
            .delete(base + "me/", body: .json, summary: "Delete the caller's account", handler: deleteAccount)
                .takes(AccountDocs.passwordAlone).returns(204, nil),
        ]
        return routes.map { $0.counted(as: .authentication) }
    }

    private var ownRoutes: [Route] {
        let base = Self.base
        return [
            .get(base, summary: "The addresses below this one", handler: root).returns(200, AccountDocs.root),
            .post(base + "logout/", summary: "End this login", handler: logout)
                .takes(AccountDocs.optionalRefresh).returns(200, AccountDocs.message),
            .get(base + "me/", summary: "The caller's account", handler: me).returns(200, AccountResource.me.schema),
            .patch(base + "me/", summary: "Change the caller's names", handler: changeNames)
                .takes(AccountResource.me.bodySchema(asUpdate: true)).returns(200, AccountResource.me.schema),
            .get(base + "export/", summary: "Everything that is kept about the caller, as a file", handler: export)
                .returns(200, AccountDocs.export).returns(413, AccountDocs.tooLarge, "It is more than one answer may have.")
                .counted(as: .writing),
            .get(base + "logins/", summary: "The caller's logins", handler: listLogins).returns(200, AccountDocs.logins),
            .delete(base + "logins/{id}/", summary: "End one of the caller's logins", handler: endLogin).returns(204, nil),
        ]
    }

    private var profileRoutes: [Route] {
        let (profiles, one) = (Self.base + "profiles/", Self.base + "profiles/{id}/")
        let resource = ProfileResource.description
        return [
            .get(profiles, summary: "The caller's profile, as a list", handler: listProfiles)
                .asks(.page).returns(200, .page(of: resource.schema)),
            .post(profiles, idempotent: true, summary: "Create the caller's profile", handler: createProfile)
                .takes(resource.bodySchema()).returns(201, resource.schema),
            .get(one, summary: "The caller's profile", handler: showProfile)
                .names("id", AccountDocs.profileID).returns(200, resource.schema),
            .put(one, summary: "Replace the caller's profile", handler: replaceProfile)
                .names("id", AccountDocs.profileID).takes(resource.bodySchema()).returns(200, resource.schema),
            .patch(one, summary: "Change the caller's profile", handler: updateProfile)
                .names("id", AccountDocs.profileID).takes(resource.bodySchema(asUpdate: true)).returns(200, resource.schema),
            .delete(one, summary: "Delete the caller's profile", handler: deleteProfile)
                .names("id", AccountDocs.profileID).returns(204, nil),
        ]
    }

    @Sendable private func root(_ request: HTTPRequest) async throws -> HTTPAnswer {
        .json { $0.object { $0.field("profiles", request.absoluteURL("/api/v1/auth/profiles/")) } }
    }

    /// The caller's account. It may have been deleted since its token was checked.
    static func account(of request: HTTPRequest, in reader: Reader) throws -> Account {
        guard let account = try AccountStore.account(request.requireCaller().owner, in: reader) else { throw HTTPError.userNotFound }
        return account
    }
}
