import Platform
import TestSupport
import Testing

@testable import Appliance

/// Contract section 2, through a real socket: the caller's profile.
@Suite struct ProfileScenarios {
    private static let base = "/api/v1/auth/profiles/"
    private static let noProfile = #"{"detail":"No UserProfile matches the given query."}"#

    /// What a profile says, but for its numbers, its account and its times.
    private static let defaults =
        #""phone":"","location":"","linkedin_url":"","github_url":"","portfolio_url":"","current_title":"","current_company":"","#
        + #""experience_level":"entry","skills":[],"industries":[],"preferred_locations":[],"job_types":[],"salary_min":null,"#
        + #""salary_max":null,"remote_ok":true,"resume":null,"cover_letter_template":"","auto_apply_enabled":false,"#
        + #""auto_apply_limit_daily":5,"match_threshold":0.7"#

    /// The whole text of a user's profile, with its times taken from `answer`.
    private static func text(_ user: TestUser, _ answer: JSONValue, _ fields: String) throws -> String {
        let id = try #require(answer["id"]?.int)
        let joined = try #require(answer["user"]?["date_joined"]?.string)
        let (created, updated) = (try #require(answer["created_at"]?.string), try #require(answer["updated_at"]?.string))
        #expect([joined, created, updated].allSatisfy { Timestamp(iso: $0) != nil && $0.hasSuffix("Z") })
        return #"{"id":\#(id),"user":{"id":"\#(user.id)","email":"\#(user.email)","first_name":"Ada","last_name":"L","is_verified":false,"#
            + #""date_joined":"\#(joined)"},\#(fields),"created_at":"\#(created)","updated_at":"\#(updated)"}"#
    }

    private static func id(_ user: TestUser) async throws -> Int {
        try #require(try await user.get(base).json["results"]?.array?.first?["id"]?.int)
    }

    @Test("Every account has a profile from the start, listed in an envelope and shown by its number")
    func show() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let list = try await user.get(Self.base)
            let item = try #require(list.json["results"]?.array?.first)
            let text = try Self.text(user, item, Self.defaults)
            expectAnswer(list, 200, #"{"count":1,"next":null,"previous":null,"results":[\#(text)]}"#)
            #expect(item["created_at"] == item["updated_at"])
            expectAnswer(try await user.get("/api/v1/auth/profiles"), 200, list.text)
            expectAnswer(try await user.get(Self.base + "?page=1&page_size=5"), 200, list.text)
            expectAnswer(try await user.get(Self.base + "?page=last"), 200, list.text)
            for page in ["0", "2", "x"] {
                expectAnswer(try await user.get(Self.base + "?page=\(page)"), 404, #"{"detail":"Invalid page."}"#)
            }
            let id = try #require(item["id"]?.int)
            expectAnswer(try await user.get(Self.base + "\(id)/"), 200, text)
            expectAnswer(try await user.get(Self.base + "\(id)"), 200, text)
        }
    }

    private static let filled =
        #"{"phone":" +1 555 0100 ","location":"Zürich","linkedin_url":"https://example.org/in/ada","github_url":"http://example.org/ada","#
        + #""portfolio_url":"","current_title":"Pilot","current_company":"Blue Sky","experience_level":"senior","skills":["Flying"," C ",7],"#
        + #""industries":["Aviation"],"preferred_locations":["Bern","Basel"],"job_types":["full_time"],"salary_min":"90000","salary_max":120000.0,"#
        + #""remote_ok":"no","cover_letter_template":"Dear all","auto_apply_enabled":1,"auto_apply_limit_daily":0,"match_threshold":1"#

    private static let filledText =
        #""phone":"+1 555 0100","location":"Zürich","linkedin_url":"https://example.org/in/ada","github_url":"http://example.org/ada","#
        + #""portfolio_url":"","current_title":"Pilot","current_company":"Blue Sky","experience_level":"senior","skills":["Flying","C","7"],"#
        + #""industries":["Aviation"],"preferred_locations":["Bern","Basel"],"job_types":["full_time"],"salary_min":90000,"salary_max":120000,"#
        + #""remote_ok":false,"resume":null,"cover_letter_template":"Dear all","auto_apply_enabled":true,"auto_apply_limit_daily":0,"#
        + #""match_threshold":1.0"#

    @Test("PUT and PATCH change what they name and keep the rest; what is read-only is passed over")
    func change() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let path = Self.base + "\(try await Self.id(user))/"
            server.clock.advance(seconds: 60)
            let readOnly = #","id":99,"user":{"email":"x@y.zz"},"resume":"x","profile_embedding":[1],"created_at":"2001-01-01T00:00:00Z"}"#
            let put = try await user.put(path, Self.filled + readOnly)
            expectAnswer(put, 200, try Self.text(user, put.json, Self.filledText))
            #expect(put.json["updated_at"] != put.json["created_at"])
            expectAnswer(try await user.get(path), 200, put.text)

            // The original's fields all have defaults, and a field that PUT does not name keeps its value.
            for answer in [try await user.put(path, "{}"), try await user.patch(String(path.dropLast()), "{}")] {
                expectAnswer(answer, 200, try Self.text(user, answer.json, Self.filledText))
            }
            let patched = try await user.patch(
                path, #"{"current_title":"Captain","salary_min":null,"skills":[],"match_threshold":"0.25","experience_level":"lead"}"#)
            #expect(patched.status == 200)
            #expect(patched.json["current_title"] == "Captain" && patched.json["salary_min"] == .null)
            #expect(patched.json["skills"] == [] && patched.json["match_threshold"] == 0.25)
            #expect(patched.json["salary_max"] == 120000 && patched.json["experience_level"] == "lead")
            // The two salaries are not held against each other, as the original did not.
            #expect(try await user.patch(path, #"{"salary_min":200000}"#).json["salary_min"] == 200_000)
            let form = try await server.request(
                "PATCH", path, token: user.access, body: "location=Bern&remote_ok=on",
                headers: [("Content-Type", "application/x-www-form-urlencoded")])
            #expect(form.status == 200 && form.json["location"] == "Bern" && form.json["remote_ok"] == true)
        }
    }

    @Test("Every wrong field is named, all at once, and nothing is stored")
    func validation() async throws {
        func long(_ count: Int) -> String { String(repeating: "x", count: count) }
        func tooLong(_ count: Int) -> String { #"["Ensure this field has no more than \#(count) characters."]"# }
        let (url, text) = (#"["Enter a valid URL."]"#, #"["Not a valid string."]"#)
        let (null, boolean) = (#"["This field may not be null."]"#, #"["Must be a valid boolean."]"#)
        let rows: [(body: String, answer: String)] = [
            (
                #"{"phone":"\#(long(21))","location":"\#(long(101))","current_title":"\#(long(101))","current_company":"\#(long(101))"}"#,
                #"{"phone":\#(tooLong(20)),"location":\#(tooLong(100)),"current_title":\#(tooLong(100)),"current_company":\#(tooLong(100))}"#
            ),
            (
                #"{"linkedin_url":"ada","github_url":"javascript:alert(1)","portfolio_url":"http://a b.org"}"#,
                #"{"linkedin_url":\#(url),"github_url":\#(url),"portfolio_url":\#(url)}"#
            ),
            (#"{"linkedin_url":"http://example.org/\#(long(200))"}"#, #"{"linkedin_url":\#(tooLong(200))}"#),
            (#"{"experience_level":"boss"}"#, #"{"experience_level":["\"boss\" is not a valid choice."]}"#),
            (#"{"experience_level":""}"#, #"{"experience_level":["\"\" is not a valid choice."]}"#),
            (
                #"{"skills":"python","industries":{},"preferred_locations":[""],"job_types":[[]]}"#,
                #"{"skills":["Expected a list of items but got type \"str\"."],"#
                    + #""industries":["Expected a list of items but got type \"dict\"."],"#
                    + #""preferred_locations":["This field may not be blank."],"job_types":\#(text)}"#
            ),
            (
                #"{"skills":[\#(Array(repeating: #""a""#, count: 101).joined(separator: ","))],"industries":["\#(long(101))",null]}"#,
                #"{"skills":["Ensure this field has no more than 100 elements."],"#
                    + #""industries":["Ensure this field has no more than 100 characters.","This field may not be null."]}"#
            ),
            (
                #"{"salary_min":-1,"salary_max":2147483648,"auto_apply_limit_daily":"many"}"#,
                #"{"salary_min":["Ensure this value is greater than or equal to 0."],"#
                    + #""salary_max":["Ensure this value is less than or equal to 2147483647."],"#
                    + #""auto_apply_limit_daily":["A valid integer is required."]}"#
            ),
            (
                #"{"salary_min":1.5,"salary_max":true}"#,
                #"{"salary_min":["A valid integer is required."],"salary_max":["A valid integer is required."]}"#
            ),
            (#"{"remote_ok":"maybe","auto_apply_enabled":7}"#, #"{"remote_ok":\#(boolean),"auto_apply_enabled":\#(boolean)}"#),
            (#"{"match_threshold":7}"#, #"{"match_threshold":["Ensure this value is less than or equal to 1."]}"#),
            (#"{"match_threshold":-0.1}"#, #"{"match_threshold":["Ensure this value is greater than or equal to 0."]}"#),
            (#"{"match_threshold":"high"}"#, #"{"match_threshold":["A valid number is required."]}"#),
            (
                #"{"phone":null,"github_url":null,"experience_level":null,"skills":null,"remote_ok":null,"cover_letter_template":null,"#
                    + #""auto_apply_limit_daily":null,"match_threshold":null}"#,
                #"{"phone":\#(null),"github_url":\#(null),"experience_level":\#(null),"skills":\#(null),"remote_ok":\#(null),"#
                    + #""cover_letter_template":\#(null),"auto_apply_limit_daily":\#(null),"match_threshold":\#(null)}"#
            ),
            (#"{"phone":[],"cover_letter_template":{}}"#, #"{"phone":\#(text),"cover_letter_template":\#(text)}"#),
            ("[]", #"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#),
        ]
        try await TestAppliance.run { server in
            let user = try await server.register()
            let path = Self.base + "\(try await Self.id(user))/"
            let before = try await user.get(path).text
            for row in rows {
                expectAnswer(try await user.patch(path, row.body), 400, row.answer)
                expectAnswer(try await user.put(path, row.body), 400, row.answer)
            }
            expectAnswer(try await user.get(path), 200, before)
            _ = try await user.delete(path)
            for row in rows { expectAnswer(try await user.post(Self.base, row.body), 400, row.answer) }
            #expect(try await user.get(Self.base).json["count"] == 0)
        }
    }

    @Test("A second profile is refused; after a DELETE there is none, and a POST makes one again")
    func recreate() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let id = try await Self.id(user)
            let path = Self.base + "\(id)/"
            expectAnswer(
                try await user.post(Self.base, "{}"), 400, #"{"non_field_errors":["A profile for this user already exists."]}"#)
            expectAnswer(try await user.delete(path), 204, "")
            expectAnswer(try await user.get(Self.base), 200, #"{"count":0,"next":null,"previous":null,"results":[]}"#)
            for answer in [try await user.get(path), try await user.delete(path), try await user.patch(path, "{}")] {
                expectAnswer(answer, 404, Self.noProfile)
            }
            let created = try await user.post("/api/v1/auth/profiles", Self.filled + "}", headers: [("Idempotency-Key", "p-1")])
            expectAnswer(created, 201, try Self.text(user, created.json, Self.filledText))
            #expect(try await Self.id(user) != id, "a number is not used twice")
            let repeated = try await user.post(Self.base, Self.filled + "}", headers: [("Idempotency-Key", "p-1")])
            expectAnswer(repeated, 201, created.text)
            #expect(try await user.post(Self.base, "{}").status == 400)
        }
    }

    @Test("A DELETE without the slash and a POST without a body do the same")
    func unslashed() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            #expect(try await user.delete(Self.base + "\(try await Self.id(user))").status == 204)
            let created = try await user.post(Self.base)
            expectAnswer(created, 201, try Self.text(user, created.json, Self.defaults))
        }
    }

    @Test("Another user's profile is not there, whatever one does to it, and two profiles never mix")
    func strangers() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            let staff = try await server.staff()
            let (adas, eves) = (try await Self.id(ada), try await Self.id(eve))
            #expect(adas != eves)
            _ = try await ada.patch(Self.base + "\(adas)/", #"{"current_title":"Pilot"}"#)
            _ = try await eve.patch(Self.base + "\(eves)/", #"{"current_title":"Baker"}"#)
            let foreign = Self.base + "\(adas)/"
            for stranger in [eve, staff] {
                for answer in [
                    try await stranger.get(foreign), try await stranger.put(foreign, #"{"current_title":"x"}"#),
                    try await stranger.patch(foreign, #"{"match_threshold":7}"#), try await stranger.delete(foreign),
                ] {
                    expectAnswer(answer, 404, Self.noProfile)
                }
            }
            let titles = [
                try await ada.get(foreign).json["current_title"], try await eve.get(Self.base + "\(eves)/").json["current_title"],
            ]
            #expect(titles == ["Pilot", "Baker"])
            #expect(try await eve.get(Self.base).json["results"]?.array?.map { $0["user"]?["id"]?.string } == [eve.id])
            expectAnswer(try await ada.get(Self.base + "999/"), 404, Self.noProfile)
            for odd in ["x", "1.5", "99999999999999999999", ada.id] {
                expectAnswer(try await ada.get(Self.base + odd + "/"), 404, #"{"detail":"Not found."}"#)
                expectAnswer(try await ada.delete(Self.base + odd + "/"), 404, #"{"detail":"Not found."}"#)
                expectAnswer(try await ada.patch(Self.base + odd + "/", "{}"), 404, #"{"detail":"Not found."}"#)
            }
        }
    }

    @Test("A profile shows the account's names as they are now")
    func names() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            _ = try await user.patch("/api/v1/auth/me/", #"{"first_name":"Augusta"}"#)
            #expect(try await user.get(Self.base).json["results"]?.array?.first?["user"]?["first_name"] == "Augusta")
        }
    }
}
