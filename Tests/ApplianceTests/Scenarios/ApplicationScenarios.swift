import Platform
import TestSupport
import Testing

@testable import Appliance

/// Contract section 4, through a real socket: single applications.
@Suite("Applications", .timeLimit(.minutes(2)))
struct ApplicationScenarios {
    static let keys = [
        "id", "user", "job", "status", "application_type", "resume_used", "cover_letter", "additional_documents", "application_url",
        "external_application_id", "match_score", "auto_applied", "ai_generated_cover_letter", "last_contact_date", "interview_date",
        "follow_up_date", "skyvern_task_id", "skyvern_response_data", "submission_logs", "notes", "user_notes", "feedback_received",
        "user_defined_status", "interview_details", "offer_details", "follow_up_reminder_sent_at", "applied_at", "created_at",
        "updated_at",
    ]

    @Test("An application needs a job alone, and shows every field in the model's order")
    func defaults() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let job = try await server.vacancy("Miller", at: "Grist")
            let made = try await user.post(applicationsPath, #"{"job_id":"\#(job)"}"#)
            #expect(made.status == 201)
            let item = made.json
            #expect(item.object?.keys == Self.keys)
            #expect(item["user"]?.string == user.id)
            #expect(item["job"]?.object?.keys == JobListItem.description.fields.map(\.schema.name))
            #expect(item["job"]?["id"]?.string == job && item["job"]?["title"] == "Miller" && item["job"]?["company"] == "Grist")
            #expect(item["status"] == "pending" && item["application_type"] == "manual" && item["cover_letter"] == "")
            for name in ["additional_documents", "interview_details", "submission_logs"] { #expect(item[name] == [], "\(name)") }
            #expect(item["offer_details"] == [:] && item["auto_applied"] == false && item["skyvern_task_id"] == "")
            for name in ["resume_used", "match_score", "applied_at", "user_defined_status", "skyvern_response_data", "interview_date"] {
                #expect(item[name] == .null, "\(name)")
            }
            let path = applicationsPath + (item["id"]?.string ?? "") + "/"
            #expect(try await user.get(path).json == item)
            #expect(try await user.results(applicationsPath) == [item])
        }
    }

    @Test("What a client may write is kept, and what only the server may write is passed over")
    func writable() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let given = #"""
                "status":"interview_scheduled","application_type":"auto","cover_letter":"Dear Ö","additional_documents":[{"name":"cv"}],
                "application_url":"https://jobs.example.com/7","external_application_id":"X-7","auto_applied":true,
                "ai_generated_cover_letter":true,"last_contact_date":"2026-01-02T03:04:05Z","interview_date":"2026-01-03T00:00:00Z",
                "follow_up_date":"2026-01-04T00:00:00Z","notes":"n","user_notes":"u","feedback_received":"f",
                "user_defined_status":"negotiating","interview_details":{"room":1},"offer_details":null,"applied_at":"2026-01-01T00:00:00Z"
                """#
            let refused = #"""
                "id":"0190a000-0000-7000-8000-000000000000","user":"0190a000-0000-7000-8000-000000000000","match_score":0.9,
                "skyvern_task_id":"T","skyvern_response_data":{"a":1},"submission_logs":["x"],"resume_used":"cv.pdf",
                "follow_up_reminder_sent_at":"2026-01-01T00:00:00Z","created_at":"2020-01-01T00:00:00Z",
                "updated_at":"2020-01-01T00:00:00Z","job":{"title":"mine"},"nonsense":1
                """#
            let path = applicationsPath + (try await user.apply(to: try await server.vacancy(), given + "," + refused)) + "/"
            let item = try await user.get(path).json
            for member in try JSONValue.parse(Array("{\(given)}".utf8)).object?.members ?? [] {
                #expect(item[member.key] == member.value, "\(member.key)")
            }
            #expect(item["user"]?.string == user.id && item["match_score"] == .null && item["skyvern_task_id"] == "")
            #expect(item["skyvern_response_data"] == .null && item["submission_logs"] == [] && item["resume_used"] == .null)
            #expect(item["follow_up_reminder_sent_at"] == .null && item["created_at"]?.string?.hasPrefix("2020") == false)
            #expect(item["updated_at"]?.string?.hasPrefix("2020") == false && item["job"]?["title"] == "Baker")
            #expect(try await user.patch(path, "{\(refused)}").json["submission_logs"] == [])
            #expect(try await user.patch(path, #"{"user_defined_status":""}"#).json["user_defined_status"] == .null)
        }
    }

    @Test(
        "What is wrong with an application is said for each field",
        arguments: [
            ("{}", #"{"job_id":["This field is required."]}"#),
            (#"{"job_id":null}"#, #"{"job_id":["This field may not be null."]}"#),
            (#"{"job_id":"7"}"#, #"{"job_id":["Must be a valid UUID."]}"#),
            (
                #"{"job_id":"0190A000-0000-7000-8000-000000000000"}"#,
                #"{"job_id":["Invalid pk \"0190a000-0000-7000-8000-000000000000\" - object does not exist."]}"#
            ),
            (
                #"{"job_id":"0190a000-0000-7000-8000-000000000000","status":"hired"}"#,
                #"{"status":["\"hired\" is not a valid choice."],"#
                    + #""job_id":["Invalid pk \"0190a000-0000-7000-8000-000000000000\" - object does not exist."]}"#
            ),
            (#"{"job_id":"$job","status":null}"#, #"{"status":["This field may not be null."]}"#),
            (#"{"job_id":"$job","status":""}"#, #"{"status":["\"\" is not a valid choice."]}"#),
            (#"{"job_id":"$job","application_type":"robot"}"#, #"{"application_type":["\"robot\" is not a valid choice."]}"#),
            (#"{"job_id":"$job","user_defined_status":"gone"}"#, #"{"user_defined_status":["\"gone\" is not a valid choice."]}"#),
            (#"{"job_id":"$job","application_url":"here"}"#, #"{"application_url":["Enter a valid URL."]}"#),
            (#"{"job_id":"$job","auto_applied":"perhaps"}"#, #"{"auto_applied":["Must be a valid boolean."]}"#),
            (
                #"{"job_id":"$job","follow_up_date":"tomorrow"}"#,
                #"{"follow_up_date":["Datetime has wrong format. Use one of these formats instead: "#
                    + #"YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."]}"#
            ),
            (#"{"job_id":"$job","notes":["a"]}"#, #"{"notes":["Not a valid string."]}"#),
            (#"{"job_id":"$job","notes":"\u0000"}"#, #"{"notes":["Null characters are not allowed."]}"#),
            (#"{"job_id":"$job","additional_documents":null}"#, #"{"additional_documents":["This field may not be null."]}"#),
            (#"{"job_id":"$job","offer_details":1e999}"#, #"{"offer_details":["Value must be valid JSON."]}"#),
            ("[]", #"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#),
        ])
    func mistakes(body: String, expected: String) async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let job = try await server.vacancy()
            let answer = try await user.post(applicationsPath, body.replacing("$job", with: job))
            expectAnswer(answer, 400, expected)
            #expect(try await user.get(applicationsPath).json["count"] == 0)
            #expect(try server.applicationCounts(job) == (0, 0))
        }
    }

    @Test("Texts and structures have an end")
    func lengths() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let job = try await server.vacancy()
            func answer(_ name: String, _ value: String) async throws -> TestResponse {
                try await user.post(applicationsPath, #"{"job_id":"\#(job)","\#(name)":\#(value)}"#)
            }
            func text(_ count: Int) -> String { "\"" + String(repeating: "x", count: count) + "\"" }
            for (name, limit) in [("notes", 20_000), ("cover_letter", 20_000), ("status_note", 500), ("external_application_id", 100)] {
                expectAnswer(
                    try await answer(name, text(limit + 1)), 400,
                    #"{"\#(name)":["Ensure this field has no more than \#(limit) characters."]}"#)
            }
            // With its brackets and quotes this is one byte more than fits.
            expectAnswer(
                try await answer("offer_details", "[\(text(65_536 - 3))]"), 400,
                #"{"offer_details":["Ensure this field has no more than 65536 bytes."]}"#)
            #expect(try await answer("offer_details", "[\(text(65_536 - 4))]").status == 201)
        }
    }

    @Test("A job is applied to once")
    func once() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let (first, second) = (try await server.vacancy(), try await server.vacancy())
            let id = try await user.apply(to: first)
            let other = try await user.apply(to: second)
            let refusal = #"{"job_id":["You have already applied to this job."]}"#
            expectAnswer(try await user.post(applicationsPath, #"{"job_id":"\#(first)"}"#), 400, refusal)
            expectAnswer(try await user.patch("\(applicationsPath)\(id)/", #"{"job_id":"\#(second)"}"#), 400, refusal)
            expectAnswer(try await user.put("\(applicationsPath)\(other)/", #"{"job_id":"\#(first)"}"#), 400, refusal)
            #expect(try await user.get(applicationsPath).json["count"] == 2)
            // Somebody else may, and so may whoever took an application back.
            _ = try await server.register("eve@example.org").apply(to: first)
            #expect(try await user.delete("\(applicationsPath)\(id)/").status == 204)
            _ = try await user.apply(to: first)
            #expect(try server.applicationCounts(first) == (2, 2) && server.applicationCounts(second) == (1, 1))
        }
    }

    @Test("An application is replaced, changed and deleted; a change of its job moves the counts")
    func changes() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let (first, second) = (try await server.vacancy("One"), try await server.vacancy("Two"))
            let id = try await user.apply(to: first, #""notes":"kept""#)
            let path = "\(applicationsPath)\(id)/"
            expectAnswer(try await user.put(path, #"{"status":"submitted"}"#), 400, #"{"job_id":["This field is required."]}"#)
            let replaced = try await user.put(path, #"{"job_id":"\#(first)","user_notes":"u"}"#)
            #expect(replaced.status == 200 && replaced.json["notes"] == "kept" && replaced.json["user_notes"] == "u")
            #expect(try server.applicationCounts(first) == (1, 1))
            let moved = try await user.patch(path, #"{"job_id":"\#(second)"}"#)
            #expect(moved.status == 200 && moved.json["job"]?["title"] == "Two" && moved.json["id"]?.string == id)
            #expect(try server.applicationCounts(first) == (0, 0) && server.applicationCounts(second) == (1, 1))
            let unknown = "0190a000-0000-7000-8000-000000000000"
            expectAnswer(
                try await user.patch(path, #"{"job_id":"\#(unknown)"}"#), 400,
                #"{"job_id":["Invalid pk \"\#(unknown)\" - object does not exist."]}"#)
            let unchanged = try await user.patch(path, "{}")
            #expect(unchanged.status == 200 && unchanged.json["job"]?["title"] == "Two")
            let deleted = try await user.delete(path)
            #expect(deleted.status == 204 && deleted.body.isEmpty)
            #expect(try server.applicationCounts(second) == (0, 0))
            for method in ["GET", "PUT", "PATCH", "DELETE"] {
                let answer = try await server.request(method, path, token: user.access, body: method == "GET" ? nil : "{}")
                expectAnswer(answer, 404, #"{"detail":"No Application matches the given query."}"#)
            }
        }
    }

    @Test("When an application was handed in is noted once, unless the client says so itself")
    func appliedAt() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            func made(_ more: String) async throws -> String {
                "\(applicationsPath)\(try await user.apply(to: try await server.vacancy(), more))/"
            }
            let created = try await user.get(made(#""status":"submitted""#)).json
            #expect(created["applied_at"] == created["created_at"])
            let own = try await user.get(made(#""status":"submitted","applied_at":"2026-01-01T00:00:00Z""#)).json
            #expect(own["applied_at"] == "2026-01-01T00:00:00Z")

            let path = try await made("")
            #expect(try await user.patch(path, #"{"status":"under_review"}"#).json["applied_at"] == .null)
            let submitted = try await user.patch(path, #"{"status":"submitted"}"#).json
            #expect(submitted["applied_at"] == submitted["updated_at"] && submitted["applied_at"] != .null)
            server.clock.advance(seconds: 60)
            _ = try await user.patch(path, #"{"status":"pending"}"#)
            #expect(try await user.patch(path, #"{"status":"submitted"}"#).json["applied_at"] == submitted["applied_at"])
            // Taken away while nothing else changes, it stays away.
            #expect(try await user.patch(path, #"{"applied_at":null}"#).json["applied_at"] == .null)
        }
    }

    @Test("Ids that are no UUIDs and other people's applications are not found, whatever is asked of them")
    func strangers() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            let job = try await server.vacancy()
            let id = try await ada.apply(to: job, #""notes":"secret""#)
            let before = try await ada.get("\(applicationsPath)\(id)/").body
            for user in [eve, try await server.staff()] {
                for (method, path, body) in [
                    ("GET", "", nil), ("GET", "history/", nil), ("PUT", "", #"{"job_id":"\#(job)"}"#),
                    ("PATCH", "", #"{"status":"hired"}"#),
                    ("DELETE", "", nil),
                ] as [(String, String, String?)] {
                    let answer = try await server.request(method, "\(applicationsPath)\(id)/\(path)", token: user.access, body: body)
                    expectAnswer(answer, 404, #"{"detail":"No Application matches the given query."}"#)
                    let odd = try await server.request(method, "\(applicationsPath)7/\(path)", token: user.access, body: body)
                    expectAnswer(odd, 404, #"{"detail":"Not found."}"#)
                }
                for query in ["", "?q=secret", "?company=loaf", "?status=pending"] {
                    #expect(try await user.get(applicationsPath + query).json["count"] == 0)
                }
                #expect(try await user.get(applicationsPath + "export/").body.isEmpty)
            }
            #expect(try await ada.get("\(applicationsPath)\(id)/").body == before)
        }
    }

    @Test("Applications are listed newest first, twenty on a page")
    func paging() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            for job in try await server.vacancies(21) { _ = try await user.apply(to: job) }
            let base = "http://jobs.example.org\(applicationsPath)"
            let first = try await user.get(applicationsPath + "?page_size=5").json
            #expect(first["count"] == 21 && first["results"]?.array?.count == 20 && first["previous"] == .null)
            #expect(first["next"]?.string == "\(base)?page=2&page_size=5")
            #expect(first["results"]?.array?.first?["job"]?["title"] == "Baker 20")
            let second = try await user.get(applicationsPath + "?page=2&status=pending").json
            #expect(second["results"]?.array?.map { $0["job"]?["title"] } == ["Baker 0"])
            #expect(second["next"] == .null && second["previous"]?.string == "\(base)?status=pending")
            #expect(try await user.get(applicationsPath + "?page=last&q=baker").json["results"]?.array?.count == 1)
            for query in ["page=0", "page=3", "page=x", "page=3&q=baker", "page=2&q=nothing"] {
                expectAnswer(try await user.get(applicationsPath + "?" + query), 404, #"{"detail":"Invalid page."}"#)
            }
        }
    }

    @Test("A repeat with the same Idempotency-Key is answered the same and stores nothing twice")
    func idempotent() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let body = #"{"job_id":"\#(try await server.vacancy())"}"#
            let key = [("Idempotency-Key", "k-1")]
            let first = try await user.post(applicationsPath, body, headers: key)
            let second = try await user.post(applicationsPath, body, headers: key)
            #expect(first.status == 201 && second.status == 201 && second.body == first.body)
            #expect(try await user.get(applicationsPath).json["count"] == 1)
        }
    }

    @Test("Applications go with their job, and with their account, whose jobs then no longer count them")
    func gone() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            let (first, second) = (try await server.vacancy(), try await server.vacancy())
            for user in [ada, eve] {
                for job in [first, second] { _ = try await user.apply(to: job) }
            }
            #expect(try await ada.delete("/api/v1/auth/me/", #"{"password":"\#(ada.password)"}"#).status == 204)
            #expect(try server.applicationCounts(first) == (1, 1) && server.applicationCounts(second) == (1, 1))
            #expect(try server.rows(in: "applications") == 2 && server.rows(in: "application_events") == 2)
            _ = try await server.database.write { try $0.execute("DELETE FROM jobs WHERE id = $1", Identifier(first)) }
            #expect(try await eve.results(applicationsPath).map { $0["job"]?["id"]?.string } == [second])
            #expect(try server.rows(in: "application_events") == 1)
        }
    }
}
