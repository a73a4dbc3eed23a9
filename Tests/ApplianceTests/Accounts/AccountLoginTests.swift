import Platform
import Testing

@testable import Appliance

@Suite struct AccountLoginTests {
    @Test("Logins are listed, the last used first, with where they come from")
    func list() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            fixture.clock.advance(seconds: 60)
            let agent = String(repeating: "é", count: 300)
            _ = await fixture.call(
                "POST", "login/", #"{"email":"ada@example.org","password":"walnut-harbour-29"}"#, headers: [("User-Agent", agent)])
            _ = try await fixture.register("eve@example.org")
            let list = await fixture.call("GET", "logins/", token: person.access)
            #expect(list.status == 200 && list.json.object?.keys == ["results"])
            let logins = try #require(list.json["results"]?.array)
            #expect(logins.count == 2)
            #expect(logins[0].object?.keys == ["id", "created_at", "last_used_at", "client_address", "user_agent", "current"])
            #expect(logins.map { $0["current"]?.bool } == [false, true])
            #expect(logins[0]["user_agent"]?.string == String(repeating: "é", count: LoginClient.longestUserAgent))
            #expect(logins[0]["client_address"] == "-")

            fixture.clock.advance(seconds: 60)
            _ = await fixture.refresh(person.refresh)
            let again = try #require(await fixture.call("GET", "logins/", token: person.access).json["results"]?.array)
            #expect(again.map { $0["current"]?.bool } == [true, false])
            #expect(again[0]["last_used_at"]?.string == fixture.clock.now().iso)
            #expect(again[0]["created_at"] == logins[1]["created_at"])
        }
    }

    @Test("A login can be ended from another one, once, and only by its owner")
    func end() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            let lost = try await fixture.enter()
            let eve = try await fixture.register("eve@example.org")
            let path = "logins/\(try fixture.tokens.claims(of: lost.access).loginID)/"
            let notFound = #"{"detail":"No Login matches the given query."}"#
            #expect(await fixture.call("DELETE", path, token: eve.access).text == notFound)
            #expect(await fixture.call("GET", "me/", token: lost.access).status == 200)
            let ended = await fixture.call("DELETE", path, token: person.access)
            #expect(ended.status == 204 && ended.text.isEmpty)
            #expect(await fixture.call("GET", "me/", token: lost.access).text == AccountDeadToken.header("Token is blacklisted"))
            #expect(await fixture.refresh(lost.refresh).text == AccountDeadToken.body("Token is blacklisted"))
            let again = await fixture.call("DELETE", path, token: person.access)
            #expect(again.status == 404 && again.text == notFound)
            #expect(await fixture.call("DELETE", "logins/7/", token: person.access).text == #"{"detail":"Not found."}"#)
            #expect(await fixture.call("GET", "logins/", token: person.access).json["results"]?.array?.count == 1)
        }
    }

    @Test("Logins whose tokens have all expired are not listed, and are cleared away by newer ones")
    func cleaning() async throws {
        try await AccountsFixture.run { fixture in
            _ = try await fixture.register()
            _ = try await fixture.enter()
            fixture.clock.advance(seconds: 7 * 86_400 + 1)
            let account = try #require(try fixture.credentials()?.account)
            #expect(try fixture.database.read { try LoginStore.list(of: account.owner, at: fixture.clock.now(), in: $0) }.isEmpty)
            #expect(try fixture.count("logins") == 2)
            _ = try await fixture.enter()
            #expect(try fixture.count("logins") == 1)
        }
    }

    @Test("Logout ends the login with its tokens of both kinds")
    func logout() async throws {
        try await AccountsFixture.run { fixture in
            for withRefresh in [true, false] {
                let person = withRefresh ? try await fixture.register() : try await fixture.enter()
                let answer = await fixture.call(
                    "POST", "logout/", token: person.access, withRefresh ? #"{"refresh":"\#(person.refresh)"}"# : nil)
                #expect(answer.status == 200 && answer.text == #"{"message":"Successfully logged out"}"#)
                #expect(await fixture.call("GET", "me/", token: person.access).text == AccountDeadToken.header("Token is blacklisted"))
                #expect(await fixture.refresh(person.refresh).text == AccountDeadToken.body("Token is blacklisted"))
                for token in [person.access, person.refresh] {
                    #expect(await fixture.verify(token).text == AccountDeadToken.body("Token is blacklisted"))
                }
            }
        }
    }

    @Test("Logout with a refresh token of another login of the same account ends both")
    func logoutOfBoth() async throws {
        try await AccountsFixture.run { fixture in
            let (one, two) = (try await fixture.register(), try await fixture.enter())
            #expect(await fixture.call("POST", "logout/", token: one.access, #"{"refresh":"\#(two.refresh)"}"#).status == 200)
            for person in [one, two] { #expect(await fixture.call("GET", "me/", token: person.access).status == 401) }
        }
    }

    @Test("Logout with anything that is no live refresh token of the caller's is refused and ends nothing")
    func badLogout() async throws {
        try await AccountsFixture.run { fixture in
            let (person, eve) = (try await fixture.register(), try await fixture.register("eve@example.org"))
            let dead = try await fixture.enter()
            _ = await fixture.call("POST", "logout/", token: dead.access)
            for value in [#""x""#, "7", #""\#(person.access)""#, #""\#(eve.refresh)""#, #""\#(dead.refresh)""#] {
                let answer = await fixture.call("POST", "logout/", token: person.access, #"{"refresh":\#(value)}"#)
                #expect(answer.status == 400 && answer.text == #"{"error":"Invalid token"}"#)
            }
            #expect(await fixture.call("POST", "logout/", token: person.access, "[]").status == 400)
            #expect(await fixture.call("GET", "me/", token: person.access).status == 200)
            #expect(await fixture.call("GET", "me/", token: eve.access).status == 200)
            #expect(await fixture.call("POST", "logout/", token: person.access, #"{"refresh":null}"#).status == 200)
            #expect(await fixture.call("POST", "logout/", token: eve.access, #"{"refresh":""}"#).status == 200)
        }
    }

    @Test("Without a token nothing of an account is shown")
    func anonymous() async throws {
        try await AccountsFixture.run { fixture in
            let routes = [
                ("GET", ""), ("POST", "logout/"), ("GET", "me/"), ("POST", "change-password/"), ("GET", "logins/"), ("GET", "profiles/"),
            ]
            for (method, path) in routes {
                let answer = await fixture.call(method, path)
                #expect(answer.status == 401)
                #expect(answer.text == #"{"detail":"Authentication credentials were not provided."}"#)
            }
        }
    }
}
