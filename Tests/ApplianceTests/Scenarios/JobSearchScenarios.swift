import Platform
import TestSupport
import Testing

@testable import Appliance

/// `search/` of contract section 3, and what it does beyond: words, orders, counts.
@Suite("Search for jobs") struct JobSearchScenarios {
    private static let search = "/api/v1/jobs/search/"

    /// Four jobs of which one is closed.
    private static func withJobs(_ body: (_ user: TestUser, _ staff: TestUser) async throws -> Void) async throws {
        try await TestAppliance.run { server in
            let (user, staff) = (try await server.register(), try await server.staff())
            _ = try await staff.job(
                "Baker", #""salary_min":30000,"salary_max":40000,"posted_date":"2026-11-01T00:00:00Z","requirements":"Early hours""#)
            _ = try await staff.job(
                "Python developer",
                #""company":"Ångström & Co","location":"Göteborg","is_remote":true,"job_type":"contract","experience_level":"senior","salary_min":70000,"posted_date":"2026-11-03T00:00:00Z","skills_required":["Python","SQL"]"#
            )
            _ = try await staff.job(
                "Analyst", #""description":"Reports in <b>SQL</b> & Excel.","salary_max":55000,"skills_preferred":["R"]"#)
            _ = try await staff.job("Closed baker", #""status":"closed","posted_date":"2026-11-09T00:00:00Z""#)
            try await body(user, staff)
        }
    }

    static let queries: [(String, [String])] = [
        ("", ["Python developer", "Baker", "Analyst"]), ("title=BAKE", ["Baker"]), ("company=%C3%85NGSTR", ["Python developer"]),
        ("location=g%C3%B6te", ["Python developer"]), ("title=%25", []), ("title=+", ["Python developer", "Baker", "Analyst"]),
        ("job_type=contract", ["Python developer"]), ("experience_level=mid", ["Baker", "Analyst"]),
        ("is_remote=true", ["Python developer"]), ("is_remote=off", ["Baker", "Analyst"]),
        ("is_remote=", ["Python developer", "Baker", "Analyst"]),
        ("remote=true", ["Python developer", "Baker", "Analyst"]), ("min_salary=35000", ["Python developer", "Baker", "Analyst"]),
        ("min_salary=60000", ["Python developer"]), ("max_salary=35000", ["Baker"]), ("min_salary=41000&max_salary=60000", ["Analyst"]),
        ("skills=python", ["Python developer"]), ("skills=sql", ["Python developer", "Analyst"]),
        ("skills=excel&skills=python", ["Python developer", "Analyst"]),
        ("skills=xcel", ["Analyst"]), ("skills=", ["Python developer", "Baker", "Analyst"]), ("skills=nothing", []),
        ("skills=sql&is_remote=true&min_salary=1", ["Python developer"]),
    ]

    @Test("Filters hold together over the active jobs, and one that is blank is none")
    func filters() async throws {
        try await Self.withJobs { user, _ in
            for (query, titles) in Self.queries {
                #expect(try await user.titles(Self.search + "?" + query).sorted() == titles.sorted(), "\(query)")
            }
            #expect(try await user.titles(Self.search) == ["Python developer", "Baker", "Analyst"])
            let answer = try await user.get(Self.search + "?title=baker")
            #expect(answer.json.object?.keys == ["count", "next", "previous", "results"])
            #expect(answer.json["results"]?.array?.first?.object?.keys == JobListItem.description.fields.map(\.schema.name))
        }
    }

    static let mistakes: [(String, String)] = [
        ("job_type=slavery", #"{"job_type":["\"slavery\" is not a valid choice."]}"#),
        ("experience_level=x", #"{"experience_level":["\"x\" is not a valid choice."]}"#),
        ("is_remote=maybe", #"{"is_remote":["Must be a valid boolean."]}"#),
        ("min_salary=-1", #"{"min_salary":["Ensure this value is greater than or equal to 0."]}"#),
        ("max_salary=ten", #"{"max_salary":["A valid integer is required."]}"#),
        ("min_salary=2&max_salary=1", #"{"non_field_errors":["Min salary cannot be greater than max salary"]}"#),
        ("min_salary=2&max_salary=1&page=0", #"{"page":["Ensure this value is greater than or equal to 1."]}"#),
        ("limit=0", #"{"limit":["Ensure this value is greater than or equal to 1."]}"#),
        ("limit=51", #"{"limit":["Ensure this value is less than or equal to 50."]}"#),
        ("limit=x&page=y", #"{"limit":["A valid integer is required."],"page":["A valid integer is required."]}"#),
        ("page=-1", #"{"page":["Ensure this value is greater than or equal to 1."]}"#),
        ("title=" + String(repeating: "a", count: 201), #"{"title":["Ensure this field has no more than 200 characters."]}"#),
        ("company=" + String(repeating: "a", count: 101), #"{"company":["Ensure this field has no more than 100 characters."]}"#),
        ("location=a%00b", #"{"location":["Null characters are not allowed."]}"#),
        ("skills=" + String(repeating: "a", count: 101), #"{"skills":["Ensure this field has no more than 100 characters."]}"#),
        (String(repeating: "skills=a&", count: 21), #"{"skills":["Ensure this field has no more than 20 elements."]}"#),
        ("q=" + String(repeating: "a", count: 201), #"{"q":["Ensure this field has no more than 200 characters."]}"#),
        ("sort=colour", #"{"sort":["\"colour\" is not a valid choice."]}"#),
        ("sort=relevance", #"{"sort":["Relevance needs words to look for: give q."]}"#),
        ("facets=many", #"{"facets":["Must be a valid boolean."]}"#),
    ]

    @Test("What is wrong with a search is said for each field")
    func validation() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            for (query, expected) in Self.mistakes {
                let answer = try await user.get(Self.search + "?" + query)
                #expect(answer.status == 400 && answer.text == expected, "\(query.prefix(40))")
            }
        }
    }

    @Test("Pages keep every filter in their links, and one behind the end is empty")
    func paging() async throws {
        try await TestAppliance.run { server in
            let (user, staff) = (try await server.register(), try await server.staff())
            for number in 0..<5 { _ = try await staff.job("Baker & Söhne \(number)") }
            let query = "title=baker+%26&skills=bread&skills=x%26y&limit=2&is_remote=false"
            let link = "http://jobs.example.org/api/v1/jobs/search/?is_remote=false&limit=2"
            let rest = "&skills=bread&skills=x%26y&title=baker+%26"
            let first = try await user.get(Self.search + "?" + query)
            #expect(first.json["count"] == 5 && first.json["previous"] == .null && first.json["next"] == .string(link + "&page=2" + rest))
            let second = try await user.get(Self.search + "?page=2&" + query)
            #expect(second.json["previous"] == .string(link + rest) && second.json["next"] == .string(link + "&page=3" + rest))
            let third = try await user.get(Self.search + "?page=3&" + query)
            #expect(third.json["next"] == .null && third.json["results"]?.array?.count == 1)
            let titles = [first, second, third].flatMap { $0.json["results"]?.array ?? [] }.compactMap { $0["title"]?.string }
            #expect(titles == (0..<5).reversed().map { "Baker & Söhne \($0)" })
            for page in [4, 2_147_483_647] {
                let behind = try await user.get(Self.search + "?page=\(page)&" + query)
                #expect(behind.status == 200 && behind.json["count"] == 5 && behind.json["results"] == [] && behind.json["next"] == .null)
            }
        }
    }

    @Test("Words are looked for in all texts, ranked, and shown where they were found, with nothing of the job as markup")
    func words() async throws {
        try await Self.withJobs { user, _ in
            #expect(try await user.titles(Self.search + "?q=sql") == ["Python developer", "Analyst"])
            #expect(try await user.titles(Self.search + "?q=developers+python") == ["Python developer"])
            #expect(try await user.titles(Self.search + "?q=baker+developer") == [])
            #expect(try await user.titles(Self.search + "?q=%22early+hours%22") == ["Baker"])
            #expect(try await user.titles(Self.search + "?q=%22hours+early%22") == [])
            #expect(try await user.titles(Self.search + "?q=angstrom") == ["Python developer"])
            #expect(try await user.titles(Self.search + "?q=sql&max_salary=60000") == ["Analyst"])
            #expect(try await user.titles(Self.search + "?q=sql&skills=excel") == ["Analyst"])
            #expect(try await user.titles(Self.search + "?q=%25%25&facets=true") == [])
            #expect(try await user.titles(Self.search + "?q=+") == ["Python developer", "Baker", "Analyst"])
            let found = try await user.get(Self.search + "?q=SQL+report").json["results"]?.array?.first
            #expect(found?["title"] == "Analyst")
            #expect(
                found?["snippets"] == [
                    "description": "<mark>Reports</mark> in &lt;b&gt;<mark>SQL</mark>&lt;/b&gt; &amp; Excel."
                ])
            let developer = try await user.get(Self.search + "?q=python").json["results"]?.array?.first
            #expect(developer?["snippets"] == ["title": "<mark>Python</mark> developer", "skills": "<mark>Python</mark>, SQL"])
            #expect(try await user.get(Self.search).json["results"]?.array?.first?["snippets"] == nil)
        }
    }

    @Test("Words follow the jobs: changed, closed, opened and deleted")
    func followed() async throws {
        try await Self.withJobs { user, staff in
            let id = try await staff.job("Glazier")
            #expect(try await user.titles(Self.search + "?q=glazier") == ["Glazier"])
            _ = try await staff.patch("/api/v1/jobs/jobs/\(id)/", #"{"title":"Roofer"}"#)
            #expect(try await user.titles(Self.search + "?q=glazier") == [])
            #expect(try await user.titles(Self.search + "?q=roofer") == ["Roofer"])
            _ = try await staff.patch("/api/v1/jobs/jobs/\(id)/", #"{"status":"filled"}"#)
            #expect(try await user.titles(Self.search + "?q=roofer") == [])
            _ = try await staff.patch("/api/v1/jobs/jobs/\(id)/", #"{"status":"active"}"#)
            #expect(try await user.titles(Self.search + "?q=roofer") == ["Roofer"])
            _ = try await staff.delete("/api/v1/jobs/jobs/\(id)/")
            #expect(try await user.titles(Self.search + "?q=roofer") == [])
        }
    }

    @Test("The order is by relevance, date or pay, as asked for")
    func orders() async throws {
        try await Self.withJobs { (user: TestUser, _: TestUser) async throws in
            #expect(try await user.titles(Self.search + "?sort=salary") == ["Python developer", "Analyst", "Baker"])
            #expect(try await user.titles(Self.search + "?sort=date") == ["Python developer", "Baker", "Analyst"])
            #expect(try await user.titles(Self.search + "?q=bread&sort=salary") == ["Python developer", "Baker"])
            #expect(try await user.titles(Self.search + "?q=bread&sort=date&limit=1&page=2") == ["Baker"])
            #expect(try await user.titles(Self.search + "?q=sql&sort=relevance") == ["Python developer", "Analyst"])
        }
    }

    @Test("Counts of values come on request, over all that was found and not only the page")
    func facets() async throws {
        try await Self.withJobs { user, _ in
            #expect(try await user.get(Self.search).json["facets"] == nil)
            let answer = try await user.get(Self.search + "?facets=1&limit=1")
            #expect(
                answer.json["facets"] == [
                    "job_type": [["value": "full_time", "count": 2], ["value": "contract", "count": 1]],
                    "experience_level": [["value": "mid", "count": 2], ["value": "senior", "count": 1]],
                    "is_remote": [["value": true, "count": 1], ["value": false, "count": 2]],
                    "company": [["value": "Loaf", "count": 2], ["value": "Ångström & Co", "count": 1]],
                ])
            let narrowed = try await user.get(Self.search + "?facets=true&q=sql&job_type=contract").json["facets"]
            #expect(narrowed?["company"] == [["value": "Ångström & Co", "count": 1]])
        }
    }

    @Test("Hostile text in every field of a search finds nothing that it should not, and breaks nothing")
    func hostile() async throws {
        try await Self.withJobs { user, _ in
            let fields = [
                "q", "title", "company", "location", "job_type", "experience_level", "min_salary", "max_salary", "is_remote", "skills",
                "sort",
                "facets", "limit", "page",
            ]
            for text in HostileValues.texts where !text.isEmpty {
                let encoded = PercentCodingForTests.encode(text)
                for field in fields {
                    let answer = try await user.get("\(Self.search)?\(field)=\(encoded)")
                    #expect([200, 400].contains(answer.status), "\(field)=\(text): \(answer.text)")
                    #expect(!answer.text.contains("Closed baker"), "\(field)=\(text)")
                }
                let list = try await user.get(
                    "/api/v1/jobs/jobs/?search=\(encoded)&location=\(encoded)&company=\(encoded)&job_type=\(encoded)")
                #expect(list.status == 200 && list.json["count"] == 0, "\(text)")
            }
        }
    }
}

enum PercentCodingForTests {
    static func encode(_ text: String) -> String {
        text.utf8.map { ($0 < 16 ? "%0" : "%") + String($0, radix: 16) }.joined()
    }
}
