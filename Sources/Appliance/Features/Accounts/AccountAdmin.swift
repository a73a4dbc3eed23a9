import Platform

/// What the operator does with accounts: the handlers of `jobraker admin`, the same with a server running and
/// without one. Passwords come as values; nothing here prints or logs one.
struct AccountAdmin: Sendable {
    enum Failure: Error, Equatable {
        case unknownAccount
    }

    let database: Database
    let hashPool: HashPool
    let hasher: PasswordHasher

    private var passwords: Passwords { Passwords(pool: hashPool, hasher: hasher) }

    /// Creates an account, whether registration is open or not. The rules are those of registration, and so
    /// are the `ValidationErrors` that tell of a broken one.
    func create(email: String, password: String, isStaff: Bool) async throws -> Account {
        let body: JSONValue = ["email": .string(email), "password": .string(password)]
        let form = try RegistrationForm(body, needsConfirmation: false) { email in
            try database.read { try AccountStore.isTaken(email, in: $0) }
        }
        let new = AccountStore.New(email: form.email, passwordHash: try await passwords.hash(form.password), isStaff: isStaff)
        return try await database.write { try AccountStore.create(new, in: $0) }
    }

    func list() async throws -> [Account] { try await database.scan { try AccountStore.all(in: $0) } }

    /// Closes the account to its user; its logins end at once.
    func disable(email: String) async throws -> Account { try await setActive(false, email: email) }

    func enable(email: String) async throws -> Account { try await setActive(true, email: email) }

    /// Sets a new password; the account's logins end at once.
    func resetPassword(email: String, password: String) async throws -> Account {
        guard let account = try database.read({ try AccountStore.account(email: email, in: $0) }) else { throw Failure.unknownAccount }
        var reader = BodyReader(["password": .string(password)])
        let password = reader.text("password", min: PasswordPolicy.minimumLength, max: Passwords.longest)
        if !password.isEmpty {
            for problem in Passwords.problems(password, for: account) { reader.add("password", problem) }
        }
        try reader.finish()
        let hash = try await passwords.hash(password)
        return try await change(email: email) { account, transaction in
            try AccountStore.setPassword(hash, of: account.owner, because: .passwordChanged, in: transaction)
        }
    }

    private func setActive(_ isActive: Bool, email: String) async throws -> Account {
        try await change(email: email) { account, transaction in
            try AccountStore.setActive(isActive, account.owner, in: transaction)
            account.isActive = isActive
        }
    }

    /// Changes the account of that address as it is at the moment of the change.
    private func change(
        email: String, _ body: @escaping @Sendable (inout Account, Transaction) throws -> Void
    ) async throws -> Account {
        try await database.write { transaction in
            guard var account = try AccountStore.account(email: email, in: transaction) else { throw Failure.unknownAccount }
            try body(&account, transaction)
            return account
        }
    }
}
