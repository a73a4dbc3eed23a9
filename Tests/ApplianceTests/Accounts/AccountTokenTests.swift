import Platform
import Testing

@testable import Appliance

@Suite struct AccountTokenTests {
    @Test("An exchange gives new tokens of the same login, and the old access token lives on")
    func exchange() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            fixture.clock.advance(seconds: 600)
            let answer = await fixture.refresh(person.refresh)
            #expect(answer.status == 200 && answer.json.object?.keys == ["access", "refresh"])
            let (access, refresh) = (try #require(answer.json["access"]?.string), try #require(answer.json["refresh"]?.string))
            #expect(refresh != person.refresh && access != person.access)
            let before = try fixture.tokens.claims(of: person.access)
            let after = try fixture.tokens.claims(of: access)
            #expect(before.loginID == after.loginID && before.tokenID != after.tokenID)
            #expect(after.expiresAt == fixture.clock.now().adding(seconds: 3600))
            #expect(try fixture.tokens.claims(of: refresh).expiresAt == fixture.clock.now().adding(seconds: 7 * 86_400))
            for token in [access, person.access] { #expect(await fixture.call("GET", "me/", token: token).status == 200) }
            #expect(await fixture.refresh(refresh).status == 200)
            #expect(try fixture.count("logins") == 1)
        }
    }

    @Test("A refresh token that is used twice ends its login at once, and no other")
    func reuse() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            let other = try await fixture.enter()
            let answer = await fixture.refresh(person.refresh)
            let (access, refresh) = (try #require(answer.json["access"]?.string), try #require(answer.json["refresh"]?.string))

            let reused = await fixture.refresh(person.refresh)
            #expect(reused.status == 401 && reused.text == AccountDeadToken.body("Token is blacklisted"))
            #expect(reused["WWW-Authenticate"] == #"Bearer realm="api""#)
            #expect(await fixture.refresh(refresh).text == AccountDeadToken.body("Token is blacklisted"))
            for token in [access, person.access] {
                let answer = await fixture.call("GET", "me/", token: token)
                #expect(answer.status == 401 && answer.text == AccountDeadToken.header("Token is blacklisted"))
                #expect(answer["WWW-Authenticate"] == #"Bearer realm="api""#)
            }
            for token in [access, person.access, refresh, person.refresh] {
                #expect(await fixture.verify(token).text == AccountDeadToken.body("Token is blacklisted"))
            }
            #expect(await fixture.call("GET", "me/", token: other.access).status == 200)
            #expect(try fixture.database.read { try $0.int("SELECT count(*) FROM logins WHERE ended_because = 'reuse'") } == 1)
        }
    }

    @Test("Of many exchanges of one token at once, one succeeds, and then the login ends")
    func concurrentExchange() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            let statuses = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<8 { group.addTask { await fixture.refresh(person.refresh).status } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 200 }.count == 1 && statuses.filter { $0 == 401 }.count == 7)
            #expect(await fixture.call("GET", "me/", token: person.access).status == 401)
        }
    }

    @Test("A token is good until the second of its end, for what it is made for")
    func kindsAndTimes() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            #expect(await fixture.verify(person.access).text == "{}")
            #expect(await fixture.verify(person.refresh).text == "{}")
            #expect(await fixture.refresh(person.access).text == AccountDeadToken.body("Token has wrong type"))
            #expect(await fixture.call("GET", "me/", token: person.refresh).text == AccountDeadToken.header("Token has wrong type"))
            fixture.clock.advance(seconds: 3599)
            #expect(await fixture.call("GET", "me/", token: person.access).status == 200)
            fixture.clock.advance(seconds: 1)
            #expect(await fixture.call("GET", "me/", token: person.access).text == AccountDeadToken.header("Token is expired"))
            #expect(await fixture.verify(person.access).text == AccountDeadToken.body("Token is expired"))
            fixture.clock.advance(seconds: 7 * 86_400)
            #expect(await fixture.refresh(person.refresh).text == AccountDeadToken.body("Token is expired"))
        }
    }

    @Test("Garbage is invalid, and nothing is missing")
    func garbage() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            for token in ["x", "a.b.c", person.refresh + "x"] {
                #expect(await fixture.refresh(token).text == AccountDeadToken.body("Token is invalid"))
                #expect(await fixture.verify(token).text == AccountDeadToken.body("Token is invalid"))
                #expect(await fixture.call("GET", "me/", token: token).text == AccountDeadToken.header("Token is invalid"))
            }
            #expect(await fixture.call("POST", "refresh/", "{}").text == #"{"refresh":["This field is required."]}"#)
            #expect(await fixture.call("POST", "verify/", "{}").text == #"{"token":["This field is required."]}"#)
        }
    }

    @Test("Tokens that are signed by us and yet not ours: another type, another user, a login that never was")
    func forgedByUs() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            let key = try #require(try await fixture.database.write { try SigningKeyStore.keys(in: $0) }.first)
            let signer = TokenSigner(keys: [key])
            let claims = try fixture.tokens.claims(of: person.access)

            var typeless = claims
            typeless.tokenType = "sliding"
            #expect(await fixture.verify(signer.sign(typeless)).text == AccountDeadToken.body("Token is invalid"))

            var stranger = claims
            stranger.userID = claims.tokenID
            let answer = await fixture.call("GET", "me/", token: signer.sign(stranger))
            #expect(answer.status == 401 && answer.text == #"{"detail":"User not found","code":"user_not_found"}"#)
            #expect(await fixture.verify(signer.sign(stranger)).text == AccountDeadToken.body("Token is blacklisted"))
            stranger.tokenType = "refresh"
            #expect(await fixture.refresh(signer.sign(stranger)).text == AccountDeadToken.body("Token is blacklisted"))

            var loginless = claims
            loginless.loginID = claims.tokenID
            #expect(await fixture.call("GET", "me/", token: signer.sign(loginless)).text == AccountDeadToken.header("Token is blacklisted"))
            #expect(await fixture.call("GET", "me/", token: person.access).status == 200)
        }
    }

    @Test("An account that is closed behind the logins' back is inactive")
    func inactive() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            try await fixture.execute("UPDATE accounts SET is_active = 0")
            let answer = await fixture.call("GET", "me/", token: person.access)
            #expect(answer.status == 401 && answer.text == #"{"detail":"User is inactive","code":"user_inactive"}"#)
            #expect(await fixture.verify(person.access).text == AccountDeadToken.body("Token is blacklisted"))
            #expect(await fixture.refresh(person.refresh).text == AccountDeadToken.body("Token is blacklisted"))
            // Nothing has ended the login, so that opening the account opens it too.
            try await fixture.execute("UPDATE accounts SET is_active = 1")
            #expect(await fixture.refresh(person.refresh).status == 200)
        }
    }

    @Test("A key that is rotated still verifies for as long as its tokens may live; a leaked one dies at once")
    func rotation() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            let kid = Self.kid(of: person.access)
            try await fixture.tokens.rotateKey(in: fixture.database)
            #expect(await fixture.call("GET", "me/", token: person.access).status == 200)
            let newer = try await fixture.enter()
            #expect(Self.kid(of: newer.access) != kid)
            #expect(await fixture.call("GET", "me/", token: newer.access).status == 200)
            #expect(await fixture.refresh(person.refresh).status == 200)

            // After a restart the newest key signs, and the old one verifies.
            let settings = fixture.settings
            let reopened = try await Tokens.open(database: fixture.database, clock: fixture.clock, random: SystemRandom()) {
                settings.lifetimes.withLock { $0 }
            }
            for token in [person.access, newer.access] { #expect(try reopened.claims(of: token, .access).tokenType == "access") }
            #expect(try fixture.count("signing_keys") == 2)

            fixture.clock.advance(seconds: SigningKeyStore.longestTokenLifeDays * 86_400)
            try await fixture.tokens.rotateKey(in: fixture.database)
            #expect(try fixture.count("signing_keys") == 2)

            let last = try await fixture.enter()
            try await fixture.tokens.rotateKey(in: fixture.database, revokingOld: true)
            #expect(try fixture.count("signing_keys") == 1)
            #expect(await fixture.call("GET", "me/", token: last.access).text == AccountDeadToken.header("Token is invalid"))
            #expect(await fixture.login().status == 200)
        }
    }

    @Test("Lifetimes are read for each token")
    func lifetimes() async throws {
        try await AccountsFixture.run { fixture in
            _ = try await fixture.register()
            fixture.settings.lifetimes.withLock { $0 = .init(accessMinutes: 1440, refreshDays: 1) }
            let person = try await fixture.enter()
            #expect(try fixture.tokens.claims(of: person.access).expiresAt == fixture.clock.now().adding(seconds: 86_400))
        }
    }

    @Test("The database holds no token and no password")
    func nothingToSteal() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            let stored = try fixture.database.read { try $0.first("SELECT refresh_hash FROM logins") { try $0.blob(0) } }
            #expect(stored == SHA256.hash(Array(person.refresh.utf8)))
            #expect(try fixture.credentials()?.passwordHash.contains(AccountsFixture.password) == false)
        }
    }

    private static func kid(of token: String) -> String? {
        guard let header = token.split(separator: ".").first, let bytes = Base64URL.decode(String(header)) else { return nil }
        return (try? JSONValue.parse(bytes))?["kid"]?.string
    }
}
