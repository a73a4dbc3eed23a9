import Platform
import TestSupport
import Testing

@testable import Appliance

/// Contract section 2, through a real socket: login, refresh, verify and logout, and how long tokens are good.
@Suite struct TokenScenarios {
    private static let noAccount = #"{"detail":"No active account found with the given credentials"}"#

    @Test("A login answers with both tokens, and notes when it was")
    func login() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            for path in ["login/", "login"] {
                let answer = try await server.auth(path, #"{"email":" Ada@EXAMPLE.org ","password":"correct horse 7"}"#)
                let tokens = try TokenAnswer(answer)
                expectAnswer(answer, 200, #"{"refresh":"\#(tokens.refresh)","access":"\#(tokens.access)"}"#)
                #expect(try await server.me(tokens.access).json["id"]?.string == user.id)
            }
            #expect(try server.database.read { try $0.int("SELECT count(*) FROM accounts WHERE last_login IS NOT NULL") } == 1)
            let form = try await server.auth(
                "login/", "email=ada%40example.org&password=correct+horse+7",
                headers: [("Content-Type", "application/x-www-form-urlencoded")])
            #expect(form.status == 200)
            // The header is not looked at.
            #expect(try await server.login("ada@example.org", headers: [("Authorization", "Bearer nonsense")]).status == 200)
        }
    }

    @Test("A wrong password, an unknown address and a closed account are told apart by nobody")
    func refusedLogins() async throws {
        try await TestAppliance.run { server in
            _ = try await server.register()
            let wrong = try await server.login("ada@example.org", "correct horse 8")
            expectAnswer(wrong, 401, Self.noAccount)
            #expect(wrong["WWW-Authenticate"] == #"Bearer realm="api""#)
            expectAnswer(try await server.login("nobody@example.org"), 401, Self.noAccount)
            expectAnswer(try await server.login("nonsense"), 401, Self.noAccount)
            expectAnswer(try await server.login("ada@example.org", String(repeating: "x", count: 4096)), 401, Self.noAccount)
            _ = try await server.command("admin.disable", [("email", "ada@example.org")])
            expectAnswer(try await server.login("ada@example.org"), 401, Self.noAccount)
            expectAnswer(try await server.login("ada@example.org", "correct horse 8"), 401, Self.noAccount)
        }
    }

    @Test("A body of the wrong form is refused field by field, for login, refresh and verify")
    func validation() async throws {
        let required = #"["This field is required."]"#
        let rows: [(path: String, body: String, answer: String)] = [
            ("login/", "{}", #"{"email":\#(required),"password":\#(required)}"#),
            ("login/", #"{"username":"ada@example.org","password":"correct horse 7"}"#, #"{"email":\#(required)}"#),
            (
                "login/", #"{"email":"","password":" "}"#,
                #"{"email":["This field may not be blank."],"password":["This field may not be blank."]}"#
            ),
            (
                "login/", #"{"email":null,"password":[]}"#,
                #"{"email":["This field may not be null."],"password":["Not a valid string."]}"#
            ),
            (
                "login/", #"{"email":"a@b.cd","password":"\#(String(repeating: "x", count: 4097))"}"#,
                #"{"password":["Ensure this field has no more than 4096 characters."]}"#
            ),
            ("login/", #""text""#, #"{"non_field_errors":["Invalid data. Expected a dictionary, but got str."]}"#),
            ("refresh/", "{}", #"{"refresh":\#(required)}"#),
            ("refresh/", #"{"refresh":""}"#, #"{"refresh":["This field may not be blank."]}"#),
            ("refresh/", #"{"refresh":null}"#, #"{"refresh":["This field may not be null."]}"#),
            ("refresh/", "[]", #"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#),
            ("verify/", "", #"{"token":\#(required)}"#),
            ("verify/", #"{"token":{}}"#, #"{"token":["Not a valid string."]}"#),
            ("verify/", "nonsense", #"{"detail":"JSON parse error - Expecting value: line 1 column 1 (char 0)"}"#),
        ]
        try await TestAppliance.run { server in
            for row in rows { expectAnswer(try await server.auth(row.path, row.body), 400, row.answer) }
        }
    }

    @Test("A refresh token is exchanged for two new ones, and is then good for nothing")
    func rotation() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            var refresh = user.refresh
            for path in ["refresh/", "refresh"] {
                let answer = try await server.auth(path, #"{"refresh":"\#(refresh)"}"#, headers: [("Authorization", "Bearer nonsense")])
                let tokens = try TokenAnswer(answer)
                expectAnswer(answer, 200, #"{"access":"\#(tokens.access)","refresh":"\#(tokens.refresh)"}"#)
                #expect(tokens.refresh != refresh && tokens.access != user.access)
                #expect(try await server.me(tokens.access).json["id"]?.string == user.id)
                expectTokenRefused(try await server.verify(refresh), "Token is blacklisted")
                refresh = tokens.refresh
            }
            #expect(try await server.me(user.access).status == 200, "an access token lives on beside its successor")
            expectAnswer(try await server.verify(refresh), 200, "{}")
        }
    }

    @Test("Who uses a refresh token twice ends the whole family, and no other login")
    func reuse() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let other = try TokenAnswer(try await server.login("ada@example.org"))
            let second = try TokenAnswer(try await server.refresh(user.refresh))
            let third = try TokenAnswer(try await server.refresh(second.refresh))
            expectTokenRefused(try await server.refresh(user.refresh), "Token is blacklisted")
            for access in [user.access, second.access, third.access] {
                expectRefused(try await server.me(access), "Token is blacklisted")
                expectTokenRefused(try await server.verify(access), "Token is blacklisted")
            }
            for refresh in [user.refresh, second.refresh, third.refresh] {
                expectTokenRefused(try await server.refresh(refresh), "Token is blacklisted")
            }
            #expect(try await server.me(other.access).status == 200)
            #expect(try await server.refresh(other.refresh).status == 200)
            #expect(try server.database.read { try $0.int("SELECT count(*) FROM logins WHERE ended_because = 'reuse'") } == 1)
        }
    }

    @Test("Of two exchanges of one token at the same moment, one succeeds at most")
    func simultaneousExchange() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 { group.addTask { try await server.refresh(user.refresh).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200, 401, 401, 401])
        }
    }

    @Test("Each way in which a token can be bad has its word, in the header and in a body")
    func badTokens() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let forged = String(user.access.dropLast(4)) + (user.access.hasSuffix("AAAA") ? "BBBB" : "AAAA")
            for token in ["nonsense", "a.b.c", forged] {
                expectRefused(try await server.me(token), "Token is invalid")
                expectTokenRefused(try await server.refresh(token), "Token is invalid")
                expectTokenRefused(try await server.verify(token), "Token is invalid")
            }
            expectRefused(try await server.me(user.refresh), "Token has wrong type")
            expectTokenRefused(try await server.refresh(user.access), "Token has wrong type")
        }
    }

    @Test("A token of either type verifies while it is good, with and without the slash")
    func verify() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            for token in [user.access, user.refresh] {
                expectAnswer(try await server.verify(token), 200, "{}")
                expectAnswer(try await server.auth("verify", #"{"token":" \#(token) "}"#), 200, "{}")
            }
        }
    }

    // MARK: Logout

    private static let loggedOut = #"{"message":"Successfully logged out"}"#
    private static let badToken = #"{"error":"Invalid token"}"#

    @Test(
        "A logout with or without the refresh token ends both tokens at once, and no other login",
        arguments: ["", "{}", #"{"refresh":null}"#, #"{"refresh":""}"#, #"{"refresh":"$"}"#])
    func logout(body: String) async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let other = try TokenAnswer(try await server.login("ada@example.org"))
            let path = body.isEmpty ? "/api/v1/auth/logout" : "/api/v1/auth/logout/"
            let body = body.split(separator: "$", omittingEmptySubsequences: false).joined(separator: user.refresh)
            expectAnswer(try await user.post(path, body), 200, Self.loggedOut)
            expectRefused(try await server.me(user.access), "Token is blacklisted")
            expectTokenRefused(try await server.refresh(user.refresh), "Token is blacklisted")
            expectTokenRefused(try await server.verify(user.access), "Token is blacklisted")
            expectTokenRefused(try await server.verify(user.refresh), "Token is blacklisted")
            expectRefused(try await user.post("/api/v1/auth/logout/"), "Token is blacklisted")
            #expect(try await server.me(other.access).status == 200)
        }
    }

    @Test("A logout with anything but a refresh token of the caller's own is refused and ends nothing")
    func logoutWithBadToken() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            let ended = try TokenAnswer(try await server.login("ada@example.org"))
            _ = try await server.auth("logout/", "{}", token: ended.access)
            let bodies = [
                #"{"refresh":"nonsense"}"#, #"{"refresh":7}"#, #"{"refresh":[]}"#, #"{"refresh":"\#(ada.access)"}"#,
                #"{"refresh":"\#(eve.refresh)"}"#, #"{"refresh":"\#(ended.refresh)"}"#,
            ]
            for body in bodies { expectAnswer(try await ada.post("/api/v1/auth/logout/", body), 400, Self.badToken) }
            expectAnswer(
                try await ada.post("/api/v1/auth/logout/", "[]"), 400,
                #"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#)
            expectAnswer(
                try await server.auth("logout/", #"{"refresh":"\#(ada.refresh)"}"#), 401,
                #"{"detail":"Authentication credentials were not provided."}"#)
            for token in [ada.access, ada.refresh, eve.access, eve.refresh] {
                expectAnswer(try await server.verify(token), 200, "{}")
            }
        }
    }

    @Test("A logout with the refresh token of another login of the same account ends both")
    func logoutOfTwo() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let other = try TokenAnswer(try await server.login("ada@example.org"))
            expectAnswer(try await user.post("/api/v1/auth/logout/", #"{"refresh":"\#(other.refresh)"}"#), 200, Self.loggedOut)
            for access in [user.access, other.access] { expectRefused(try await server.me(access), "Token is blacklisted") }
        }
    }

    @Test("A logout with a refresh token of its own login that was exchanged before is a logout")
    func logoutWithOlderToken() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let newer = try TokenAnswer(try await server.refresh(user.refresh))
            expectAnswer(
                try await server.auth("logout/", #"{"refresh":"\#(user.refresh)"}"#, token: newer.access), 200, Self.loggedOut)
            expectTokenRefused(try await server.refresh(newer.refresh), "Token is blacklisted")
        }
    }

    // MARK: Time

    @Test("An access token lives an hour and a refresh token seven days")
    func expiry() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            server.clock.advance(seconds: 3600 - 30)
            #expect(try await server.me(user.access).status == 200)
            server.clock.advance(seconds: 30)
            expectRefused(try await server.me(user.access), "Token is expired")
            expectTokenRefused(try await server.verify(user.access), "Token is expired")
            expectAnswer(try await server.verify(user.refresh), 200, "{}")

            server.clock.advance(seconds: 7 * 86_400 - 3600 - 30)
            let tokens = try TokenAnswer(try await server.refresh(user.refresh))
            server.clock.advance(seconds: 30)
            expectTokenRefused(try await server.refresh(user.refresh), "Token is expired")
            expectTokenRefused(try await server.verify(user.refresh), "Token is expired")
            #expect(try await server.me(tokens.access).status == 200, "a token that has expired is no reuse")
            expectAnswer(
                try await server.auth("logout/", #"{"refresh":"\#(user.refresh)"}"#, token: tokens.access), 400, Self.badToken)
            #expect(try await server.refresh(tokens.refresh).status == 200)
        }
    }

    @Test("The lifetimes are those of the configuration, and of the next one from its reload on")
    func lifetimes() async throws {
        func settings(_ minutes: Int, _ days: Int) -> String { "[auth]\naccess_token_minutes = \(minutes)\nrefresh_token_days = \(days)\n" }
        try await TestAppliance.run(settings: settings(5, 1)) { server in
            let user = try await server.register()
            server.clock.advance(seconds: 300)
            expectRefused(try await server.me(user.access), "Token is expired")
            _ = server.appliance.reload(try TestAppliance.configuration(settings(10, 2), in: server.directory))
            let tokens = try TokenAnswer(try await server.refresh(user.refresh))
            server.clock.advance(seconds: 590)
            #expect(try await server.me(tokens.access).status == 200)
            server.clock.advance(seconds: 86_400)
            expectTokenRefused(try await server.refresh(user.refresh), "Token is expired")
            #expect(try await server.refresh(tokens.refresh).status == 200)
        }
    }

    // MARK: Keys

    @Test("Tokens survive a restart")
    func restart() async throws {
        let directory = try TemporaryDirectory()
        let (access, refresh) = try await TestAppliance.run(in: directory) { server in
            let user = try await server.register()
            return (user.access, user.refresh)
        }
        try await TestAppliance.run(in: directory) { server in
            #expect(try await server.me(access).status == 200)
            #expect(try await server.refresh(refresh).status == 200)
            expectTokenRefused(try await server.refresh(refresh), "Token is blacklisted")
        }
        try await TestAppliance.run(in: directory) { server in
            expectRefused(try await server.me(access), "Token is blacklisted")
        }
    }

    @Test("After a change of the signing key new tokens are signed with the new one, and old tokens are still good")
    func keyRotation() async throws {
        let directory = try TemporaryDirectory()
        let old = try await TestAppliance.run(in: directory) { server in
            let user = try await server.register()
            try await server.tokens().rotateKey(in: server.database)
            return TestTokens(access: user.access, refresh: user.refresh)
        }
        let new = try await TestAppliance.run(in: directory) { server in
            #expect(try await server.me(old.access).status == 200)
            let new = try TokenAnswer(try await server.refresh(old.refresh))
            #expect(Self.header(new.access) != Self.header(old.access), "the header names the key")
            #expect(try await server.me(new.access).status == 200)
            try await server.tokens().rotateKey(in: server.database, revokingOld: true)
            return TestTokens(access: new.access, refresh: new.refresh)
        }
        try await TestAppliance.run(in: directory) { server in
            for token in [old.access, new.access] { expectRefused(try await server.me(token), "Token is invalid") }
            expectTokenRefused(try await server.refresh(new.refresh), "Token is invalid")
            #expect(try await server.login("ada@example.org").status == 200)
        }
    }

    private struct TestTokens: Sendable {
        let access: String
        let refresh: String
    }

    private static func header(_ token: String) -> Substring { token.prefix { $0 != "." } }

    // MARK: Hashes

    @Test("A hash that the original server made is accepted, and replaced at the first login")
    func djangoHash() async throws {
        try await TestAppliance.run { server in
            _ = try await server.register(password: "another horse 8")
            let django = "pbkdf2_sha256$1000$pepperAndSalt$+ylk//yVW2ZKINDasrV3DBzsRgJUfrZCVtdjJ9S4Ae8="
            try await server.setHash(django)
            expectAnswer(try await server.login("ada@example.org", "another horse 8"), 401, Self.noAccount)
            #expect(try server.hash() == django)
            #expect(try await server.login("ada@example.org").status == 200)
            let upgraded = try server.hash()
            #expect(upgraded.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
            #expect(try await server.login("ada@example.org").status == 200)
            #expect(try server.hash() == upgraded, "a hash that is up to date is left alone")
        }
    }

    @Test("A hash of less cost than is asked for now is replaced at the next login, and tokens live on")
    func weakerHash() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let weaker = PasswordHasher(parameters: .init(logN: 2, r: 8, p: 1), random: SystemRandom())
            try await server.setHash(try weaker.hash("correct horse 7"))
            #expect(try await server.login("ada@example.org").status == 200)
            #expect(try server.hash().hasPrefix("$scrypt$ln=4,r=8,p=1$"))
            #expect(try await server.me(user.access).status == 200)
            #expect(try await server.login("ada@example.org").status == 200)
        }
    }

    @Test("With all hashing threads at work and their queue full, 503 says when to come again")
    func busyPool() async throws {
        try await TestAppliance.run(settings: "[auth]\npassword_hash_workers = 1\n") { server in
            let user = try await server.register()
            let hold = try await AccountsPoolHold.take(server.appliance.core.hashPool)
            var waiting: [Task<Int, Never>] = []
            for _ in 0..<16 {
                waiting.append(try await hold.queue { (try? await server.login("ada@example.org").status) ?? 0 })
            }
            let busy = #"{"detail":"Service temporarily unavailable, try again later."}"#
            let answers = [
                try await server.login("ada@example.org"),
                try await server.login("nobody@example.org"),
                try await server.auth(
                    "register/", #"{"email":"b@example.org","password":"correct horse 7","password_confirm":"correct horse 7"}"#),
                try await user.post("/api/v1/auth/change-password/", #"{"old_password":"a","new_password":"b"}"#),
                try await user.delete("/api/v1/auth/me/", #"{"password":"correct horse 7"}"#),
            ]
            for answer in answers {
                expectAnswer(answer, 503, busy)
                #expect(answer["Retry-After"] == "1")
            }
            #expect(try await user.get("/api/v1/auth/me/").status == 200, "the rest of the server goes on")
            try await hold.release()
            for login in waiting { #expect(await login.value == 200) }
            #expect(try await server.login("ada@example.org").status == 200)
        }
    }
}

extension TestAppliance {
    func setHash(_ hash: String) async throws {
        try await database.write { _ = try $0.execute("UPDATE accounts SET password_hash = $1", hash) }
    }

    func hash() throws -> String { try database.read { try $0.first("SELECT password_hash FROM accounts") { try $0.text(0) } } ?? "" }
}
