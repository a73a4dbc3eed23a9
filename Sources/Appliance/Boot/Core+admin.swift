import Platform

/// The `admin` commands. Passwords travel as the payload, never as an argument.
extension Core {
    private var administration: AccountAdmin {
        AccountAdmin(database: database, hashPool: hashPool, hasher: hasher)
    }

    func administer(_ request: ControlRequest) async throws -> JSONValue {
        let email = request.arguments["email"]?.string ?? ""
        let password = String(decoding: request.payload, as: UTF8.self)
        do {
            switch request.command {
            case "admin.create":
                let account = try await administration.create(
                    email: email, password: password, isStaff: request.arguments["staff"]?.bool ?? false)
                return Self.json(account)
            case "admin.list":
                return .array(try await administration.list().map(Self.json))
            case "admin.disable":
                return Self.json(try await administration.disable(email: email))
            case "admin.enable":
                return Self.json(try await administration.enable(email: email))
            case "admin.reset-password":
                return Self.json(try await administration.resetPassword(email: email, password: password))
            case "admin.invite":
                return try await invite(request.arguments)
            case "admin.invites":
                return try await listInvitations()
            case "admin.revoke-invite":
                return try await revokeInvitation(request.arguments)
            default:
                throw CommandFailure("unknown command \"\(request.command)\"", exit: 2)
            }
        } catch let error as ValidationErrors {
            let lines = error.entries.flatMap { entry in entry.messages.map { "\(entry.field): \($0)" } }
            throw CommandFailure(lines.joined(separator: "\n"), exit: 2)
        } catch AccountAdmin.Failure.unknownAccount {
            throw CommandFailure("there is no account with the e-mail address \(email)", exit: 1)
        }
    }

    private static func json(_ account: Account) -> JSONValue {
        .object(
            JSONObject([
                ("id", .string(account.id.description)), ("email", .string(account.email)), ("is_staff", .bool(account.isStaff)),
                ("is_active", .bool(account.isActive)), ("date_joined", .string(account.dateJoined.iso)),
            ]))
    }
}
