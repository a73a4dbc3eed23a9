import Platform
import Testing

@testable import Appliance

@Suite struct AccountProfileTests {
    private static func path(_ fixture: AccountsFixture, _ person: AccountsFixture.Person) async -> String {
        let list = await fixture.call("GET", "profiles/", token: person.access)
        return "profiles/\(list.json["results"]?.array?.first?["id"]?.int ?? 0)/"
    }

    @Test("An account has one profile from the start, with the defaults")
    func defaults() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            let list = await fixture.call("GET", "profiles/", token: person.access)
            #expect(list.json["count"] == 1 && list.json["next"] == .null && list.json["previous"] == .null)
            let now = fixture.clock.now().iso
            let user =
                #"{"id":"\#(person.id)","email":"ada@example.org","first_name":"Ada","last_name":"L","is_verified":false,"date_joined":"\#(now)"}"#
            let profile = await fixture.call("GET", Self.path(fixture, person), token: person.access)
            #expect(
                profile.text
                    == #"{"id":1,"user":\#(user),"phone":"","location":"","linkedin_url":"","github_url":"","portfolio_url":"","#
                    + #""current_title":"","current_company":"","experience_level":"entry","skills":[],"industries":[],"#
                    + #""preferred_locations":[],"job_types":[],"salary_min":null,"salary_max":null,"remote_ok":true,"resume":null,"#
                    + #""cover_letter_template":"","auto_apply_enabled":false,"auto_apply_limit_daily":5,"match_threshold":0.7,"#
                    + #""created_at":"\#(now)","updated_at":"\#(now)"}"#)
            #expect(list.json["results"]?.array?.first == profile.json)
            #expect(await fixture.call("GET", "profiles/?page=2", token: person.access).text == #"{"detail":"Invalid page."}"#)
        }
    }

    @Test("Every field can be written and comes back; what the server decides cannot")
    func roundTrip() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            let path = await Self.path(fixture, person)
            let body = """
                {"phone":"+44 20","location":"London","linkedin_url":"https://example.org/in","github_url":"https://example.org/gh",\
                "portfolio_url":"https://example.org/me","current_title":"Engineer","current_company":"Engines","experience_level":"lead",\
                "skills":["looms","punch cards"],"industries":["textiles"],"preferred_locations":["London"],"job_types":["full_time"],\
                "salary_min":10,"salary_max":20,"remote_ok":false,"cover_letter_template":"Dear all","auto_apply_enabled":true,\
                "auto_apply_limit_daily":9,"match_threshold":0.25}
                """
            fixture.clock.advance(seconds: 5)
            let given = try JSONValue.parse(Array(body.utf8))
            let answer = await fixture.call("PUT", path, token: person.access, body)
            #expect(answer.status == 200)
            let stored = await fixture.call("GET", path, token: person.access)
            #expect(stored.text == answer.text)
            for member in try #require(given.object).members { #expect(stored.json[member.key] == member.value) }
            #expect(stored.json["updated_at"]?.string == fixture.clock.now().iso)

            let sly = #"{"id":9,"user":{"email":"x"},"resume":"x","created_at":"2020-01-01T00:00","profile_embedding":[1],"phone":"1"}"#
            let after = await fixture.call("PATCH", path, token: person.access, sly)
            #expect(after.json["id"] == stored.json["id"] && after.json["user"] == stored.json["user"] && after.json["resume"] == .null)
            #expect(after.json["created_at"] == stored.json["created_at"] && after.json["profile_embedding"] == nil)
            #expect(after.json["phone"] == "1" && after.json["skills"] == stored.json["skills"])
            #expect(await fixture.call("PUT", path, token: person.access, "{}").json["phone"] == "1")

            let account = try #require(try fixture.credentials()?.account)
            let profile = try #require(try fixture.database.read { try ProfileStore.profile(of: account, in: $0) })
            #expect(profile.account == account)
            let summary = try fixture.database.read { try ProfileStore.summary(of: account.owner, in: $0) }
            #expect(summary.currentTitle == "Engineer" && summary.skills == ["looms", "punch cards"] && summary.salaryMax == 20)
        }
    }

    @Test("Limits are kept and told in the contract's words")
    func limits() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            let path = await Self.path(fixture, person)
            let cases = [
                (#"{"phone":"123456789012345678901"}"#, #"{"phone":["Ensure this field has no more than 20 characters."]}"#),
                (#"{"github_url":"nowhere"}"#, #"{"github_url":["Enter a valid URL."]}"#),
                (#"{"experience_level":"guru"}"#, ##"{"experience_level":["\"guru\" is not a valid choice."]}"##),
                (#"{"skills":"python"}"#, ##"{"skills":["Expected a list of items but got type \"str\"."]}"##),
                (#"{"job_types":{}}"#, ##"{"job_types":["Expected a list of items but got type \"dict\"."]}"##),
                (#"{"salary_min":-1}"#, #"{"salary_min":["Ensure this value is greater than or equal to 0."]}"#),
                (#"{"salary_max":2147483648}"#, #"{"salary_max":["Ensure this value is less than or equal to 2147483647."]}"#),
                (#"{"match_threshold":7}"#, #"{"match_threshold":["Ensure this value is less than or equal to 1."]}"#),
                (#"{"match_threshold":null}"#, #"{"match_threshold":["This field may not be null."]}"#),
                (#"{"auto_apply_limit_daily":"many"}"#, #"{"auto_apply_limit_daily":["A valid integer is required."]}"#),
            ]
            for (body, expected) in cases {
                let answer = await fixture.call("PATCH", path, token: person.access, body)
                #expect(answer.status == 400 && answer.text == expected)
            }
            // The two are not held against each other.
            #expect(await fixture.call("PATCH", path, token: person.access, #"{"salary_min":2,"salary_max":1}"#).status == 200)
            let many = JSONValue.array(Array(repeating: "s", count: 101))
            let list = String(decoding: many.bytes, as: UTF8.self)
            #expect(
                await fixture.call("PATCH", path, token: person.access, #"{"skills":\#(list)}"#).text
                    == #"{"skills":["Ensure this field has no more than 100 elements."]}"#)
        }
    }

    @Test("A second profile is refused; after the first is deleted there can be a new one")
    func recreate() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            let path = await Self.path(fixture, person)
            let second = await fixture.call("POST", "profiles/", token: person.access, "{}")
            #expect(second.status == 400 && second.text == #"{"non_field_errors":["A profile for this user already exists."]}"#)
            #expect(await fixture.call("DELETE", path, token: person.access).status == 204)
            #expect(await fixture.call("GET", "profiles/", token: person.access).json["count"] == 0)
            let gone = #"{"detail":"No UserProfile matches the given query."}"#
            #expect(await fixture.call("DELETE", path, token: person.access).text == gone)
            #expect(await fixture.call("PATCH", path, token: person.access, "{}").text == gone)
            #expect(await fixture.call("POST", "profiles/", token: person.access, #"{"match_threshold":-1}"#).status == 400)
            let created = await fixture.call("POST", "profiles/", token: person.access, #"{"current_title":"Engineer"}"#)
            #expect(created.status == 201 && created.json["current_title"] == "Engineer" && created.json["experience_level"] == "entry")
            #expect(created.json["id"] != 1)
            let account = try #require(try fixture.credentials()?.account)
            try await fixture.execute("DELETE FROM profiles")
            #expect(try fixture.database.read { try ProfileStore.summary(of: account.owner, in: $0) } == ProfileSummary())
        }
    }

    @Test("Another person's profile is not there, and neither is one whose id is no number")
    func strangers() async throws {
        try await AccountsFixture.run { fixture in
            let (ada, eve) = (try await fixture.register(), try await fixture.register("eve@example.org"))
            let path = await Self.path(fixture, ada)
            for method in ["GET", "PUT", "PATCH", "DELETE"] {
                let body = method == "GET" || method == "DELETE" ? nil : "{}"
                let answer = await fixture.call(method, path, token: eve.access, body)
                #expect(answer.status == 404 && answer.text == #"{"detail":"No UserProfile matches the given query."}"#)
                #expect(await fixture.call(method, "profiles/one/", token: eve.access, body).text == #"{"detail":"Not found."}"#)
            }
            #expect(try fixture.count("profiles") == 2)
        }
    }

    @Test("The description and the table name the same fields")
    func columns() async throws {
        try await AccountsFixture.run { fixture in
            let columns = try fixture.database.read { try $0.rows("SELECT name FROM pragma_table_info('profiles')") { try $0.text(0) } }
            let described = ProfileResource.description.fields.map(\.schema.name)
            #expect(Set(columns).subtracting(["rid", "account_rid"]) == Set(described).subtracting(["id", "user", "resume"]))
        }
    }

    @Test("A list that is none in the file is an unexpected value")
    func damaged() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            try await fixture.execute("UPDATE profiles SET skills = '{}'")
            #expect(await fixture.call("GET", "profiles/", token: person.access).status == 500)
        }
    }
}
