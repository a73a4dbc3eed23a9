import ArgumentParser
import Platform

/// `jobraker admin invite` and its kin: codes with which people make their own accounts.
extension AdminCommand {
    struct Invite: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an invitation and print its code, which is shown this once.",
            discussion: "The code goes into the field invite_code of a registration.")

        @OptionGroup var options: CommonOptions
        @Option(name: .long, help: "The one e-mail address that may register with the code; without it, any may.")
        var email: String?
        @Option(name: .long, help: "How many days the code is good for: 1 to 365.")
        var days = 7
        @Option(name: .long, help: "How many accounts the code is good for: 1 to 1000.")
        var uses = 1
        @Option(name: .long, help: "What the list of invitations is to say about it.")
        var note = ""

        func run() async throws {
            var arguments = JSONObject([("days", .integer(days)), ("uses", .integer(uses)), ("note", .string(note))])
            if let email { arguments.append("email", .string(email)) }
            let request = ControlRequest(command: "admin.invite", arguments: .object(arguments))
            let result = try await CommandRunner(options: options).run(request)
            if let warning = Self.warning(in: try options.load().values.registrationInForce) { Terminal.error(warning) }
            Terminal.print(options.json ? result.jsonText : Self.text(result))
        }

        /// The code on a line of its own, so that a script can take the first line.
        static func text(_ invitation: JSONValue) -> String {
            "\(invitation["code"]?.string ?? "")\nvalid until \(AdminCommand.minute(invitation["expires_at"]))"
        }

        static func warning(in mode: RegistrationMode) -> String? {
            mode == .closed ? "auth.registration is \"closed\": until that changes, the code lets nobody in" : nil
        }
    }

    struct Invites: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the invitations, the oldest first.",
            discussion: "Those that are used, expired or revoked are kept for 90 days. Codes are not kept at all.")

        @OptionGroup var options: CommonOptions

        func run() async throws {
            let result = try await CommandRunner(options: options).run(ControlRequest(command: "admin.invites"))
            if options.json { return Terminal.print(result.jsonText) }
            for invitation in result.array ?? [] { Terminal.print(AdminCommand.line(invitation)) }
        }
    }

    struct RevokeInvite: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End an open invitation; accounts that were made with it stay.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "The invitation's id, as the list of invitations shows it.")
        var id: String

        func run() async throws {
            let arguments = JSONValue.object(JSONObject([("id", .string(id))]))
            let request = ControlRequest(command: "admin.revoke-invite", arguments: arguments)
            let result = try await CommandRunner(options: options).run(request)
            Terminal.print(options.json ? result.jsonText : AdminCommand.line(result))
        }
    }

    /// One invitation for the terminal: `ID open, 1 use left, made …, expires …, for ada@example.org: the new clerk`.
    static func line(_ invitation: JSONValue) -> String {
        let uses = invitation["uses_left"]?.int ?? 0
        var line = "\(invitation["id"]?.string ?? "") \(invitation["state"]?.string ?? ""), \(uses) \(uses == 1 ? "use" : "uses") left"
        line += ", made \(minute(invitation["created_at"])), expires \(minute(invitation["expires_at"]))"
        // Both are other people's text, and an address may hold control characters in quotes.
        if let email = invitation["email"]?.string { line += ", for \(PrintableText.clean(email))" }
        if let note = invitation["note"]?.string, !note.isEmpty { line += ": \(PrintableText.clean(note))" }
        return line
    }

    private static func minute(_ time: JSONValue?) -> String {
        time?.string.flatMap { Timestamp(iso: $0) }.map { "\($0.minuteText) UTC" } ?? ""
    }
}
