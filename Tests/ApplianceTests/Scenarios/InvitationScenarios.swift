import Platform
import TestSupport
import Testing

@testable import Appliance

/// Registration with an invitation code, through a real socket: what each mode makes of it, and each refusal.
@Suite struct InvitationScenarios {
    private static let byInvitation = #"{"detail":"Registration is by invitation only."}"#
    private static let required = #"["This field is required."]"#

    @Test("By invitation, nobody registers without a code, and a code makes one account")
    func invited() async throws {
        try await TestAppliance.run(settings: TestAppliance.byInvitation) { server in
            for code in [nil, #""""#, #""  \t\n""#] {
                expectAnswer(try await server.tryToRegister(rawCode: code), 403, Self.byInvitation)
            }
            // Nothing else is told before there is a code.
            for body in ["", "{}", "[]", "7", #"{"email":"nobody","password":"x"}"#] {
                expectAnswer(try await server.auth("register/", body), 403, Self.byInvitation)
            }
            #expect(try server.rows(in: "accounts") == 0)

            let (code, id) = try await server.invite()
            let answer = try await server.tryToRegister("ada@example.org", code: code)
            #expect(answer.status == 201)
            #expect(answer.json.object?.keys == ["message", "user_id", "access", "refresh"])
            #expect(try await server.me(TokenAnswer(answer).access).json["email"] == "ada@example.org")
            #expect(try await server.login("ada@example.org").status == 200)

            expectNotInvited(try await server.tryToRegister("eve@example.org", code: code))
            let seen = try await server.invitation(id)
            #expect(seen?["state"] == "used" && seen?["uses_left"] == 0)
            #expect(try server.rows(in: "accounts") == 1)
        }
    }

    @Test("A code that is wrong, used, expired, revoked or another address's is refused in the same words")
    func refusals() async throws {
        try await TestAppliance.run(settings: TestAppliance.byInvitation) { server in
            let (used, revoked) = (try await server.invite(), try await server.invite())
            let (expired, bound) = (try await server.invite([("days", 1)]), try await server.invite([("email", "eve@example.org")]))
            #expect(try await server.tryToRegister("first@example.org", code: used.code).status == 201)
            _ = try await server.command("admin.revoke-invite", [("id", .string(revoked.id))])
            server.clock.advance(seconds: 86_401)
            let wrong = InvitationCode(random: SystemRandom()).text
            for code in [wrong, used.code, expired.code, revoked.code, bound.code, "nonsense", "7", "%", "' OR '1'='1"] {
                expectNotInvited(try await server.tryToRegister(code: code))
            }
            #expect(try server.rows(in: "accounts") == 1)
            // The right address, in any case, is let in.
            #expect(try await server.tryToRegister("EVE@Example.org", code: bound.code).status == 201)
        }
    }

    @Test("An invitation ends when its days are over, and not before")
    func days() async throws {
        try await TestAppliance.run(settings: TestAppliance.byInvitation) { server in
            let (code, id) = try await server.invite([("days", 3), ("uses", 2)])
            server.clock.advance(seconds: 3 * 86_400 - 60)
            #expect(try await server.tryToRegister("ada@example.org", code: code).status == 201)
            server.clock.advance(seconds: 120)
            expectNotInvited(try await server.tryToRegister("eve@example.org", code: code))
            let seen = try await server.invitation(id)
            #expect(seen?["state"] == "expired" && seen?["uses_left"] == 1)
        }
    }

    @Test("A code is taken in any spelling, and from a form as well as from JSON")
    func spellings() async throws {
        try await TestAppliance.run(settings: TestAppliance.byInvitation) { server in
            let (code, _) = try await server.invite([("uses", 4)])
            let plain = String(code.filter { $0 != "-" })
            let spaced = plain.map(String.init).joined(separator: " ")
            for (number, text) in [code.lowercased(), plain, " \(spaced) "].enumerated() {
                #expect(try await server.tryToRegister("guest\(number)@example.org", code: text).status == 201, "\(text)")
            }
            let form = "email=joe%40example.org&password=correct+horse+7&password_confirm=correct+horse+7&invite_code=\(code)"
            let urlencoded = [("Content-Type", "application/x-www-form-urlencoded")]
            #expect(try await server.auth("register/", form, headers: urlencoded).status == 201)
        }
    }

    @Test("What is wrong with a code is told beside what is wrong with the other fields, and a refusal spends no use")
    func allAtOnce() async throws {
        try await TestAppliance.run(settings: TestAppliance.byInvitation) { server in
            let (code, id) = try await server.invite([("uses", 2)])
            let (bound, _) = try await server.invite([("email", "eve@example.org")])
            #expect(try await server.tryToRegister("ada@example.org", code: code).status == 201)
            let notValid = #""invite_code":["This invitation code is not valid."]"#
            let rows: [(body: String, answer: String)] = [
                (
                    #"{"invite_code":"nonsense"}"#,
                    #"{"email":\#(Self.required),"password":\#(Self.required),"password_confirm":\#(Self.required),\#(notValid)}"#
                ),
                (
                    #"{"email":"nobody","password":"password","password_confirm":"x","invite_code":"nonsense"}"#,
                    #"{"email":["Enter a valid email address."],"password":["This password is too common."],\#(notValid)}"#
                ),
                // A code for one address does not give itself away to a request without a good address.
                (
                    #"{"email":"nobody","password":"correct horse 7","password_confirm":"correct horse 7","invite_code":"\#(bound)"}"#,
                    #"{"email":["Enter a valid email address."],\#(notValid)}"#
                ),
                (
                    #"{"email":"nobody","password":"correct horse 7","password_confirm":"correct horse 7","invite_code":"\#(code)"}"#,
                    #"{"email":["Enter a valid email address."]}"#
                ),
                (
                    #"{"email":"ADA@example.org","password":"correct horse 7","password_confirm":"correct horse 7","invite_code":"\#(code)"}"#,
                    #"{"email":["User with this email already exists."]}"#
                ),
                (
                    #"{"email":"eve@example.org","password":"correct horse 7","password_confirm":"correct horse 8","invite_code":"\#(code)"}"#,
                    #"{"non_field_errors":["Passwords don't match"]}"#
                ),
            ]
            for row in rows { expectAnswer(try await server.auth("register/", row.body), 400, row.answer) }
            #expect(try await server.invitation(id)?["uses_left"] == 1)
            #expect(try await server.tryToRegister("eve@example.org", code: code).status == 201)
        }
    }

    @Test("Without a code that is good for it, nobody learns whether an address has an account")
    func enumeration() async throws {
        try await TestAppliance.run(settings: TestAppliance.byInvitation) { server in
            let ((first, _), (bound, _)) = (try await server.invite(), try await server.invite([("email", "eve@example.org")]))
            #expect(try await server.tryToRegister("ada@example.org", code: first).status == 201)
            for code in ["nonsense", InvitationCode(random: SystemRandom()).text, first, bound] {
                let (taken, free) = (
                    try await server.tryToRegister("ada@example.org", code: code), try await server.tryToRegister(code: code)
                )
                expectNotInvited(taken)
                #expect(taken.text == free.text)
            }
            let (good, _) = try await server.invite()
            expectAnswer(
                try await server.tryToRegister("ADA@example.org", code: good), 400, #"{"email":["User with this email already exists."]}"#)
        }
    }

    /// Codes of every wrong type and length, as JSON, with the contract's words for each.
    private static let hostile: [(code: String, message: String)] = [
        ("null", "This field may not be null."), ("true", "Not a valid string."), ("[]", "Not a valid string."),
        (#"{"a":1}"#, "Not a valid string."), (#"["x"]"#, "Not a valid string."), ("7", "This invitation code is not valid."),
        ("1e400", "This invitation code is not valid."), (#""\u0000""#, "Null characters are not allowed."),
        (#""01234-56789-ABCDE-FGHJK-MNPQR-STV\u0000X""#, "Null characters are not allowed."),
        (#""---""#, "This invitation code is not valid."), (#""\ud83d\udc69\u202e""#, "This invitation code is not valid."),
        ("\"" + String(repeating: "0", count: 128) + "\"", "This invitation code is not valid."),
        ("\"" + String(repeating: "0", count: 129) + "\"", "Ensure this field has no more than 128 characters."),
        ("\"" + String(repeating: "é", count: 70_000) + "\"", "Ensure this field has no more than 128 characters."),
    ]

    @Test("A code of the wrong type or length is refused in the contract's words")
    func hostileCodes() async throws {
        try await TestAppliance.run(settings: TestAppliance.byInvitation) { server in
            for (code, message) in Self.hostile {
                expectAnswer(try await server.tryToRegister(rawCode: code), 400, #"{"invite_code":["\#(message)"]}"#)
            }
            #expect(try server.rows(in: "accounts") == 0)
        }
    }

    @Test("While registration is open, a bad code keeps nobody out, and a good one is used")
    func open() async throws {
        try await TestAppliance.run { server in
            for (number, code) in Self.hostile.map(\.code).enumerated() {
                #expect(try await server.tryToRegister("guest\(number)@example.org", rawCode: code).status == 201, "\(code.prefix(80))")
            }
            let (code, id) = try await server.invite()
            let (bound, other) = try await server.invite([("email", "eve@example.org")])
            for email in ["ada@example.org", "joe@example.org"] {
                #expect(try await server.tryToRegister(email, code: code).status == 201)
                #expect(try await server.invitation(id)?["state"] == "used")
            }
            #expect(try await server.tryToRegister("kim@example.org", code: bound).status == 201)
            #expect(try await server.invitation(other)?["state"] == "open")
        }
    }

    @Test("While registration is closed a good code lets nobody in, and is still good once invitations count again")
    func closed() async throws {
        try await TestAppliance.run(settings: "[auth]\nregistration = \"closed\"\n") { server in
            let (code, _) = try await server.invite()
            expectAnswer(try await server.tryToRegister(code: code), 403, #"{"detail":"Registration is closed."}"#)
            expectAnswer(try await server.tryToRegister(rawCode: nil), 403, #"{"detail":"Registration is closed."}"#)
            let invite = try TestAppliance.configuration(TestAppliance.byInvitation, in: server.directory)
            #expect(server.appliance.reload(invite).changed == ["auth.registration"])
            #expect(try await server.tryToRegister(code: code).status == 201)
        }
    }

    @Test("A server that is told of a proxy asks for invitations from then on")
    func proxy() async throws {
        try await TestAppliance.run { server in
            #expect(try await server.tryToRegister("ada@example.org", rawCode: nil).status == 201)
            let settings = "[server]\nlisten = [\"127.0.0.1:0\"]\ntrusted_proxies = [\"127.0.0.1\"]\n"
            _ = server.appliance.reload(try TestAppliance.configuration(settings, in: server.directory))
            expectAnswer(try await server.tryToRegister("eve@example.org", rawCode: nil), 403, Self.byInvitation)
            let (code, _) = try await server.invite()
            #expect(try await server.tryToRegister("eve@example.org", code: code).status == 201)
        }
    }

    @Test("A code is neither stored nor logged nor listed, and an account that goes leaves nothing of its invitation")
    func traces() async throws {
        try await TestAppliance.run(settings: TestAppliance.byInvitation) { server in
            let (code, _) = try await server.invite([("email", "zebrafish@example.org")])
            #expect(try server.traces(of: "zebrafish") == ["invitations.email", "invitations.email_key"])
            let tokens = try TokenAnswer(try await server.tryToRegister("zebrafish@example.org", code: code))
            let listed = try await server.command("admin.invites").jsonText
            for text in [code, String(code.filter { $0 != "-" })] {
                #expect(try server.traces(of: text) == [])
                #expect(!listed.contains(text) && !server.logged.text.contains(text))
            }
            let deleted = try await server.request(
                "DELETE", "/api/v1/auth/me/", token: tokens.access, body: #"{"password":"correct horse 7"}"#)
            #expect(deleted.status == 204)
            #expect(try server.traces(of: "zebrafish") == [])
        }
    }
}
