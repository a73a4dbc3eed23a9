import Platform
import Testing

@testable import Appliance

@Suite struct AccountRegistrationTests {
    @Test("A registration makes an account with a profile and opens its first login")
    func registers() async throws {
        try await AccountsFixture.run { fixture in
            let answer = await fixture.call("POST", "register/", AccountsFixture.registration("ada@example.org"))
            #expect(answer.status == 201)
            #expect(answer.json.object?.keys == ["message", "user_id", "access", "refresh"])
            #expect(answer.json["message"] == "User registered successfully")
            let account = try #require(try fixture.credentials()?.account)
            #expect(account.id.description == answer.json["user_id"]?.string)
            #expect((account.firstName, account.lastName, account.lastLogin) == ("Ada", "L", nil))
            #expect(try fixture.count("profiles") == 1 && fixture.count("logins") == 1)
            let access = try #require(answer.json["access"]?.string)
            #expect(await fixture.call("GET", "me/", token: access).status == 200)
        }
    }

    @Test("An address has one account, whatever its case; its domain is stored in lower-case letters")
    func uniqueAddress() async throws {
        try await AccountsFixture.run { fixture in
            #expect(await fixture.call("POST", "register/", AccountsFixture.registration("Ada@Example.ORG")).status == 201)
            let stored = try fixture.credentials("ADA@EXAMPLE.ORG")
            #expect(stored?.account.email == "Ada@example.org")
            for email in ["Ada@example.org", "ada@example.org", " ADA@example.org "] {
                let again = await fixture.call("POST", "register/", AccountsFixture.registration(email))
                #expect(again.status == 400 && again.text == #"{"email":["User with this email already exists."]}"#)
            }
            #expect(await fixture.login("aDa@eXample.org").status == 200)
        }
    }

    @Test("Two registrations of one address at once make one account")
    func race() async throws {
        try await AccountsFixture.run { fixture in
            let statuses = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<6 {
                    group.addTask { await fixture.call("POST", "register/", AccountsFixture.registration("ada@example.org")).status }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [201, 400, 400, 400, 400, 400])
            let counts = try [fixture.count("accounts"), fixture.count("profiles")]
            #expect(counts == [1, 1])
        }
    }

    @Test("The store itself refuses an address that is taken")
    func storeRefuses() async throws {
        try await AccountsFixture.run { fixture in
            _ = try await fixture.register()
            await #expect(throws: AccountError.emailTaken) {
                try await fixture.database.write { try AccountStore.create(.init(email: "ADA@example.org", passwordHash: ""), in: $0) }
            }
        }
    }

    struct Mistake: Sendable {
        let body: String
        let answer: String
    }

    @Test(
        "Mistakes are told field by field, all at once",
        arguments: [
            Mistake(
                body: "{}",
                answer:
                    #"{"email":["This field is required."],"password":["This field is required."],"password_confirm":["This field is required."]}"#
            ),
            Mistake(
                body: #"{"email":"no","password":"short","password_confirm":"x","first_name":null,"last_name":["a"]}"#,
                answer: #"{"email":["Enter a valid email address."],"password":["Ensure this field has at least 8 characters."],"#
                    + #""first_name":["This field may not be null."],"last_name":["Not a valid string."]}"#),
            Mistake(
                body: AccountsFixture.registration("ada@example.org", "password"), answer: #"{"password":["This password is too common."]}"#
            ),
            Mistake(
                body: AccountsFixture.registration("ada@example.org", "12345678"),
                answer: #"{"password":["This password is too common.","This password is entirely numeric."]}"#),
            Mistake(
                body: AccountsFixture.registration("harbourmaster@example.org", "harbourmaster"),
                answer: #"{"password":["The password is too similar to the email."]}"#),
            Mistake(
                body: AccountsFixture.registration("ada@example.org", String(repeating: "xy-7", count: 33)),
                answer: #"{"password":["Ensure this field has no more than 128 characters."]}"#),
            Mistake(
                body: AccountsFixture.registration("ada@example.org", confirm: "walnut-harbour-28"),
                answer: #"{"non_field_errors":["Passwords don't match"]}"#),
            Mistake(body: "[]", answer: #"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#),
        ])
    func mistakes(mistake: Mistake) async throws {
        try await AccountsFixture.run { fixture in
            let answer = await fixture.call("POST", "register/", mistake.body)
            #expect(answer.status == 400 && answer.text == mistake.answer)
            let count = try fixture.count("accounts")
            #expect(count == 0)
        }
    }

    @Test("What only the server decides is ignored, and the names may be left out")
    func ignoredFields() async throws {
        try await AccountsFixture.run { fixture in
            let body =
                #"{"email":"ada@example.org","password":"walnut-harbour-29","password_confirm":"walnut-harbour-29","is_staff":true,"is_superuser":true,"is_verified":true,"id":7}"#
            #expect(await fixture.call("POST", "register/", body).status == 201)
            let account = try #require(try fixture.credentials()?.account)
            #expect(!account.isStaff && !account.isVerified && account.firstName.isEmpty && account.lastName.isEmpty)
        }
    }

    @Test("Registration can be closed, also while the server runs")
    func closed() async throws {
        try await AccountsFixture.run { fixture in
            fixture.settings.registration.withLock { $0 = .closed }
            let answer = await fixture.call("POST", "register/", "{}")
            #expect(answer.status == 403 && answer.text == #"{"detail":"Registration is closed."}"#)
            fixture.settings.registration.withLock { $0 = .open }
            _ = try await fixture.register()
        }
    }

    @Test("A bad token in the header is refused at registration, and not looked at by login, refresh and verify")
    func badHeader() async throws {
        try await AccountsFixture.run { fixture in
            let body = AccountsFixture.registration("ada@example.org")
            #expect(await fixture.call("POST", "register/", token: "nonsense", body).text == AccountDeadToken.header("Token is invalid"))
            for path in ["login/", "refresh/", "verify/"] {
                #expect(await fixture.call("POST", path, token: "nonsense", "{}").status == 400)
            }
        }
    }
}
