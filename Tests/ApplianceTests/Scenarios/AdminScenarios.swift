import Platform
import TestSupport
import Testing

@testable import Appliance

/// The operator's commands over accounts, through the control socket, and what their users see of them.
@Suite struct AdminScenarios {
    private static func email(_ email: String) -> [(String, JSONValue)] { [("email", .string(email))] }

    @Test("An account is made by the operator, of the staff or not, and logs in")
    func create() async throws {
        try await TestAppliance.run { server in
            let made = try await server.command(
                "admin.create", Self.email("Boss@Example.ORG") + [("staff", true)], payload: "correct horse 7")
            let (id, joined) = (try #require(made["id"]?.string), try #require(made["date_joined"]?.string))
            #expect(
                made == [
                    "id": .string(id), "email": "Boss@example.org", "is_staff": true, "is_active": true, "date_joined": .string(joined),
                ])
            #expect(Identifier(id) != nil && Timestamp(iso: joined) != nil)
            let tokens = try TokenAnswer(try await server.login("boss@example.org"))
            #expect(try await server.me(tokens.access).json["id"]?.string == id)
            #expect(try await server.request("GET", "/api/v1/auth/profiles/", token: tokens.access).json["count"] == 1)
            #expect(try await server.command("admin.create", Self.email("a@b.cd"), payload: "correct horse 7")["is_staff"] == false)
            #expect(
                try await server.command("admin.list").array?.map { $0["email"] } == ["Boss@example.org", "a@b.cd"])
            #expect(!server.logged.text.contains("correct horse 7"))
        }
    }

    @Test("What is wrong with an account that is to be made is told field by field, and nothing is made")
    func invalid() async throws {
        let rows: [(email: String, password: String, message: String)] = [
            ("", "", "email: This field may not be blank.\npassword: This field may not be blank."),
            ("boss", "correct horse 7", "email: Enter a valid email address."),
            ("boss@example.org", "short", "password: Ensure this field has at least 8 characters."),
            (
                "boss@example.org", "12345678",
                "password: This password is too common.\npassword: This password is entirely numeric."
            ),
            ("zebrafish@example.org", "zebrafish1", "password: The password is too similar to the email."),
            ("ADA@example.org", "correct horse 7", "email: User with this email already exists."),
        ]
        try await TestAppliance.run { server in
            _ = try await server.register()
            for row in rows {
                let failure = try await server.failure("admin.create", Self.email(row.email), payload: row.password)
                #expect(failure == CommandFailure(row.message, exit: 2))
            }
            #expect(try await server.failure("admin.create") == CommandFailure(rows[0].message, exit: 2))
            #expect(try await server.command("admin.list").array?.count == 1)
        }
    }

    @Test("A disabled account is out at once, and enabling it brings back no token")
    func disable() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            #expect(try await server.command("admin.disable", Self.email("ADA@example.org"))["is_active"] == false)
            expectRefused(try await ada.get("/api/v1/auth/me/"), "Token is blacklisted")
            expectTokenRefused(try await server.refresh(ada.refresh), "Token is blacklisted")
            for token in [ada.access, ada.refresh] { expectTokenRefused(try await server.verify(token), "Token is blacklisted") }
            #expect(try await server.login("ada@example.org").status == 401)
            expectAnswer(
                try await server.auth(
                    "register/", #"{"email":"ada@example.org","password":"correct horse 7","password_confirm":"correct horse 7"}"#),
                400, #"{"email":["User with this email already exists."]}"#)
            #expect(try await server.command("admin.list").array?.map { $0["is_active"] } == [false, true])
            #expect(try await eve.get("/api/v1/auth/me/").status == 200)

            #expect(try await server.command("admin.enable", Self.email("ada@example.org"))["is_active"] == true)
            expectRefused(try await ada.get("/api/v1/auth/me/"), "Token is blacklisted")
            #expect(try await server.login("ada@example.org").status == 200)
        }
    }

    @Test("A password that the operator sets ends every login and obeys the rules")
    func resetPassword() async throws {
        try await TestAppliance.run { server in
            let ada = try await server.register()
            let rows: [(password: String, message: String)] = [
                ("", "password: This field may not be blank."),
                ("short", "password: Ensure this field has at least 8 characters."),
                ("12345678", "password: This password is too common.\npassword: This password is entirely numeric."),
                ("example1", "password: The password is too similar to the email."),
                (String(repeating: "aB3-", count: 33), "password: Ensure this field has no more than 128 characters."),
            ]
            for row in rows {
                let failure = try await server.failure("admin.reset-password", Self.email("ada@example.org"), payload: row.password)
                #expect(failure == CommandFailure(row.message, exit: 2))
            }
            #expect(try await ada.get("/api/v1/auth/me/").status == 200)
            let changed = try await server.command("admin.reset-password", Self.email("ADA@example.org"), payload: "another horse 8")
            #expect(changed["id"]?.string == ada.id)
            expectRefused(try await ada.get("/api/v1/auth/me/"), "Token is blacklisted")
            #expect(try await server.login("ada@example.org").status == 401)
            #expect(try await server.login("ada@example.org", "another horse 8").status == 200)
            #expect(!server.logged.text.contains("another horse 8"))
        }
    }

    @Test("An account that does not exist is named in the failure", arguments: ["disable", "enable", "reset-password"])
    func unknown(command: String) async throws {
        try await TestAppliance.run { server in
            let failure = try await server.failure("admin." + command, Self.email("nobody@example.org"), payload: "correct horse 7")
            #expect(failure == CommandFailure("there is no account with the e-mail address nobody@example.org", exit: 1))
        }
    }

    @Test("A command that there is not fails")
    func unknownCommand() async throws {
        try await TestAppliance.run { server in
            let failure = try await server.failure("admin.promote")
            #expect(failure == CommandFailure(#"unknown command "admin.promote""#, exit: 2))
        }
    }
}
