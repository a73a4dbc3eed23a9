import Platform
import TestSupport
import Testing

@testable import Appliance

/// `jobs/` of contract section 3: writing, reading, the list.
@Suite("Jobs") struct JobScenarios {
    private static let jobs = "/api/v1/jobs/jobs/"
    private static let unknown = jobs + "01900000-0000-7000-8000-000000000000/"

    @Test("The root names the resources below it")
    func root() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let base = "http://jobs.example.org/api/v1/jobs/"
            let answer = try await user.get("/api/v1/jobs/")
            #expect(
                answer.json == [
                    "jobs": .string(base + "jobs/"), "applications": .string(base + "applications/"), "alerts": .string(base + "alerts/"),
                ])
        }
    }

    @Test("A job is created, shown, replaced, changed and deleted by the staff")
    func lifecycle() async throws {
        try await TestAppliance.run { server in
            let staff = try await server.staff()
            let made = try await staff.post(
                Self.jobs,
                #"{"title":" Baker ","company":"Loaf","description":"Bakes.","location":"Ulm","salary_min":120000,"salary_max":160000}"#)
            #expect(made.status == 201)
            #expect(made.json.object?.keys == JobResource.description.fields.map(\.schema.name))
            let defaults: [(String, JSONValue)] = [
                ("title", "Baker"), ("requirements", ""), ("benefits", ""), ("city", ""), ("state", ""), ("country", "US"),
                ("is_remote", false), ("remote_type", "no"), ("job_type", "full_time"), ("experience_level", "mid"),
                ("salary_currency", "USD"), ("salary_period", "yearly"), ("skills_required", []), ("skills_preferred", []),
                ("technologies", []), ("external_id", ""), ("external_source", ""), ("external_url", ""), ("company_logo_url", ""),
                ("processed_for_matching", false), ("status", "active"), ("posted_date", .null), ("application_deadline", .null),
                ("view_count", 0), ("application_count", 0), ("salary_range_display", "$120,000 - $160,000 yearly"), ("is_expired", false),
            ]
            for (name, value) in defaults { #expect(made.json[name] == value, "\(name)") }
            let path = Self.jobs + (made.json["id"]?.string ?? "") + "/"

            let put = try await staff.put(path, #"{"title":"Miller","company":"Loaf","description":"Mills.","location":"Bonn","id":"x"}"#)
            #expect(put.status == 200 && put.json["title"] == "Miller" && put.json["location"] == "Bonn")
            #expect(put.json["id"] == made.json["id"] && put.json["created_at"] == made.json["created_at"])
            #expect(put.json["updated_at"] != made.json["updated_at"])
            let past = server.clock.now().adding(seconds: -60).iso
            let patched = try await staff.patch(path, #"{"application_deadline":"\#(past)","salary_min":null,"view_count":99}"#)
            #expect(patched.status == 200 && patched.json["is_expired"] == true && patched.json["title"] == "Miller")
            #expect(patched.json["salary_range_display"] == "Salary not disclosed" && patched.json["view_count"] == 0)
            let shown = try await staff.get(path)
            #expect(shown.status == 200 && shown.json["salary_max"] == 160_000 && shown.json["description"] == "Mills.")

            #expect(try await staff.delete(path).status == 204)
            let gone = try await staff.get(path)
            #expect(gone.status == 404 && gone.text == #"{"detail":"No Job matches the given query."}"#)
            #expect(try await staff.delete(path).status == 404)
        }
    }

    @Test("Only the staff writes, whatever the body and whether or not there is such a job")
    func permissions() async throws {
        try await TestAppliance.run { server in
            let (user, staff) = (try await server.register(), try await server.staff())
            let path = Self.jobs + (try await staff.job("Baker")) + "/"
            let answers = [
                try await user.post(Self.jobs, "{}"), try await user.put(path, "{}"), try await user.patch(path, "{}"),
                try await user.delete(path), try await user.delete(Self.unknown),
            ]
            for answer in answers {
                #expect(answer.status == 403 && answer.text == #"{"detail":"You do not have permission to perform this action."}"#)
            }
            #expect(try await user.get(path).status == 200)
            #expect(try await server.request("GET", path).status == 401)
        }
    }

    static let mistakes: [(String, String)] = [
        (
            "{}",
            #"{"title":["This field is required."],"company":["This field is required."],"description":["This field is required."],"location":["This field is required."]}"#
        ),
        (
            #"{"title":"","company":null}"#,
            #"{"title":["This field may not be blank."],"company":["This field may not be null."],"description":["This field is required."],"location":["This field is required."]}"#
        ),
        ("[]", #"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#),
    ]

    static let fieldMistakes: [(String, String)] = [
        (#""title":"\#(String(repeating: "é", count: 201))""#, #"{"title":["Ensure this field has no more than 200 characters."]}"#),
        (#""company":"\#(String(repeating: "a", count: 101))""#, #"{"company":["Ensure this field has no more than 100 characters."]}"#),
        (#""job_type":"slavery""#, #"{"job_type":["\"slavery\" is not a valid choice."]}"#),
        (#""status":"open""#, #"{"status":["\"open\" is not a valid choice."]}"#),
        (#""salary_min":-1"#, #"{"salary_min":["Ensure this value is greater than or equal to 0."]}"#),
        (#""salary_max":2147483648"#, #"{"salary_max":["Ensure this value is less than or equal to 2147483647."]}"#),
        (#""salary_min":"ten""#, #"{"salary_min":["A valid integer is required."]}"#),
        (#""salary_min":2,"salary_max":1"#, #"{"non_field_errors":["Min salary cannot be greater than max salary"]}"#),
        (#""salary_min":2,"salary_max":1,"status":"x""#, #"{"status":["\"x\" is not a valid choice."]}"#),
        (#""is_remote":"maybe""#, #"{"is_remote":["Must be a valid boolean."]}"#),
        (#""skills_required":"python""#, #"{"skills_required":["Expected a list of items but got type \"str\"."]}"#),
        (#""skills_required":[1,{}]"#, #"{"skills_required":["Not a valid string."]}"#),
        (#""external_url":"loaf""#, #"{"external_url":["Enter a valid URL."]}"#),
        (
            #""posted_date":"today""#,
            #"{"posted_date":["Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."]}"#
        ),
    ]

    @Test("What is wrong with a job is said for each field, and nothing is stored")
    func validation() async throws {
        try await TestAppliance.run { server in
            let staff = try await server.staff()
            for (body, expected) in Self.mistakes {
                let answer = try await staff.post(Self.jobs, body)
                #expect(answer.status == 400 && answer.text == expected)
            }
            let whole = #"{"title":"A","company":"B","description":"C","location":"D","#
            for (field, expected) in Self.fieldMistakes {
                let answer = try await staff.post(Self.jobs, whole + field + "}")
                #expect(answer.status == 400 && answer.text == expected, "\(field)")
            }
            #expect(try await server.count("SELECT count(*) FROM jobs") == 0)
            let path = Self.jobs + (try await staff.job("Baker", #""salary_min":5"#)) + "/"
            #expect(
                try await staff.patch(path, #"{"salary_max":4}"#).text
                    == #"{"non_field_errors":["Min salary cannot be greater than max salary"]}"#)
            #expect(try await staff.put(path, "{}").status == 400)
            #expect(try await staff.get(path).json["salary_max"] == .null)
        }
    }

    @Test("One external source and id is one job")
    func externalID() async throws {
        try await TestAppliance.run { server in
            let staff = try await server.staff()
            let name = #""external_id":"7","external_source":"feed""#
            let id = try await staff.job("Baker", name)
            let second = try await staff.post(Self.jobs, #"{"title":"A","company":"B","description":"C","location":"D",\#(name)}"#)
            #expect(second.status == 400 && second.text == #"{"external_id":["Another job has this external source and id."]}"#)
            let other = try await staff.job("Miller")
            #expect(try await staff.patch("\(Self.jobs)\(other)/", "{\(name)}").status == 400)
            #expect(try await staff.patch("\(Self.jobs)\(id)/", "{\(name)}").status == 200)
        }
    }

    @Test("Each look is a view, which is counted at once and stored later; a look at the head is none")
    func views() async throws {
        let directory = try TemporaryDirectory()
        let path = try await TestAppliance.run(in: directory) { server in
            let (user, staff) = (try await server.register(), try await server.staff())
            let path = Self.jobs + (try await staff.job("Baker")) + "/"
            for count in 1...3 { #expect(try await user.get(path).json["view_count"] == .integer(count)) }
            #expect(try await server.request("HEAD", path, token: user.access).status == 200)
            await server.appliance.parts.views.flush()
            #expect(try await server.count("SELECT view_count FROM jobs") == 3)
            #expect(try await user.get(path).json["view_count"] == 4)
            #expect(try await staff.patch(path, "{}").json["view_count"] == 4)
            return path
        }
        // The end of the server stored the last one.
        try await TestAppliance.rerun(in: directory) { server in
            #expect(try await server.count("SELECT view_count FROM jobs") == 4)
            let user = try await server.register("eve@example.org")
            #expect(try await user.get(path).json["view_count"] == 5)
            #expect(try await user.get(Self.jobs).json["results"]?.array?.first?["view_count"] == 4)
        }
    }

    @Test("The list shows every status, the newest first, page by page")
    func list() async throws {
        try await TestAppliance.run { server in
            let (user, staff) = (try await server.register(), try await server.staff())
            #expect(try await user.get(Self.jobs).text == #"{"count":0,"next":null,"previous":null,"results":[]}"#)
            for number in 0..<23 {
                let day = number < 9 ? "0\(number + 1)" : "\(number + 1)"
                let date = number == 5 ? "null" : #""2026-11-\#(day)T00:00:00Z""#
                _ = try await staff.job("Job \(number)", #""posted_date":\#(date),"status":"\#(Job.statuses[number % 5])""#)
            }
            let first = try await user.get(Self.jobs + "?is_remote=false")
            #expect(first.json["count"] == 23 && first.json["previous"] == .null && first.json["results"]?.array?.count == 20)
            #expect(first.json["next"] == .string("http://jobs.example.org/api/v1/jobs/jobs/?is_remote=false&page=2"))
            #expect(first.json["results"]?.array?.first?.object?.keys == JobListItem.description.fields.map(\.schema.name))
            let second = try await user.get(Self.jobs + "?is_remote=false&page=2")
            #expect(second.json["previous"] == .string("http://jobs.example.org/api/v1/jobs/jobs/?is_remote=false"))
            #expect(second.json["next"] == .null)
            let titles = try await user.titles(Self.jobs) + user.titles(Self.jobs + "?page=last")
            #expect(titles.first == "Job 22" && titles.last == "Job 5" && Set(titles).count == 23)
            for page in ["0", "3", "-1", "x", "99999999999999999999"] {
                let answer = try await user.get(Self.jobs + "?page=\(page)")
                #expect(answer.status == 404 && answer.text == #"{"detail":"Invalid page."}"#)
            }
        }
    }

    @Test("The list's filters hold together; texts by a part, choices exactly, remote by the word true")
    func filters() async throws {
        try await TestAppliance.run { server in
            let (user, staff) = (try await server.register(), try await server.staff())
            _ = try await staff.job("Head BÄCKER", #""is_remote":true,"job_type":"contract","experience_level":"senior""#)
            _ = try await staff.job("100% baker_ (m/f)", #""company":"O'Neill & Söhne","location":"New York, NY""#)
            let expected: [(String, [String])] = [
                ("search=b%C3%A4cker", ["Head BÄCKER"]), ("search=100%25", ["100% baker_ (m/f)"]), ("search=_", ["100% baker_ (m/f)"]),
                ("search=%25%25", []), ("company=o'neill+%26", ["100% baker_ (m/f)"]), ("location=YORK", ["100% baker_ (m/f)"]),
                ("location=ulm&search=head", ["Head BÄCKER"]), ("location=ulm&search=100", []), ("job_type=contract", ["Head BÄCKER"]),
                ("job_type=slavery", []), ("job_type=", ["100% baker_ (m/f)", "Head BÄCKER"]), ("experience_level=senior", ["Head BÄCKER"]),
                ("is_remote=TRUE", ["Head BÄCKER"]), ("is_remote=1", ["100% baker_ (m/f)"]),
                ("is_remote=no&colour=red", ["100% baker_ (m/f)"]),
                ("search=" + String(repeating: "a", count: 3000), []),
            ]
            for (query, titles) in expected {
                for _ in 0..<2 { #expect(try await user.titles(Self.jobs + "?" + query) == titles, "\(query)") }
            }
            // What was counted before a change is not what there is after it.
            _ = try await staff.job("Second head", #""job_type":"contract""#)
            #expect(try await user.titles(Self.jobs + "?job_type=contract") == ["Second head", "Head BÄCKER"])
        }
    }

    @Test("An id that is none is not found, and neither is one that nobody has")
    func unknownIDs() async throws {
        try await TestAppliance.run { server in
            let staff = try await server.staff()
            for (suffix, method) in [
                ("", "GET"), ("", "PUT"), ("", "PATCH"), ("", "DELETE"), ("similar/", "GET"), ("save/", "POST"), ("unsave/", "DELETE"),
                ("generate_interview_questions/", "POST"),
            ] {
                let body = ["PUT", "PATCH", "POST"].contains(method) ? "{}" : nil
                let none = try await server.request(method, Self.jobs + "7/" + suffix, token: staff.access, body: body)
                #expect(none.status == 404 && none.text == #"{"detail":"Not found."}"#, "\(method) \(suffix)")
                let unknown = try await server.request(method, Self.unknown + suffix, token: staff.access, body: body)
                #expect(unknown.status == 404 && unknown.text == #"{"detail":"No Job matches the given query."}"#, "\(method) \(suffix)")
            }
        }
    }

    @Test("Hostile values in every field of a job are refused or kept as they are, and never break anything")
    func hostile() async throws {
        try await TestAppliance.run { server in
            let staff = try await server.staff()
            let path = Self.jobs + (try await staff.job("Baker")) + "/"
            let fields = JobResource.importable.sorted()
            let values = HostileValues.texts.map { JSONValue.string($0).jsonText } + HostileValues.values
            for value in values {
                let all = "{" + fields.map { "\"\($0)\":\(value)" }.joined(separator: ",") + "}"
                #expect(try await staff.post(Self.jobs, all).status == 400, "\(value.prefix(40))")
                for field in ["title", "description", "skills_required", "salary_min", "external_id"] {
                    let answer = try await staff.patch(path, "{\"\(field)\":\(value)}")
                    #expect([200, 400].contains(answer.status), "\(field): \(value.prefix(40)): \(answer.text.prefix(200))")
                }
            }
            for text in HostileValues.texts where !text.contains("\0") && text.utf8.count < 200 {
                let body = JSONValue.object(JSONObject([("description", .string("(\(text))")), ("skills_required", .list(["(\(text))"]))]))
                let answer = try await staff.patch(path, body.jsonText)
                #expect(answer.json["description"]?.string == "(\(text))" && answer.json["skills_required"] == .list(["(\(text))"]))
            }
            #expect(try await server.count("SELECT count(*) FROM jobs") == 1)
            #expect(try await staff.get("/api/v1/jobs/search/?q=baker").status == 200)
        }
    }
}
