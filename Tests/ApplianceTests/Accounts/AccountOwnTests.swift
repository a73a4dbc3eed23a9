import Platform
import Testing

@testable import Appliance

@Suite struct AccountOwnTests {
    @Test("The account shows itself, and the root names what lies below it")
    func me() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            let answer = await fixture.call("GET", "me/", token: person.access)
            #expect(answer.json.object?.keys == ["id", "username", "email", "first_name", "last_name", "date_joined"])
            #expect(answer.json["id"]?.string == person.id && answer.json["username"] == .null)
            #expect(answer.json["email"] == "ada@example.org" && answer.json["date_joined"]?.string == fixture.clock.now().iso)
            let root = await fixture.call("GET", "", token: person.access)
            #expect(root.text == #"{"profiles":"http://jobs.example.org/api/v1/auth/profiles/"}"#)
            #expect(await fixture.call("PUT", "me/", token: person.access, "{}").status == 405)
        }
    }

    @Test("The names can be changed, and nothing else")
    func names() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            let changed = await fixture.call(
                "PATCH", "me/", token: person.access, #"{"first_name":" Augusta ","last_name":"","email":"x@example.org","is_staff":true}"#)
            #expect(changed.status == 200)
            #expect(changed.json["first_name"] == "Augusta" && changed.json["last_name"] == "")
            let stored = try #require(try fixture.credentials()?.account)
            #expect(stored.firstName == "Augusta" && stored.lastName.isEmpty && !stored.isStaff)
            let wrong = await fixture.call(
                "PATCH", "me/", token: person.access, #"{"first_name":null,"last_name":"\#(String(repeating: "x", count: 151))"}"#)
            #expect(wrong.status == 400)
            #expect(
                wrong.text
                    == #"{"first_name":["This field may not be null."],"last_name":["Ensure this field has no more than 150 characters."]}"#
            )
        }
    }

    @Test("Deleting the account takes its password, and then everything that belongs to it")
    func deletion() async throws {
        try await AccountsFixture.run { fixture in
            let (person, eve) = (try await fixture.register(), try await fixture.register("eve@example.org"))
            let owner = try #require(try fixture.credentials()?.account.owner)
            try await fixture.execute(
                "INSERT INTO idempotency_keys (account_rid, key, route, body_hash, boot_id, created_at) VALUES ($1, 'k', 'r', $2, $2, 0)",
                owner.rowID, [UInt8(1)])
            #expect(await fixture.call("DELETE", "me/", token: person.access, "{}").text == #"{"password":["This field is required."]}"#)
            let wrong = await fixture.call("DELETE", "me/", token: person.access, #"{"password":"walnut-harbour-28"}"#)
            #expect(wrong.status == 400 && wrong.text == #"{"password":["Password is incorrect."]}"#)
            let done = await fixture.call("DELETE", "me/", token: person.access, #"{"password":"walnut-harbour-29"}"#)
            #expect(done.status == 204 && done.text.isEmpty)
            for table in ["accounts", "profiles", "logins"] { #expect(try fixture.count(table) == 1) }
            #expect(try fixture.count("idempotency_keys") == 0)
            #expect(await fixture.call("GET", "me/", token: person.access).text == AccountDeadToken.header("Token is blacklisted"))
            #expect(await fixture.refresh(person.refresh).text == AccountDeadToken.body("Token is blacklisted"))
            #expect(await fixture.verify(person.access).text == AccountDeadToken.body("Token is blacklisted"))
            #expect(await fixture.login().status == 401)
            #expect(await fixture.call("GET", "me/", token: eve.access).status == 200)
            _ = try await fixture.register()
        }
    }

    @Test("A new password ends every login, the caller's own included")
    func changePassword() async throws {
        try await AccountsFixture.run { fixture in
            let (person, other) = (try await fixture.register(), try await fixture.enter())
            let eve = try await fixture.register("eve@example.org")
            let answer = await fixture.call(
                "POST", "change-password/", token: person.access,
                #"{"old_password":"walnut-harbour-29","new_password":"quiet-lantern-31"}"#)
            #expect(answer.status == 200 && answer.text == #"{"message":"Password changed successfully"}"#)
            for dead in [person, other] {
                #expect(await fixture.call("GET", "me/", token: dead.access).text == AccountDeadToken.header("Token is blacklisted"))
                #expect(await fixture.refresh(dead.refresh).text == AccountDeadToken.body("Token is blacklisted"))
            }
            #expect(await fixture.call("GET", "me/", token: eve.access).status == 200)
            #expect(await fixture.login().status == 401)
            #expect(await fixture.login("ada@example.org", "quiet-lantern-31").status == 200)
        }
    }

    @Test("A password change is refused in the words that clients know")
    func badChange() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register("harbourmaster@example.org")
            func change(_ body: String) async -> String {
                let answer = await fixture.call("POST", "change-password/", token: person.access, body)
                #expect(answer.status == 400)
                return answer.text
            }
            let both = #"{"error":"Both old and new passwords are required"}"#
            #expect(await change("{}") == both)
            #expect(await change(#"{"old_password":"","new_password":"quiet-lantern-31"}"#) == both)
            #expect(await change(#"{"old_password":"walnut-harbour-29","new_password":null}"#) == both)
            #expect(
                await change(#"{"old_password":"nope","new_password":"quiet-lantern-31"}"#) == #"{"error":"Old password is incorrect"}"#)
            #expect(
                await change(#"{"old_password":"walnut-harbour-29","new_password":"1234567"}"#)
                    == #"{"error":["This password is too short. It must contain at least 8 characters.","This password is too common.","This password is entirely numeric."]}"#
            )
            #expect(
                await change(#"{"old_password":"walnut-harbour-29","new_password":"harbourmaster"}"#)
                    == #"{"error":["The password is too similar to the email."]}"#)
            #expect(
                await change(#"{"old_password":"walnut-harbour-29","new_password":"\#(String(repeating: "x", count: 129))"}"#)
                    == #"{"error":["Ensure this field has no more than 128 characters."]}"#)
            #expect(await change(#"{"old_password":[],"new_password":"quiet-lantern-31"}"#) == #"{"old_password":["Not a valid string."]}"#)
            #expect(await fixture.call("GET", "me/", token: person.access).status == 200)
        }
    }

    @Test("An account that goes while its request is on the way is not found")
    func goneMeanwhile() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            let caller = try fixture.authenticator.caller(ofToken: person.access)
            try await fixture.database.write { try AccountStore.delete(caller.owner, in: $0) }
            let settings = fixture.settings
            let routes = AccountRoutes(
                database: fixture.database, hashPool: fixture.pool, hasher: fixture.hasher, tokens: fixture.tokens, clock: fixture.clock,
                random: SystemRandom(), registration: { settings.registration.withLock { $0 } })
            let body = #"{"password":"walnut-harbour-29"}"#
            let request = HTTPRequest(
                method: "DELETE", path: "/api/v1/auth/me/", headers: HTTPHeaders([("Content-Type", "application/json")]),
                body: Array(body.utf8), caller: caller, received: fixture.clock.now())
            await #expect(throws: HTTPError.userNotFound) { try await routes.deleteAccount(request) }
            await #expect(throws: HTTPError.userNotFound) { try await routes.me(request) }
            await #expect(throws: HTTPError.userNotFound) { try await routes.changeNames(request) }
            await #expect(throws: HTTPError.userNotFound) { try await routes.listProfiles(request) }
            await #expect(throws: HTTPError.userNotFound) { try await routes.createProfile(request) }
            #expect(try fixture.database.read { try ProfileStore.summary(of: caller.owner, in: $0) }.isEmpty)
        }
    }
}
