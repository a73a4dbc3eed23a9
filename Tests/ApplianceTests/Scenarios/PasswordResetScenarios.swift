import Platform
import TestSupport
import Testing

@testable import Appliance

/// A new password by mail, and the confirmation of an address.
@Suite("Links in mails", .timeLimit(.minutes(1)))
struct PasswordResetScenarios {
    private static let asked = #"{"message":"If there is an account with this address, a mail is on its way to it."}"#
    private static let invalid = #"{"token":["This link is not valid or has expired."]}"#
    private static let subject = "=?utf-8?B?UGFzc3dvcmQg"

    private func ask(_ world: MailingAppliance, _ email: String = "ada@example.org") async throws {
        expectAnswer(try await world.server.auth("password-reset/", #"{"email":"\#(email)"}"#), 200, Self.asked)
    }

    private func confirm(_ world: MailingAppliance, _ token: String, _ password: String = "another horse 8") async throws -> TestResponse {
        try await world.server.auth("password-reset/confirm/", #"{"token":"\#(token)","new_password":"\#(password)"}"#)
    }

    @Test("The link of a mail sets a new password once, and ends every login")
    func reset() async throws {
        try await MailingAppliance.run { world in
            let ada = try await world.server.register()
            try await ask(world, "ADA@example.org")
            let mail = try await world.received(Self.subject)
            let code = try #require(mail.code)
            #expect(mail.to == "ada@example.org" && code.utf8.count == 43)
            #expect(mail.text.contains("https://app.example.com/jobs/reset-password?token=\(code)"))
            #expect(mail.html.contains(#"href="https://app.example.com/jobs/reset-password?token=\#(code)""#))
            // In no table, and in nothing that the staff or the owner sees.
            try await world.idle()
            #expect(!world.server.stores(code))

            expectAnswer(try await confirm(world, code, "short"), 400, try await weak(world, "short"))
            expectAnswer(try await confirm(world, code), 200, #"{"message":"Password has been reset successfully"}"#)
            expectRefused(try await ada.get("/api/v1/auth/me/"), "Token is blacklisted")
            expectTokenRefused(try await world.server.auth("refresh/", #"{"refresh":"\#(ada.refresh)"}"#), "Token is blacklisted")
            #expect(try await world.server.login("ada@example.org").status == 401)
            #expect(try await world.server.login("ada@example.org", "another horse 8").status == 200)
            #expect(try await world.server.count("SELECT count(*) FROM logins WHERE ended_because = 'password_reset'") == 1)
            expectAnswer(try await confirm(world, code), 400, Self.invalid)
        }
    }

    /// What a change of the password says to the same password.
    private func weak(_ world: MailingAppliance, _ password: String) async throws -> String {
        let problems = PasswordPolicy.problems(password, email: "ada@example.org", firstName: "Ada", lastName: "L")
        #expect(!problems.isEmpty)
        return JSONValue.object(JSONObject([("new_password", .list(problems))])).jsonText
    }

    @Test("An address without an account gets the same answer after the same work, and no mail")
    func uniform() async throws {
        try await MailingAppliance.run { world in
            _ = try await world.server.register()
            _ = try await world.server.register("gone@example.org")
            _ = try await world.server.command("admin.disable", [("email", "gone@example.org")])
            try await world.idle()
            let before = world.stub.mails.count
            for email in ["ada@example.org", "nobody@example.org", "gone@example.org"] {
                for path in ["password-reset/", "verify-email/resend/"] {
                    expectAnswer(try await world.server.auth(path, #"{"email":"\#(email)"}"#), 200, Self.asked)
                }
            }
            // The requests themselves have done the same, and no order holds an address.
            let orders = try await world.server.database.scan {
                try $0.rows("SELECT payload FROM work_items WHERE kind = 'accounts.mail' ORDER BY rid") { try $0.text(0) }
            }
            let (first, second) = (#"{"purpose":"password_reset"}"#, #"{"purpose":"email_verification"}"#)
            #expect(orders == [first, second, first, second, first, second])
            try await world.idle()
            #expect(try await eventually { world.stub.mails.count == before + 2 })
            #expect(world.stub.mails.suffix(2).allSatisfy { $0.to == "ada@example.org" })
            expectAnswer(
                try await world.server.auth("password-reset/", #"{"email":"nobody"}"#), 400, #"{"email":["Enter a valid email address."]}"#)
            expectAnswer(try await world.server.auth("password-reset/", "{}"), 400, #"{"email":["This field is required."]}"#)
        }
    }

    @Test("An account gets three such mails in an hour, whoever asks how often")
    func capped() async throws {
        try await MailingAppliance.run { world in
            _ = try await world.server.register()
            for _ in 0..<6 { try await ask(world) }
            _ = try await world.received(Self.subject, count: 3)
            try await world.idle()
            #expect(world.stub.mails.count { $0.header("Subject")?.hasPrefix(Self.subject) == true } == 3)
            world.advance(seconds: 3_601)
            try await ask(world)
            _ = try await world.received(Self.subject, count: 4)
        }
    }

    @Test("A link is of no use once it is old, once another was used, and once the password has changed otherwise")
    func dead() async throws {
        try await MailingAppliance.run { world in
            let ada = try await world.server.register()
            func code(_ count: Int) async throws -> String {
                try await ask(world)
                return try #require(try await world.received(Self.subject, count: count).code)
            }
            let old = try await code(1)
            world.server.clock.advance(seconds: 30 * 60)
            expectAnswer(try await confirm(world, old), 400, Self.invalid)

            let (unused, used) = (try await code(2), try await code(3))
            #expect(unused != used)
            #expect(try await confirm(world, used).status == 200)
            expectAnswer(try await confirm(world, unused), 400, Self.invalid)

            world.server.clock.advance(seconds: 3_601)
            let login = try TokenAnswer(try await world.server.login("ada@example.org", "another horse 8"))
            let beforeChange = try await code(4)
            let change = #"{"old_password":"another horse 8","new_password":"third horse 9"}"#
            #expect(try await world.server.auth("change-password/", change, token: login.access).status == 200)
            expectAnswer(try await confirm(world, beforeChange), 400, Self.invalid)

            let beforeClosing = try await code(5)
            _ = try await world.server.command("admin.disable", [("email", .string(ada.email))])
            expectAnswer(try await confirm(world, beforeClosing), 400, Self.invalid)
            for wrong in ["x", String(repeating: "A", count: 43), old + "="] {
                expectAnswer(try await confirm(world, wrong), 400, Self.invalid)
            }
        }
    }

    @Test("Of two that use one link at the same moment, one sets its password")
    func race() async throws {
        try await MailingAppliance.run { world in
            _ = try await world.server.register()
            try await ask(world)
            let code = try #require(try await world.received(Self.subject).code)
            async let first = confirm(world, code, "first horse 11")
            async let second = confirm(world, code, "second horse 12")
            let statuses = [try await first.status, try await second.status]
            #expect(statuses.sorted() == [200, 400])
            let winner = statuses[0] == 200 ? "first horse 11" : "second horse 12"
            #expect(try await world.server.login("ada@example.org", winner).status == 200)
        }
    }

    @Test("The link of a registration confirms the address, once; another one can be had until then")
    func verification() async throws {
        try await MailingAppliance.run { world in
            let ada = try await world.server.register()
            let subject = "=?utf-8?B?Q29uZmlyb"
            let first = try #require(try await world.received(subject).code)
            expectAnswer(try await world.server.auth("verify-email/resend/", #"{"email":"ada@example.org"}"#), 200, Self.asked)
            let second = try #require(try await world.received(subject, count: 2).code)
            func isVerified() async throws -> JSONValue? {
                try await ada.get("/api/v1/auth/profiles/").json["results"]?.array?.first?["user"]?["is_verified"]
            }
            func verify(_ token: String) async throws -> TestResponse {
                try await world.server.auth("verify-email/", #"{"token":"\#(token)"}"#)
            }
            #expect(try await isVerified() == false && first != second)
            // A link for one purpose is none for the other.
            expectAnswer(try await confirm(world, first), 400, Self.invalid)
            expectAnswer(try await verify(first), 200, #"{"message":"Email verified successfully"}"#)
            #expect(try await isVerified() == true)
            for token in [first, second, "x"] { expectAnswer(try await verify(token), 400, Self.invalid) }
            expectAnswer(try await verify(""), 400, #"{"token":["This field may not be blank."]}"#)

            // Nothing is left to confirm.
            let count = world.stub.mails.count
            expectAnswer(try await world.server.auth("verify-email/resend/", #"{"email":"ada@example.org"}"#), 200, Self.asked)
            try await world.idle()
            #expect(world.stub.mails.count == count)
            #expect(try await ada.get("/api/v1/auth/me/").status == 200)
        }
    }

    @Test("A mail whose link has died before it could be sent is not sent")
    func expired() async throws {
        try await MailingAppliance.run([.take, .take, .refuse(at: "MAIL", "421 4.3.2 later"), .take]) { world in
            _ = try await world.server.register()
            _ = try await world.received("=?utf-8?B?V2VsY29tZ")
            try await world.idle()
            try await ask(world)
            #expect(try await eventually { try world.server.database.mails(to: "ada@example.org").count == 3 })
            let id = try #require(try world.server.database.mails(to: "ada@example.org").last).id
            _ = try await world.untilDeferred(id)
            world.advance(seconds: 31 * 60)
            _ = try await world.until(id, is: .expired)
            #expect(world.stub.mails.count == 2)
        }
    }

    @Test("Without a mail server nobody is told that a mail is on its way")
    func notConfigured() async throws {
        try await TestAppliance.run { server in
            _ = try await server.register()
            for path in ["password-reset/", "verify-email/resend/"] {
                for email in ["ada@example.org", "nobody@example.org"] {
                    expectAnswer(
                        try await server.auth(path, #"{"email":"\#(email)"}"#), 409,
                        #"{"detail":"This server is not set up to send mail. Ask its operator.","error_code":"not_configured"}"#)
                }
            }
            #expect(try await server.count("SELECT count(*) FROM work_items WHERE kind = 'accounts.mail'") == 0)
        }
    }

    @Test("These routes are counted with logins")
    func rateClass() async throws {
        try await TestAppliance.run { server in
            let routes = server.appliance.routes.filter { $0.pattern.contains("password-reset") || $0.pattern.contains("verify-email") }
            #expect(routes.count == 4 && routes.allSatisfy { $0.rateClass == .authentication && $0.method == "POST" })
        }
    }
}
