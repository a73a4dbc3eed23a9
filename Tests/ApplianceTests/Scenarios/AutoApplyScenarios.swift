import Platform
import TestSupport
import Testing

@testable import Appliance

/// `auto-apply/`: through a real socket as far as callers get today, and on a real appliance's database with a résumé and
/// an executor put in their places for the rest.
@Suite("Automatic applications", .timeLimit(.minutes(1)))
struct AutoApplyScenarios {
    /// Everybody has a résumé.
    private struct Resumes: ResumeKnowledge {
        func hasResume(_ applicant: Applicant, in reader: Reader) -> Bool { true }
    }

    private struct Executor: ApplicationExecutor {
        var missing: [String] = []
    }

    private static func path(_ job: String) -> String { "/api/v1/jobs/jobs/\(job)/auto-apply/" }

    private static func body(_ ids: [String]) -> String { #"{"job_ids":\#(JSONValue.list(ids).jsonText)}"# }

    /// Asks the route's own handler, with these in the place of what the appliance has.
    private static func order(
        _ server: TestAppliance, _ user: TestUser, _ ids: [String], resumes: any ResumeKnowledge = Resumes(),
        executor: (any ApplicationExecutor)? = Executor(), isSwitchedOn: Bool = true
    ) async throws -> HTTPAnswer {
        let routes = ApplicationRoutes(
            database: server.database,
            autoApply: AutoApply(database: server.database, resumes: resumes, executor: executor) { isSwitchedOn })
        let applicant = try server.applicant(user)
        let caller = Caller(
            accountRowID: applicant.owner.rowID, accountID: applicant.id, loginID: applicant.id, isStaff: false, email: user.email)
        let request = HTTPRequest(
            method: "POST", path: path(ids.first ?? ""), parameters: ["id": ids.first ?? ""], body: Array(body(ids).utf8), caller: caller,
            received: server.clock.now())
        return try await routes.orderAutoApply(request)
    }

    private static func json(_ answer: HTTPAnswer) throws -> JSONValue { try JSONValue.parse(answer.body) }

    /// What it was refused with, as a client would see it.
    private static func refusal(_ body: () async throws -> HTTPAnswer) async throws -> (status: Int, text: String, retryAfter: String?) {
        do {
            let answer = try await body()
            throw HarnessError(message: "not refused: \(answer.status)")
        } catch let fact as any HTTPFact {
            var writer = JSONWriter()
            fact.writeBody(into: &writer)
            return (fact.status, String(decoding: writer.bytes, as: UTF8.self), fact.headers.first { $0.name == "Retry-After" }?.value)
        }
    }

    @Test("Without a résumé or a profile nothing is applied to, and the caller hears which is missing")
    func profile() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let job = try await server.vacancy()
            expectAnswer(
                try await user.post(Self.path(job), Self.body([job])), 400,
                #"{"error":"Resume not found in profile. Please upload a resume before using auto-apply."}"#)
            let profile = try #require(try await user.results("/api/v1/auth/profiles/").first?["id"]?.int)
            #expect(try await user.delete("/api/v1/auth/profiles/\(profile)/").status == 204)
            expectAnswer(
                try await user.post(Self.path(job), Self.body([job])), 400,
                #"{"error":"User profile not found. A complete profile with a resume is required for auto-apply."}"#)
            #expect(try server.rows(in: "work_items") == 0)
        }
    }

    @Test("The path's job has to be there")
    func job() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            expectAnswer(try await user.post(Self.path("7"), "{}"), 404, #"{"detail":"Not found."}"#)
            expectAnswer(
                try await user.post(Self.path("0190a000-0000-7000-8000-000000000000"), "{}"), 404,
                #"{"detail":"No Job matches the given query."}"#)
        }
    }

    @Test(
        "What is wrong with the list of jobs is said before anything else",
        arguments: [
            ("{}", #"{"job_ids":["This field is required."]}"#), (#"{"job_ids":null}"#, #"{"job_ids":["This field may not be null."]}"#),
            (#"{"job_ids":[]}"#, #"{"job_ids":["This list may not be empty."]}"#),
            (#"{"job_ids":["a"]}"#, #"{"job_ids":["Must be a valid UUID."]}"#),
            (#"{"job_ids":"a"}"#, #"{"job_ids":["Expected a list of items but got type \"str\"."]}"#),
            (
                #"{"job_ids":[7],"cover_letter":{}}"#,
                #"{"cover_letter":["Not a valid string."],"job_ids":["Must be a valid UUID."]}"#
            ),
            ("[]", #"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#),
        ])
    func mistakes(body: String, expected: String) async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            expectAnswer(try await user.post(Self.path(try await server.vacancy()), body), 400, expected)
        }
    }

    @Test("Fifty-one jobs are too many")
    func tooMany() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let job = try await server.vacancy()
            expectAnswer(
                try await user.post(Self.path(job), Self.body([String](repeating: job, count: 51))), 400,
                #"{"job_ids":["Ensure this field has no more than 50 elements."]}"#)
        }
    }

    @Test("Each job that can be applied to becomes one piece of work; the others are skipped and say why")
    func ordered() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let open = try await server.vacancies(2)
            let applied = try await server.vacancy()
            let closed = try await server.vacancy { $0.status = "closed" }
            let late = try await server.vacancy { $0.applicationDeadline = Timestamp(seconds: 1) }
            _ = try await user.apply(to: applied)
            let answer = try await Self.order(server, user, [open[0], applied, closed, late, open[1], open[0]])
            #expect(answer.status == 202)
            let json = try Self.json(answer)
            #expect(json.object?.keys == ["message", "queued_jobs", "skipped_jobs"])
            #expect(json["message"] == "Auto-apply process started for 2 jobs.")
            #expect(json["queued_jobs"]?.array?.map { $0["job_id"]?.string } == [open[0], open[1]])
            #expect(
                json["skipped_jobs"] == [
                    ["job_id": .string(applied), "reason": "Already applied to this job"],
                    ["job_id": .string(closed), "reason": "This job is closed"], ["job_id": .string(late), "reason": "This job is closed"],
                ])
            let task = try #require(json["queued_jobs"]?.array?.first?["task_id"]?.string)
            #expect(try await user.get("/api/v1/tasks/\(task)/").json["status"] == "PENDING")
            #expect(try await server.register("eve@example.org").get("/api/v1/tasks/\(task)/").status == 404)
            let item = try await server.database.scan { reader in
                try reader.first("SELECT kind, payload, unique_key FROM work_items ORDER BY rid LIMIT 1") { row in
                    (try row.text(0), try row.json(1), try row.text(2))
                }
            }
            #expect(item?.0 == "applications.auto_apply" && item?.2 == "\(user.id):\(open[0])")
            #expect(item?.1 == ["job_id": .string(open[0]), "cover_letter": ""])
        }
    }

    @Test("An order under way is found again, and counts once")
    func again() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let jobs = try await server.vacancies(2)
            let first = try Self.json(try await Self.order(server, user, [jobs[0]]))
            let second = try Self.json(try await Self.order(server, user, jobs))
            #expect(second["queued_jobs"]?.array?.first == first["queued_jobs"]?.array?.first)
            #expect(try server.rows(in: "work_items") == 2 && server.rows(in: "auto_apply_orders") == 2)
        }
    }

    @Test("Of the same order many times at once one is carried out")
    func race() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let job = try await server.vacancy()
            let tasks = try await withThrowingTaskGroup(of: JSONValue?.self) { group in
                for _ in 0..<20 {
                    group.addTask { try Self.json(try await Self.order(server, user, [job]))["queued_jobs"]?.array?.first?["task_id"] }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(tasks.count == 20 && tasks.allSatisfy { $0?.string != nil && $0 == tasks[0] })
            #expect(try server.rows(in: "work_items") == 1 && server.rows(in: "auto_apply_orders") == 1)
        }
    }

    @Test("Jobs that are not there are all named, and then nothing is ordered")
    func unknown() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let unknown = ["0190a000-0000-7000-8000-000000000000", "0190a000-0000-7000-8000-000000000001"]
            let job = try await server.vacancy()
            let refused = try await Self.refusal { try await Self.order(server, user, [job] + unknown) }
            #expect(refused.status == 400)
            #expect(refused.text == #"{"job_ids":["Jobs not found: ['\#(unknown[0])', '\#(unknown[1])']"]}"#)
            #expect(try server.rows(in: "work_items") == 0)
        }
    }

    @Test("An instance that cannot or may not apply says what is missing")
    func unavailable() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let job = try await server.vacancy()
            func refusal(_ executor: (any ApplicationExecutor)?, _ isSwitchedOn: Bool) async throws -> (Int, String) {
                let refused = try await Self.refusal {
                    try await Self.order(server, user, [job], executor: executor, isSwitchedOn: isSwitchedOn)
                }
                return (refused.status, refused.text)
            }
            for (executor, isSwitchedOn, missing) in [
                (nil, true, "an executor of applications"), (nil, false, "applications.auto_apply = true; an executor of applications"),
                (Executor(), false, "applications.auto_apply = true"), (Executor(missing: ["a key"]), true, "a key"),
            ] as [((any ApplicationExecutor)?, Bool, String)] {
                let (status, text) = try await refusal(executor, isSwitchedOn)
                #expect(status == 503)
                #expect(
                    text == #"{"detail":"This server does not apply automatically. Missing: \#(missing).","#
                        + #""error_code":"auto_apply_unavailable"}"#)
            }
            // What is wrong with the request itself is told first.
            #expect(try await Self.refusal { try await Self.order(server, user, [job], resumes: NoResumes(), executor: nil) }.status == 400)
            #expect(try server.rows(in: "work_items") == 0 && server.rows(in: "auto_apply_orders") == 0)
        }
    }

    @Test("The profile's limit of a day holds, whatever becomes of the jobs, and begins anew at midnight")
    func limit() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let jobs = try await server.vacancies(8)
            let profile = try #require(try await user.results("/api/v1/auth/profiles/").first?["id"]?.int)
            func setLimit(_ limit: Int) async throws {
                let answer = try await user.loggedInAgain().patch(
                    "/api/v1/auth/profiles/\(profile)/", #"{"auto_apply_limit_daily":\#(limit)}"#)
                #expect(answer.status == 200)
            }
            // To the beginning of a day, so that the test does not meet it by itself.
            let now = server.clock.now()
            server.clock.advance(seconds: Int(ApplicationDay.end(of: now).seconds - now.seconds))
            try await setLimit(3)

            let first = try Self.json(try await Self.order(server, user, Array(jobs[..<2])))
            #expect(first["queued_jobs"]?.array?.count == 2)
            let second = try Self.json(try await Self.order(server, user, Array(jobs[2..<5])))
            #expect(second["message"] == "Auto-apply process started for 1 jobs.")
            #expect(
                second["skipped_jobs"]?.array?.map { $0["reason"] }
                    == ["The daily limit of automatic applications is reached", "The daily limit of automatic applications is reached"])
            // A job that is deleted gives nothing back.
            _ = try await server.database.write { try $0.execute("DELETE FROM jobs WHERE id = $1", Identifier(jobs[0])) }
            let refused = try await Self.refusal { try await Self.order(server, user, [jobs[6]]) }
            #expect(refused.status == 429)
            #expect(
                refused.text
                    == #"{"detail":"Your daily limit of 3 automatic applications is reached.","error_code":"auto_apply_limit_reached"}"#)
            let seconds = try #require(refused.retryAfter.flatMap { Int($0) })
            #expect((1...86_400).contains(seconds))
            server.clock.advance(seconds: seconds)
            #expect(try Self.json(try await Self.order(server, user, [jobs[6]]))["queued_jobs"]?.array?.count == 1)

            try await setLimit(0)
            let none = try await Self.refusal { try await Self.order(server, user, [jobs[7]]) }
            #expect(none.status == 429 && none.retryAfter == nil)
        }
    }

    @Test("The instance's switch is off, and is turned while the server runs")
    func reload() async throws {
        try await TestAppliance.run { server in
            let loaded = try TestAppliance.configuration("[applications]\nauto_apply = true", in: server.directory)
            #expect(Configuration.standard.applications.autoApply == false && loaded.values.applications.autoApply)
            #expect(server.appliance.reload(loaded).changed == ["applications.auto_apply"])
        }
    }

    @Test("Orders go with their account")
    func deletion() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            _ = try await Self.order(server, user, [try await server.vacancy()])
            #expect(try await user.delete("/api/v1/auth/me/", #"{"password":"\#(user.password)"}"#).status == 204)
            #expect(try server.rows(in: "auto_apply_orders") == 0)
            #expect(try await server.count("SELECT count(*) FROM work_items WHERE kind = '\(AutoApply.kind)'") == 0)
        }
    }
}
