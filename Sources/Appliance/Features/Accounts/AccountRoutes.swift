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

    var passwords: Passwords { Passwords(pool: hashPool, hasher: hasher) }

    var routes: [Route] {
        let base = "/api/v1/auth/"
        let profiles = base + "profiles/"
        return [
            .get(base, summary: "The addresses below this one", handler: root),
            .post(base + "register/", access: .anyoneChecked, summary: "Create an account", handler: register),
            .post(base + "login/", access: .anyone, summary: "Get tokens for a password", handler: login),
            .post(base + "refresh/", access: .anyone, summary: "Exchange a refresh token for new tokens", handler: refresh),
            .post(base + "verify/", access: .anyone, summary: "Ask whether a token is good", handler: verify),
            .post(base + "logout/", summary: "End this login", handler: logout),
            .get(base + "me/", summary: "The caller's account", handler: me),
            .patch(base + "me/", summary: "Change the caller's names", handler: changeNames),
            .delete(base + "me/", body: .json, summary: "Delete the caller's account", handler: deleteAccount),
            .post(base + "change-password/", summary: "Change the caller's password", handler: changePassword),
            .get(base + "logins/", summary: "The caller's logins", handler: listLogins),
            .delete(base + "logins/{id}/", summary: "End one of the caller's logins", handler: endLogin),
            .get(profiles, summary: "The caller's profile, as a list", handler: listProfiles),
            .post(profiles, idempotent: true, summary: "Create the caller's profile", handler: createProfile),
            .get(profiles + "{id}/", summary: "The caller's profile", handler: showProfile),
            .put(profiles + "{id}/", summary: "Replace the caller's profile", handler: replaceProfile),
            .patch(profiles + "{id}/", summary: "Change the caller's profile", handler: updateProfile),
            .delete(profiles + "{id}/", summary: "Delete the caller's profile", handler: deleteProfile),
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
