import Platform
import TestSupport
import Testing

@testable import Appliance

/// Contract section 5, through a real socket: job alerts.
@Suite("Job alerts", .timeLimit(.minutes(1)))
struct AlertScenarios {
    private static let base = "/api/v1/jobs/alerts/"
    private static let missing = #"{"detail":"No JobAlert matches the given query."}"#
    private static let defaults =
        #""keywords":[],"location":"","job_type":"","experience_level":"","remote_only":false,"min_salary":null,"max_salary":null,"#
        + #""frequency":"daily","email_notifications":true,"push_notifications":false,"is_active":true,"last_run":null"#

    /// The whole text of a user's alert, with its id and times taken from the answer.
    private static func text(_ user: TestUser, _ answer: JSONValue, _ name: String, _ fields: String) throws -> String {
        let id = try #require(answer["id"]?.string)
        let (created, updated) = (try #require(answer["created_at"]?.string), try #require(answer["updated_at"]?.string))
        #expect(Identifier(id) != nil && Timestamp(iso: created) != nil && Timestamp(iso: updated) != nil)
        return #"{"id":"\#(id)","user":"\#(user.id)","name":"\#(name)",\#(fields),"created_at":"\#(created)","updated_at":"\#(updated)"}"#
    }

    private static func create(_ user: TestUser, _ body: String = #"{"name":"Bread"}"#) async throws -> String {
        let made = try await user.post(base, body)
        #expect(made.status == 201, "\(made.text)")
        return base + (made.json["id"]?.string ?? "") + "/"
    }

    @Test("An alert is made of a name alone; everything else has its default")
    func minimal() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let made = try await user.post(Self.base, #"{"name":" Bread "}"#)
            expectAnswer(made, 201, try Self.text(user, made.json, "Bread", Self.defaults))
            #expect(made.json["created_at"] == made.json["updated_at"])
            let path = Self.base + (made.json["id"]?.string ?? "")
            expectAnswer(try await user.get(path + "/"), 200, made.text)
            expectAnswer(try await user.get(path), 200, made.text)
            let list = #"{"count":1,"next":null,"previous":null,"results":[\#(made.text)]}"#
            expectAnswer(try await user.get(Self.base), 200, list)
            expectAnswer(try await user.get("/api/v1/jobs/alerts"), 200, list)
        }
    }

    private static let filled =
        #"{"name":"All","keywords":["Baker"," rye "],"location":"Ulm","job_type":"part_time","experience_level":"lead","remote_only":"yes","#
        + #""min_salary":"10","max_salary":10,"frequency":"immediate","email_notifications":0,"push_notifications":"on","is_active":false"#

    private static let filledText =
        #""keywords":["Baker","rye"],"location":"Ulm","job_type":"part_time","experience_level":"lead","remote_only":true,"min_salary":10,"#
        + #""max_salary":10,"frequency":"immediate","email_notifications":false,"push_notifications":true,"is_active":false,"last_run":null"#

    @Test("PUT and PATCH change what they name and keep the rest; what is read-only is passed over")
    func change() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let readOnly = #","id":"x","user":"y","last_run":"2001-01-01T00:00:00Z","created_at":7,"updated_at":8}"#
            let made = try await user.post(Self.base, Self.filled + readOnly)
            expectAnswer(made, 201, try Self.text(user, made.json, "All", Self.filledText))
            let path = Self.base + (made.json["id"]?.string ?? "") + "/"
            server.clock.advance(seconds: 60)
            let put = try await user.put(path, #"{"name":"Some"}"#)
            expectAnswer(put, 200, try Self.text(user, put.json, "Some", Self.filledText))
            #expect(put.json["created_at"] == made.json["created_at"] && put.json["updated_at"] != made.json["updated_at"])
            let patched = try await user.patch(
                path, #"{"keywords":[],"location":"","job_type":"","experience_level":"","min_salary":null,"is_active":true}"#)
            #expect(patched.status == 200 && patched.json["name"] == "Some" && patched.json["keywords"] == [])
            #expect(patched.json["job_type"] == "" && patched.json["experience_level"] == "" && patched.json["location"] == "")
            #expect(patched.json["min_salary"] == .null && patched.json["max_salary"] == 10 && patched.json["is_active"] == true)
            expectAnswer(try await user.get(path), 200, patched.text)
            #expect(try await user.patch(path, "{}").status == 200)
            expectAnswer(try await user.delete(path), 204, "")
            for answer in [try await user.get(path), try await user.delete(path), try await user.patch(path, "{}")] {
                expectAnswer(answer, 404, Self.missing)
            }
        }
    }

    @Test("Every wrong field is named, all at once, and nothing is stored")
    func validation() async throws {
        func long(_ count: Int) -> String { String(repeating: "x", count: count) }
        let (list, null) = (#"Expected a list of items but got type"#, #"["This field may not be null."]"#)
        let salary = #"{"non_field_errors":["Min salary cannot be greater than max salary"]}"#
        let rows: [(body: String, answer: String)] = [
            (#"{"name":""}"#, #"{"name":["This field may not be blank."]}"#),
            (#"{"name":"\#(long(101))"}"#, #"{"name":["Ensure this field has no more than 100 characters."]}"#),
            (
                #"{"name":null,"keywords":null,"location":null,"job_type":null,"experience_level":null,"remote_only":null,"frequency":null,"is_active":null}"#,
                #"{"name":\#(null),"keywords":\#(null),"location":\#(null),"job_type":\#(null),"experience_level":\#(null),"#
                    + #""remote_only":\#(null),"frequency":\#(null),"is_active":\#(null)}"#
            ),
            (#"{"name":"a","keywords":"baker"}"#, #"{"keywords":["\#(list) \"str\"."]}"#),
            (#"{"name":"a","keywords":{"a":1}}"#, #"{"keywords":["\#(list) \"dict\"."]}"#),
            (#"{"name":"a","keywords":["a",""]}"#, #"{"keywords":["This field may not be blank."]}"#),
            (#"{"name":"a","keywords":[["a"],null]}"#, #"{"keywords":["Not a valid string.","This field may not be null."]}"#),
            (
                #"{"name":"a","keywords":["\#(long(101))"]}"#, #"{"keywords":["Ensure this field has no more than 100 characters."]}"#
            ),
            (
                #"{"name":"a","keywords":[\#(Array(repeating: #""a""#, count: 51).joined(separator: ","))]}"#,
                #"{"keywords":["Ensure this field has no more than 50 elements."]}"#
            ),
            (#"{"name":"a","keywords":["a\u0000b"]}"#, #"{"keywords":["Null characters are not allowed."]}"#),
            (
                #"{"name":"a","location":"\#(long(101))","job_type":"baking","experience_level":"boss","frequency":"hourly"}"#,
                #"{"location":["Ensure this field has no more than 100 characters."],"job_type":["\"baking\" is not a valid choice."],"#
                    + #""experience_level":["\"boss\" is not a valid choice."],"frequency":["\"hourly\" is not a valid choice."]}"#
            ),
            (
                #"{"name":"a","min_salary":-1,"max_salary":2147483648,"remote_only":"maybe"}"#,
                #"{"remote_only":["Must be a valid boolean."],"min_salary":["Ensure this value is greater than or equal to 0."],"#
                    + #""max_salary":["Ensure this value is less than or equal to 2147483647."]}"#
            ),
            (#"{"name":"a","min_salary":11,"max_salary":10}"#, salary),
            ("[]", #"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#),
        ]
        try await TestAppliance.run { server in
            let user = try await server.register()
            for row in rows { expectAnswer(try await user.post(Self.base, row.body), 400, row.answer) }
            expectAnswer(try await user.post(Self.base, "{}"), 400, #"{"name":["This field is required."]}"#)
            #expect(try await user.get(Self.base).json["count"] == 0)
            let path = try await Self.create(user, #"{"name":"Bread","max_salary":10}"#)
            let before = try await user.get(path).text
            for row in rows {
                expectAnswer(try await user.patch(path, row.body), 400, row.answer)
                expectAnswer(try await user.put(path, row.body), 400, row.answer)
            }
            // Against what is stored, too.
            expectAnswer(try await user.patch(path, #"{"min_salary":11}"#), 400, salary)
            expectAnswer(try await user.put(path, "{}"), 400, #"{"name":["This field is required."]}"#)
            expectAnswer(try await user.get(path), 200, before)
        }
    }

    @Test("Alerts come newest first, twenty a page")
    func pages() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            for number in 0..<21 { _ = try await Self.create(user, #"{"name":"\#(number)"}"#) }
            func names(_ query: String) async throws -> [String?] {
                try await user.get(Self.base + query).json["results"]?.array?.map { $0["name"]?.string } ?? []
            }
            #expect(try await names("") == (1..<21).reversed().map { String($0) })
            for query in ["?page=2", "?page=last", "?page=2&page_size=5"] { #expect(try await names(query) == ["0"]) }
            let first = try await user.get(Self.base).json
            #expect(first["count"] == 21 && first["previous"] == .null && first["next"]?.string?.hasSuffix("/jobs/alerts/?page=2") == true)
            #expect(try await user.get(Self.base + "?page=2").json["previous"]?.string?.hasSuffix("/jobs/alerts/") == true)
            for page in ["0", "3", "-1", "x"] {
                expectAnswer(try await user.get(Self.base + "?page=\(page)"), 404, #"{"detail":"Invalid page."}"#)
            }
        }
    }

    @Test("Another user's alert is not there, whatever one does to it, and ids that are none are not found")
    func strangers() async throws {
        try await TestAppliance.run { server in
            let (ada, eve, staff) = (try await server.register(), try await server.register("eve@example.org"), try await server.staff())
            let path = try await Self.create(ada)
            let before = try await ada.get(path).text
            for stranger in [eve, staff] {
                for answer in [
                    try await stranger.get(path), try await stranger.put(path, #"{"name":"x"}"#), try await stranger.patch(path, "{}"),
                    try await stranger.delete(path), try await stranger.post(path + "test/"),
                ] {
                    expectAnswer(answer, 404, Self.missing)
                }
                #expect(try await stranger.get(Self.base).json["count"] == 0)
            }
            expectAnswer(try await ada.get(path), 200, before)
            for odd in ["x", "1", "%00", "..%2f"] {
                for answer in [try await ada.get(Self.base + odd + "/"), try await ada.post(Self.base + odd + "/test/")] {
                    expectAnswer(answer, 404, #"{"detail":"Not found."}"#)
                }
            }
            let unknown = Identifier(v7: server.clock.now(), random: SystemRandom()).description
            expectAnswer(try await ada.get(Self.base + unknown + "/"), 404, Self.missing)
        }
    }

    @Test("A test counts all open jobs that match, and shows the five newest as lists show them")
    func test() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let dates: [Int64?] = [3, nil, 5, 1, 4, 2, 6]
            var jobs = dates.map { date in
                MatchFixture.job("Baker \(date.map { String($0) } ?? "undated")") { $0.postedDate = date.map { Timestamp(seconds: $0) } }
            }
            jobs.append(MatchFixture.job("Pilot") { $0.description = "Flies." })
            for status in Job.statuses where status != "active" { jobs.append(MatchFixture.job("Baker") { $0.status = status }) }
            try await MatchFixture.add(jobs, to: server.database)
            let path = try await Self.create(user, #"{"name":"Bread","keywords":["BAK"],"is_active":false}"#)
            let answer = try await user.post(path + "test/")
            #expect(answer.status == 200)
            #expect(answer.json.object?.keys == ["message", "alert_id", "matching_jobs", "sample_jobs"])
            #expect(answer.json["message"] == "7 open jobs match this alert." && answer.json["matching_jobs"] == 7)
            #expect(path.contains(answer.json["alert_id"]?.string ?? "none"))
            let samples = answer.json["sample_jobs"]?.array ?? []
            #expect(samples.map { $0["title"] } == ["Baker 6", "Baker 5", "Baker 4", "Baker 3", "Baker 2"])
            #expect(
                samples.first?.object?.keys == [
                    "id", "title", "company", "location", "job_type", "experience_level", "salary_min", "salary_max",
                    "salary_range_display", "is_remote", "posted_date", "external_url", "company_logo_url", "view_count",
                ])
            // It is a question only: nothing is noted, and nobody is told.
            #expect(try await user.get(path).json["last_run"] == .null)
            #expect(try await server.count("SELECT count(*) FROM notifications") == 0)
            let none = try await user.post(try await Self.create(user, #"{"name":"None","location":"Bern"}"#) + "test", "{}")
            #expect(none.json["matching_jobs"] == 0 && none.json["sample_jobs"] == [])
        }
    }

    @Test("Wildcards, quotes and markup in an alert are letters like others")
    func hostile() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let words = ["%", "_", "\\", "' OR 1=1 --", "\"; DROP TABLE job_alerts; --", "<b>", "NEAR(", "100%", "\u{202E}"]
            try await MatchFixture.add([MatchFixture.job("Baker")] + words.map { MatchFixture.job("Job \($0)") }, to: server.database)
            for word in words {
                let alert = JSONValue.object(JSONObject([("name", .string(word)), ("keywords", .list([word]))]))
                let path = try await Self.create(user, alert.jsonText)
                #expect(try await user.get(path).json["keywords"] == .list([word]))
                let expected = words.count { $0.contains(word) }
                #expect(try await user.post(path + "test/").json["matching_jobs"]?.int == expected, "\(word)")
                let place = try await Self.create(
                    user, JSONValue.object(JSONObject([("name", "p"), ("location", .string(word))])).jsonText)
                #expect(try await user.post(place + "test/").json["matching_jobs"] == 0, "\(word)")
            }
            #expect(try await user.get(Self.base).json["count"] == .integer(words.count * 2))
        }
    }

    @Test("Alerts and their numbers of an account go with it")
    func deleted() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            _ = try await Self.create(ada)
            _ = try await Self.create(eve)
            #expect(try await ada.delete("/api/v1/auth/me/", #"{"password":"correct horse 7"}"#).status == 204)
            #expect(try await server.count("SELECT count(*) FROM job_alerts") == 1)
        }
    }

    @Test("An immediate alert tells of new jobs soon after they are added, in the running server")
    func immediate() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            _ = try await Self.create(user, #"{"name":"Bread","keywords":["baker"],"frequency":"immediate"}"#)
            try await MatchFixture.add([MatchFixture.job("Baker"), MatchFixture.job("Baker")], to: server.database)
            try await server.database.write { try AlertWork.jobsAdded(in: $0) }
            server.clock.advance(seconds: AlertWork.gatherSeconds.asInt + 1)
            server.appliance.parts.queue.wake()
            #expect(try await eventually { try await server.count("SELECT count(*) FROM notifications WHERE kind = 'job_alert'") == 1 })
            let alert = try await user.get(Self.base).json["results"]?.array?.first
            #expect(alert?["last_run"]?.string != nil && alert?["updated_at"] == alert?["created_at"])
        }
    }
}

extension Int64 {
    fileprivate var asInt: Int { Int(self) }
}
