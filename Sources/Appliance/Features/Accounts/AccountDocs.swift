import Platform

/// The forms of the accounts' bodies and answers, for the API's document.
enum AccountDocs {
    private static let password = JSONSchema.text(min: 1, max: Passwords.longestTried)

    static let root = JSONSchema.object([JSONSchema.Member("profiles", .text(format: "uri"))])

    static let registration = JSONSchema.object([
        JSONSchema.Member("email", .text(min: 1, max: Account.longestEmail, format: "email")),
        JSONSchema.Member("password", .text(min: PasswordPolicy.minimumLength, max: Passwords.longest)),
        JSONSchema.Member("password_confirm", .text(min: 1)),
        JSONSchema.Member("first_name", .text(max: Account.longestName), isRequired: false),
        JSONSchema.Member("last_name", .text(max: Account.longestName), isRequired: false),
        JSONSchema.Member("invite_code", .text, isRequired: false),
    ])

    static let registered = JSONSchema.object([
        JSONSchema.Member("message", .text), JSONSchema.Member("user_id", .uuid), JSONSchema.Member("access", .text),
        JSONSchema.Member("refresh", .text),
    ])

    static let credentials = JSONSchema.object([JSONSchema.Member("email", .text(min: 1)), JSONSchema.Member("password", password)])

    static let tokens = JSONSchema.named("TokenPair", .object([JSONSchema.Member("refresh", .text), JSONSchema.Member("access", .text)]))

    static let refresh = JSONSchema.object([JSONSchema.Member("refresh", .text(min: 1))])

    static let optionalRefresh = JSONSchema.object([JSONSchema.Member("refresh", .nullable(.text), isRequired: false)])

    static let token = JSONSchema.object([JSONSchema.Member("token", .text(min: 1))])

    static let nothing = JSONSchema.object([])

    static let passwordAlone = JSONSchema.object([JSONSchema.Member("password", password)])

    static let passwordChange = JSONSchema.object([
        JSONSchema.Member("old_password", password), JSONSchema.Member("new_password", password),
    ])

    static let emailAlone = JSONSchema.object([JSONSchema.Member("email", .text(min: 1, max: Account.longestEmail, format: "email"))])

    static let mailToken = JSONSchema.object([JSONSchema.Member("token", .text(min: 1, max: 256))])

    static let passwordReset = JSONSchema.object([
        JSONSchema.Member("token", .text(min: 1, max: 256)), JSONSchema.Member("new_password", password),
    ])

    static let notConfigured = JSONSchema.named(
        "NotConfigured", .object([JSONSchema.Member("detail", .text), JSONSchema.Member("error_code", .choice(["not_configured"]))]))

    static let message = JSONSchema.named("Message", .object([JSONSchema.Member("message", .text)]))

    static let login = JSONSchema.named(
        "Login",
        .object([
            JSONSchema.Member("id", .uuid), JSONSchema.Member("created_at", .datetime), JSONSchema.Member("last_used_at", .datetime),
            JSONSchema.Member("client_address", .text), JSONSchema.Member("user_agent", .text), JSONSchema.Member("current", .boolean),
        ]))

    static let logins = JSONSchema.object([JSONSchema.Member("results", .array(login))])

    /// Each feature adds its own members to it.
    static let export = JSONSchema.object([
        JSONSchema.Member("exported_at", .datetime), JSONSchema.Member("account", .map(.anything)),
        JSONSchema.Member("profile", .nullable(.map(.anything))), JSONSchema.Member("logins", .array(.map(.anything))),
    ])

    static let tooLarge = JSONSchema.object([JSONSchema.Member("detail", .text)])

    /// What a bad token in a body, or a bad password, is answered with.
    static let refusedToken = JSONSchema.named(
        "RefusedCredentials", .object([JSONSchema.Member("detail", .text), JSONSchema.Member("code", .text, isRequired: false)]))

    static let profileID = JSONSchema.simple(JSONObject([("type", "integer"), ("format", "int64")]))
}
