import Platform

/// The `mail` commands that touch the database.
extension Core {
    func mail(_ request: ControlRequest) async throws -> JSONValue {
        switch request.command {
        case "mail.allow": return try await allowMail(to: request.arguments["email"]?.string ?? "")
        default: throw CommandFailure("unknown command \"\(request.command)\": this server is of another release", exit: 2)
        }
    }

    /// Takes the mark from an address that its mail server once refused, so that mail goes there again.
    private func allowMail(to email: String) async throws -> JSONValue {
        let wasMarked: Bool? = try await database.write { transaction in
            guard let account = try AccountStore.account(email: email, in: transaction) else { return nil }
            return try MailStore.allow(account.owner, in: transaction)
        }
        guard let wasMarked else { throw CommandFailure("there is no account with the e-mail address \(email)", exit: 1) }
        return ["email": .string(email), "was_refused": .bool(wasMarked)]
    }
}
