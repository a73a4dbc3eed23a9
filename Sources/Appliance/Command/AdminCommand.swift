import ArgumentParser
import Platform

/// `jobraker admin`: accounts, by the operator.
struct AdminCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin", abstract: "Create and manage accounts, and invite people to make their own.",
        subcommands: [
            Create.self, List.self, Disable.self, Enable.self, ResetPassword.self, Invite.self, Invites.self, RevokeInvite.self,
        ])

    /// Passwords come from a file or from standard input: a command line is
    /// readable by every process of the machine, and stays in the shell's history.
    struct PasswordOption: ParsableArguments {
        @Option(name: .long, help: "A file whose first line is the password; - reads standard input.")
        var passwordFile: String

        func read() throws -> [UInt8] {
            let path = passwordFile == "-" ? "/dev/stdin" : passwordFile
            guard let bytes = FileSystem.read(path, limit: 65536) else {
                throw CommandRunner.exit(CommandFailure("\(passwordFile): \(FileSystem.lastError())", exit: 2))
            }
            return Array(bytes.prefix { $0 != 10 && $0 != 13 })
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Create an account of the staff.")

        @OptionGroup var options: CommonOptions
        @OptionGroup var password: PasswordOption
        @Option(name: .long, help: "The e-mail address to log in with.")
        var email: String
        @Flag(name: .long, help: "Create an ordinary account instead.")
        var notStaff = false

        func run() async throws {
            let arguments = JSONValue.object(JSONObject([("email", .string(email)), ("staff", .bool(!notStaff))]))
            let request = ControlRequest(command: "admin.create", arguments: arguments, payload: try password.read())
            AdminCommand.report(try await CommandRunner(options: options).run(request), json: options.json)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all accounts.")

        @OptionGroup var options: CommonOptions

        func run() async throws {
            let result = try await CommandRunner(options: options).run(ControlRequest(command: "admin.list"))
            if options.json { return Terminal.print(result.jsonText) }
            for account in result.array ?? [] { AdminCommand.report(account, json: false) }
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Close an account to its user; its logins end at once.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "The account's e-mail address.")
        var email: String

        func run() async throws { try await AdminCommand.change("admin.disable", email, options) }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Open a disabled account again.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "The account's e-mail address.")
        var email: String

        func run() async throws { try await AdminCommand.change("admin.enable", email, options) }
    }

    struct ResetPassword: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Set a new password; the account's logins end at once.")

        @OptionGroup var options: CommonOptions
        @OptionGroup var password: PasswordOption
        @Argument(help: "The account's e-mail address.")
        var email: String

        func run() async throws { try await AdminCommand.change("admin.reset-password", email, options, payload: password.read()) }
    }

    private static func change(_ command: String, _ email: String, _ options: CommonOptions, payload: [UInt8] = []) async throws {
        let arguments = JSONValue.object(JSONObject([("email", .string(email))]))
        let request = ControlRequest(command: command, arguments: arguments, payload: payload)
        report(try await CommandRunner(options: options).run(request), json: options.json)
    }

    private static func report(_ account: JSONValue, json: Bool) {
        if json { return Terminal.print(account.jsonText) }
        let marks = [account["is_staff"]?.bool == true ? "staff" : nil, account["is_active"]?.bool == false ? "disabled" : nil]
        let suffix = marks.compactMap { $0 }.joined(separator: ", ")
        Terminal.print("\(account["email"]?.string ?? "")\(suffix.isEmpty ? "" : " (\(suffix))")")
    }
}
