import Platform
import TestSupport
import Testing

@testable import Appliance

@Suite("admin invite", .timeLimit(.minutes(1)))
struct InviteCommandTests {
    /// What the list holds, taken the way the command takes it.
    private static func list(_ line: CommandLine) async throws -> [JSONValue] {
        let options = try CommonOptions.parse(["--config", line.path("config.toml")])
        return try await CommandRunner(options: options).run(ControlRequest(command: "admin.invites")).array ?? []
    }

    @Test("Invitations are made, listed and revoked", arguments: [true, false])
    func invitations(isRunning: Bool) async throws {
        let line = try CommandLine()
        try await line.with(server: isRunning) { () async throws in
            #expect(try await line.run("admin", "invite") == 0)
            #expect(
                try await line.run(
                    "admin", "invite", "--email", "Ada@example.org", "--days", "30", "--note", "the new clerk", "--json") == 0)
            #expect(try await line.run("admin", "invite", "--uses", "20") == 0)
            #expect(try await line.run("admin", "invites") == 0)
            #expect(try await line.run("admin", "invites", "--json") == 0)
            let id = try #require(try await Self.list(line).first?["id"]?.string)
            #expect(try await line.run("admin", "revoke-invite", id) == 0)
            #expect(try await line.run("admin", "revoke-invite", id, "--json") == 1)
            let listed = try await Self.list(line)
            #expect(listed.map { $0["state"] } == ["revoked", "open", "open"])
            #expect(listed.map { $0["uses_left"] } == [1, 1, 20])
            #expect(listed.map { $0["email"] } == [.null, "Ada@example.org", .null])
            #expect(listed.map { $0["note"] } == ["", "the new clerk", ""])
        }
        let day = 86_400_000_000
        #expect(try await line.count("SELECT count(*) FROM invitations WHERE expires_at - created_at = \(7 * day)") == 2)
        #expect(try await line.count("SELECT count(*) FROM invitations WHERE expires_at - created_at = \(30 * day)") == 1)
    }

    @Test("What is wrong decides the exit status: 2 for the input, 1 for an invitation that is not there", arguments: [true, false])
    func mistakes(isRunning: Bool) async throws {
        let line = try CommandLine()
        try await line.with(server: isRunning) { () async throws in
            #expect(try await line.run("admin", "invite", "--days", "0") == 2)
            #expect(try await line.run("admin", "invite", "--uses", "1001") == 2)
            #expect(try await line.run("admin", "invite", "--email", "nobody") == 2)
            #expect(try await line.run("admin", "invite", "--email", "ada@example.org", "--uses", "2") == 2)
            #expect(try await line.run("admin", "revoke-invite", "7") == 2)
            #expect(try await line.run("admin", "revoke-invite", "00000000-0000-7000-8000-000000000000") == 1)
        }
        #expect(try await line.count("SELECT count(*) FROM invitations") == 0)
    }

    @Test("A code that was made while no server ran lets its bearer in once one runs")
    func laterServer() async throws {
        let line = try CommandLine()
        let options = try CommonOptions.parse(["--config", line.path("config.toml")])
        let made = try await CommandRunner(options: options).run(ControlRequest(command: "admin.invite"))
        let code = try #require(made["code"]?.string)
        try await TestAppliance.rerun(settings: TestAppliance.byInvitation, in: line.directory) { (server: TestAppliance) async throws in
            #expect(try await server.tryToRegister(code: code).status == 201)
            expectNotInvited(try await server.tryToRegister("eve@example.org", code: code))
        }
    }

    // MARK: Words

    private static let invitation: JSONValue = [
        "id": "01a208d8-1180-71eb-817c-c4210441e2b6", "email": .null, "note": "", "created_at": "2026-11-25T10:00:00.5Z",
        "expires_at": "2026-12-02T10:00:59Z", "uses_left": 2, "state": "open",
    ]

    @Test("The code is printed on a line of its own, and below it until when it is good")
    func codeText() {
        let made: JSONValue = ["code": "01234-56789-ABCDE-FGHJK-MNPQR-STVWX", "expires_at": "2026-12-02T10:00:59Z"]
        #expect(AdminCommand.Invite.text(made) == "01234-56789-ABCDE-FGHJK-MNPQR-STVWX\nvalid until 2026-12-02 10:00 UTC")
    }

    @Test("A list has a line for each invitation, in which no foreign text can steer the terminal")
    func lines() {
        let start = "01a208d8-1180-71eb-817c-c4210441e2b6"
        let times = "made 2026-11-25 10:00 UTC, expires 2026-12-02 10:00 UTC"
        #expect(AdminCommand.line(Self.invitation) == "\(start) open, 2 uses left, \(times)")
        let full: JSONValue = [
            "id": .string(start), "email": "\"\u{1B}[2J\"@example.org", "note": "the new\nclerk", "created_at": "2026-11-25T10:00:00Z",
            "expires_at": "2026-12-02T10:00:00Z", "uses_left": 1, "state": "revoked",
        ]
        #expect(AdminCommand.line(full) == "\(start) revoked, 1 use left, \(times), for \"?[2J\"@example.org: the new?clerk")
    }

    @Test("Whoever makes a code while registration is closed is told that it will not do")
    func warning() {
        #expect(AdminCommand.Invite.warning(in: .closed) == #"auth.registration is "closed": until that changes, the code lets nobody in"#)
        #expect(AdminCommand.Invite.warning(in: .invite) == nil && AdminCommand.Invite.warning(in: .open) == nil)
    }
}
