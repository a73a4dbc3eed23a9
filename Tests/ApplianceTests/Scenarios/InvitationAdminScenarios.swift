import Platform
import TestSupport
import Testing

@testable import Appliance

/// The operator's commands over invitations, through the control socket.
@Suite struct InvitationAdminScenarios {
    @Test("An invitation is answered with its code, and listed without it")
    func create() async throws {
        try await TestAppliance.run { server in
            let made = try await server.command(
                "admin.invite", [("email", "Ada@Example.ORG"), ("days", 30), ("note", " the new clerk ")])
            let (code, id) = (try #require(made["code"]?.string), try #require(made["id"]?.string))
            let (created, expires) = (try #require(made["created_at"]?.string), try #require(made["expires_at"]?.string))
            let shown: [(String, JSONValue)] = [
                ("id", .string(id)), ("email", "Ada@example.org"), ("note", "the new clerk"), ("created_at", .string(created)),
                ("expires_at", .string(expires)), ("uses_left", 1), ("state", "open"),
            ]
            #expect(made == .object(JSONObject([("code", .string(code))] + shown)))
            #expect(Identifier(id) != nil && InvitationCode(code)?.text == code)
            #expect(try #require(Timestamp(iso: created)).adding(seconds: 30 * 86_400) == Timestamp(iso: expires))
            #expect(try await server.command("admin.invites") == .array([.object(JSONObject(shown))]))

            let plain = try await server.command("admin.invite")
            #expect(plain["email"] == .null && plain["note"] == "" && plain["uses_left"] == 1)
            let days = try #require(plain["created_at"]?.string.flatMap { Timestamp(iso: $0) }).adding(seconds: 7 * 86_400)
            #expect(plain["expires_at"]?.string == days.iso)
            #expect(try await server.command("admin.invites").array?.map { $0["id"] } == [made["id"], plain["id"]])
        }
    }

    @Test("What is wrong with an invitation is told field by field, and none is made")
    func invalid() async throws {
        let rows: [(arguments: [(String, JSONValue)], message: String)] = [
            ([("days", 0)], "days: Ensure this value is greater than or equal to 1."),
            ([("days", 366)], "days: Ensure this value is less than or equal to 365."),
            ([("days", "soon")], "days: A valid integer is required."),
            ([("uses", 0)], "uses: Ensure this value is greater than or equal to 1."),
            ([("uses", 1001)], "uses: Ensure this value is less than or equal to 1000."),
            ([("email", "nobody")], "email: Enter a valid email address."),
            ([("email", "")], "email: This field may not be blank."),
            ([("email", "ADA@example.org")], "email: User with this email already exists."),
            ([("email", "eve@example.org"), ("uses", 2)], "uses: An invitation for one address is good for one account."),
            ([("note", .string(String(repeating: "x", count: 201)))], "note: Ensure this field has no more than 200 characters."),
            ([("note", "a\u{0}b")], "note: Null characters are not allowed."),
            (
                [("email", "nobody"), ("days", -1), ("uses", 5000)],
                "email: Enter a valid email address.\ndays: Ensure this value is greater than or equal to 1.\n"
                    + "uses: Ensure this value is less than or equal to 1000."
            ),
        ]
        try await TestAppliance.run { server in
            _ = try await server.register()
            for row in rows {
                #expect(try await server.failure("admin.invite", row.arguments) == CommandFailure(row.message, exit: 2))
            }
            #expect(try await server.command("admin.invites") == [])
            for arguments in [[("days", 1), ("uses", 1000)], [("days", 365), ("uses", 1)]] as [[(String, JSONValue)]] {
                #expect(try await server.command("admin.invite", arguments)["state"] == "open")
            }
        }
    }

    @Test("An open invitation is revoked once; what cannot be revoked is named with the reason")
    func revoke() async throws {
        try await TestAppliance.run(settings: TestAppliance.byInvitation) { server in
            let (code, id) = try await server.invite([("uses", 3)])
            let (spent, late) = (try await server.invite(), try await server.invite([("days", 1)]))
            #expect(try await server.tryToRegister(code: spent.code).status == 201)
            server.clock.advance(seconds: 86_400)
            let revoked = try await server.command("admin.revoke-invite", [("id", .string(id.uppercased()))])
            #expect(revoked["id"]?.string == id && revoked["state"] == "revoked" && revoked["code"] == nil)
            expectNotInvited(try await server.tryToRegister("eve@example.org", code: code))

            let unknown = "00000000-0000-7000-8000-000000000000"
            let rows: [(arguments: [(String, JSONValue)], failure: CommandFailure)] = [
                ([("id", .string(id))], CommandFailure("the invitation \(id) is revoked already", exit: 1)),
                ([("id", .string(spent.id))], CommandFailure("the invitation \(spent.id) is used already", exit: 1)),
                ([("id", .string(late.id))], CommandFailure("the invitation \(late.id) is expired already", exit: 1)),
                ([("id", .string(unknown))], CommandFailure("there is no invitation with the id \(unknown)", exit: 1)),
                ([("id", "7")], CommandFailure("id: Must be a valid UUID.", exit: 2)),
                ([("id", .string(code))], CommandFailure("id: Must be a valid UUID.", exit: 2)),
                ([], CommandFailure("id: This field is required.", exit: 2)),
            ]
            for row in rows { #expect(try await server.failure("admin.revoke-invite", row.arguments) == row.failure) }
            #expect(try await server.command("admin.invites").array?.map { $0["state"] } == ["revoked", "used", "expired"])
        }
    }
}
