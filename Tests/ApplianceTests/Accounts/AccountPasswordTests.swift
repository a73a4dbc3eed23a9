import Platform
import Testing

@testable import Appliance

@Suite struct AccountPasswordTests {
    private static let refused = #"{"detail":"No active account found with the given credentials"}"#
    /// `walnut-harbour-29`, as Django stores it; made with Python's hashlib.
    private static let django = "pbkdf2_sha256$1000$k3Vd0Qw8$PU6TxyByC0hlwHHP5D6P5bw4zy/OJsgGPtcJ7M32QCM="

    @Test("A login gives two tokens and is noted")
    func login() async throws {
        try await AccountsFixture.run { fixture in
            _ = try await fixture.register()
            fixture.clock.advance(seconds: 60)
            let answer = await fixture.login()
            #expect(answer.status == 200 && answer.json.object?.keys == ["refresh", "access"])
            #expect(try fixture.credentials()?.account.lastLogin == fixture.clock.now())
            #expect(try fixture.count("logins") == 2)
        }
    }

    @Test("A wrong password, an unknown address and a closed account are told the same")
    func refusals() async throws {
        try await AccountsFixture.run { fixture in
            _ = try await fixture.register()
            let wrong = await fixture.login("ada@example.org", "walnut-harbour-28")
            let unknown = await fixture.login("eve@example.org")
            _ = try await fixture.admin.disable(email: "ada@example.org")
            let closed = await fixture.login()
            for answer in [wrong, unknown, closed] {
                #expect(answer.status == 401 && answer.text == Self.refused)
                #expect(answer["WWW-Authenticate"] == #"Bearer realm="api""#)
            }
        }
    }

    @Test("What is missing is told field by field; a user name is no address")
    func missing() async throws {
        try await AccountsFixture.run { fixture in
            let answer = await fixture.call("POST", "login/", #"{"username":"ada@example.org"}"#)
            #expect(answer.status == 400)
            #expect(answer.text == #"{"email":["This field is required."],"password":["This field is required."]}"#)
            #expect(
                await fixture.login("", " ").text
                    == #"{"email":["This field may not be blank."],"password":["This field may not be blank."]}"#)
        }
    }

    @Test("Hashes of the original server are accepted and replaced at the next login, also by two logins at once")
    func upgradesDjango() async throws {
        try await AccountsFixture.run { fixture in
            _ = try await fixture.register()
            try await fixture.execute("UPDATE accounts SET password_hash = $1", Self.django)
            async let first = fixture.login()
            async let second = fixture.login()
            #expect(await [first.status, second.status] == [200, 200])
            let stored = try #require(try fixture.credentials())
            #expect(stored.passwordHash.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
            #expect(stored.passwordVersion == 1)
            #expect(await fixture.login().status == 200)
            #expect(try fixture.credentials()?.passwordHash == stored.passwordHash)
        }
    }

    @Test("A hash is made anew when the parameters have grown, and not when the password was wrong")
    func upgradesParameters() async throws {
        try await AccountsFixture.run(cost: .init(logN: 5, r: 8, p: 1)) { fixture in
            _ = try await fixture.register()
            let weak = try PasswordHasher(parameters: .test, random: SeededRandom(3)).hash(AccountsFixture.password)
            try await fixture.execute("UPDATE accounts SET password_hash = $1", weak)
            #expect(await fixture.login("ada@example.org", "walnut-harbour-28").status == 401)
            #expect(try fixture.credentials()?.passwordHash == weak)
            #expect(await fixture.login().status == 200)
            #expect(try fixture.credentials()?.passwordHash.hasPrefix("$scrypt$ln=5,") == true)
        }
    }

    @Test("When the pool is full, or there is no memory, the answer is 503 and when to come again")
    func busy() async throws {
        try await AccountsFixture.run(workers: 0, queue: 0) { fixture in
            let answer = await fixture.login()
            #expect(answer.status == 503 && answer["Retry-After"] == "1")
            #expect(await fixture.call("POST", "register/", AccountsFixture.registration("ada@example.org")).status == 503)
        }
        // More memory than one hash may take.
        try await AccountsFixture.run(cost: .init(logN: 17, r: 8, p: 1)) { fixture in
            #expect(await fixture.call("POST", "register/", AccountsFixture.registration("ada@example.org")).status == 503)
            let count = try fixture.count("accounts")
            #expect(count == 0)
        }
    }

    @Test("A password that is changed while it is being checked opens nothing")
    func changedMeanwhile() async throws {
        try await AccountsFixture.run(workers: 1) { fixture in
            let person = try await fixture.register()
            let owner = try #require(try fixture.credentials()?.account.owner)
            let hold = try await AccountsPoolHold.take(fixture.pool)
            let login = try await hold.queue { await fixture.login().status }
            let deletion = try await hold.queue {
                await fixture.call("DELETE", "me/", token: person.access, #"{"password":"walnut-harbour-29"}"#).status
            }
            let change = try await hold.queue {
                await fixture.call(
                    "POST", "change-password/", token: person.access,
                    #"{"old_password":"walnut-harbour-29","new_password":"quiet-lantern-31"}"#
                ).status
            }
            try await fixture.database.write { transaction in
                try AccountStore.setPassword("$scrypt$", of: owner, because: .passwordChanged, in: transaction)
            }
            try await hold.release()
            let statuses = [await login.value, await deletion.value, await change.value]
            #expect(statuses == [401, 400, 400])
            #expect(try fixture.count("accounts") == 1 && fixture.credentials()?.passwordHash == "$scrypt$")
        }
    }

    @Test("An unknown account costs a whole hash")
    func dummy() async throws {
        try await AccountsFixture.run { fixture in
            let passwords = Passwords(pool: fixture.pool, hasher: fixture.hasher)
            #expect(try await passwords.check("anything", against: nil) == .wrong)
            let stored = try await passwords.hash("anything")
            #expect(try await passwords.check("anything", against: stored) == .right(replacement: nil))
            #expect(fixture.hasher.dummy.split(separator: "$")[1] == stored.split(separator: "$")[1])
        }
    }
}
