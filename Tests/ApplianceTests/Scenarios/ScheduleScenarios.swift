import Platform
import TestSupport
import Testing

@testable import Appliance

/// Contract section 12: each schedule runs by command on a data set and does what its row says.
@Suite("The work of the schedules", .timeLimit(.minutes(1)))
struct ScheduleScenarios {
    private static let day = 86_400

    @Test("What needs a service that is not configured ends as not_configured, visibly, and invents nothing")
    func notConfigured() async throws {
        try await TestAppliance.run { server in
            _ = try await server.vacancy()
            for name in [
                ScheduleName.syncJobs, .fetchAdzuna, .submitApplications, .checkSkyvern, .embedJobs, .embedProfiles,
            ] {
                let outcome = try await server.run(name)
                #expect(outcome["outcome"] == "not_configured" && outcome["status"] == "SUCCESS", "\(name.rawValue)")
                #expect(outcome["result"]?["missing"]?.array?.isEmpty == false, "\(name.rawValue)")
                #expect(try await server.listed(name)["last"]?["outcome"] == "not_configured")
            }
            #expect(try await server.count("SELECT count(*) FROM jobs") == 1)
            #expect(try await server.count("SELECT count(*) FROM applications") == 0)
            // It is no failure.
            #expect(try await server.count("SELECT count(*) FROM work_items WHERE state = 'dead'") == 0)
        }
    }

    @Test("Daily alerts and weekly ones tell of new jobs each at their time, and once")
    func alerts() async throws {
        try await TestAppliance.run { server in
            let ada = try await server.register()
            for frequency in ["daily", "weekly", "monthly"] {
                let made = try await ada.post("/api/v1/jobs/alerts/", #"{"name":"\#(frequency)","frequency":"\#(frequency)"}"#)
                #expect(made.status == 201)
            }
            _ = try await server.vacancy()
            #expect(try await server.result(.dailyAlerts) == ["alerts": 2, "notifications": 2])
            #expect(try await server.result(.weeklyAlerts) == ["alerts": 1, "notifications": 1])
            #expect(try server.told(.jobAlert) == Array(repeating: "New Job Alert: 1 matching jobs found", count: 3))
            #expect(try await server.result(.dailyAlerts) == ["alerts": 0, "notifications": 0])
            // A day of 23 hours, and a run that was made up for in the afternoon, are days too.
            for (hours, alerts) in [(23, 1), (30, 1), (18, 1), (2, 0)] {
                server.clock.advance(seconds: hours * 3600)
                #expect(try await server.result(.dailyAlerts)["alerts"] == .integer(alerts), "\(hours)")
            }
            server.clock.advance(seconds: 4 * Self.day)
            #expect(try await server.result(.weeklyAlerts)["alerts"] == 1)
            server.clock.advance(seconds: 23 * Self.day)
            #expect(try await server.result(.dailyAlerts)["alerts"] == 2)
        }
    }

    private static func baker(_ server: TestAppliance, _ email: String) async throws -> TestUser {
        let user = try await server.register(email)
        let profile = try await user.get("/api/v1/auth/profiles/").json["results"]?.array?.first?["id"]?.int ?? 0
        let body = #"{"skills":["Baking","Milling"],"current_title":"Baker","experience_level":"mid"}"#
        #expect(try await user.patch("/api/v1/auth/profiles/\(profile)/", body).status == 200)
        return user
    }

    @Test("All active accounts are matched; then each is told of what is new, daily or weekly as its owner asked, once")
    func recommendations() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await Self.baker(server, "ada@example.org"), try await Self.baker(server, "eve@example.org"))
            let weekly = try await eve.put("/api/v1/notifications/settings/", #"{"frequency":"weekly"}"#)
            #expect(weekly.status == 200, "\(weekly.text)")
            let half = RecommenderTests.bakery("Half", skills: ["Baking", "Sewing", "Flying", "Diving"])
            try await MatchFixture.add([RecommenderTests.bakery("Baker"), half], to: server.database)
            let matched = try await server.result(.matchJobs)
            #expect(matched["accounts"] == 2 && matched["failures"] == 0 && matched["recommendations"]?.int ?? 0 >= 2)
            // Matching tells nobody.
            #expect(try server.told(.recommendation).isEmpty)
            #expect(try await server.result(.tellRecommendations) == ["accounts": 2, "told": 1, "failures": 0])
            let title = "New Job Recommendations - 1 matches found"
            #expect(try server.told(.recommendation) == [title] && server.told(.recommendation, "eve@example.org").isEmpty)
            #expect(try await server.result(.weeklyRecommendations)["told"] == 1)
            #expect(try server.told(.recommendation, "eve@example.org") == [title])
            for name in [ScheduleName.matchJobs, .tellRecommendations, .weeklyRecommendations] { _ = try await server.result(name) }
            #expect(try server.told(.recommendation).count == 1 && server.told(.recommendation, "eve@example.org").count == 1)
            // What its owner asked for was told there and then.
            try await MatchFixture.add([RecommenderTests.bakery("Baker again", skills: ["Milling"])], to: server.database)
            #expect(try await ada.post("/api/v1/jobs/recommendations/generate/").status == 200)
            #expect(try server.told(.recommendation).count == 2)
            #expect(try await server.result(.tellRecommendations)["told"] == 0)
        }
    }

    @Test("An applicant is reminded on the day of the follow-up, with job, date and notes, and once a date")
    func followUps() async throws {
        try await TestAppliance.run { server in
            let ada = try await server.register()
            let job = try await server.vacancy()
            // At noon, so that the day does not end meanwhile.
            server.clock.advance(seconds: 129_600 - Int(server.clock.now().seconds % 86_400))
            let again = try await ada.loggedInAgain()
            func date(_ days: Int) -> String { server.clock.now().adding(seconds: days * Self.day + 3600).iso }
            let application = try await again.apply(to: job, #""follow_up_date":"\#(date(1))","user_notes":"Ask for Eve""#)
            #expect(try await server.result(.followUps) == ["reminders": 0])
            #expect(try await again.patch(applicationsPath + "\(application)/", #"{"follow_up_date":"\#(date(0))"}"#).status == 200)
            #expect(try await server.result(.followUps) == ["reminders": 1])
            #expect(try server.told(.reminder) == ["Follow-up Reminder: Baker at Loaf"])
            let stored = try await again.get(applicationsPath + "\(application)/").json
            #expect(stored["follow_up_reminder_sent_at"]?.string != nil)
            let told = try await again.get(NotificationPath.list).json["notifications"]?.array?.first
            #expect(told?["data"]?["application_id"]?.string == application && told?["data"]?["user_notes"] == "Ask for Eve")
            #expect(told?["message"]?.string?.hasSuffix("Your notes: Ask for Eve") == true)
            // The same day, and the next.
            #expect(try await server.result(.followUps) == ["reminders": 0])
            server.clock.advance(seconds: Self.day)
            #expect(try await server.result(.followUps) == ["reminders": 0])
            // Another date is another matter; not for an account that is closed.
            let later = try await ada.loggedInAgain()
            #expect(try await later.patch(applicationsPath + "\(application)/", #"{"follow_up_date":"\#(date(0))"}"#).status == 200)
            try await server.change("UPDATE accounts SET is_active = 0")
            #expect(try await server.result(.followUps) == ["reminders": 0])
            try await server.change("UPDATE accounts SET is_active = 1")
            #expect(try await server.result(.followUps) == ["reminders": 1])
        }
    }

    @Test("Who did something in the last seven days is told what, once a week, and who did nothing nothing")
    func week() async throws {
        try await TestAppliance.run { server in
            let ada = try await server.register()
            _ = try await server.register("eve@example.org")
            let jobs = try await server.vacancies(2)
            let application = try await ada.apply(to: jobs[0])
            _ = try await ada.apply(to: jobs[1])
            #expect(try await ada.patch(applicationsPath + "\(application)/", #"{"status":"submitted"}"#).status == 200)
            #expect(try await server.result(.tellWeek) == ["accounts": 2, "told": 1, "failures": 0])
            let told = try await ada.get(NotificationPath.list + "?type=system_message").json["notifications"]?.array ?? []
            #expect(told.map { $0["title"] } == ["Your week in applications"])
            #expect(told.first?["data"] == ["applications": 2, "status_changes": 1, "recommendations": 0])
            #expect(told.first?["message"] == "The last seven days: 2 applications, 1 change of status, 0 recommended jobs.")
            #expect(try await server.result(.tellWeek)["told"] == 0)
            server.clock.advance(seconds: 6 * Self.day)
            #expect(try await server.result(.tellWeek)["told"] == 1)
            server.clock.advance(seconds: 7 * Self.day)
            #expect(try await server.result(.tellWeek)["told"] == 0)
            #expect(try server.told(.systemMessage, "eve@example.org").isEmpty)
        }
    }

    @Test("Jobs past their deadline and old ones are closed and found no longer; how old is the operator's to say")
    func closing() async throws {
        try await TestAppliance.run { server in
            let now = server.clock.now()
            // More than are closed in one transaction.
            for number in 0..<23 { _ = try await server.vacancy("Old \(number)") }
            _ = try await server.vacancy("Posted lately") { $0.postedDate = now.adding(seconds: 20 * Self.day) }
            server.clock.advance(seconds: 31 * Self.day)
            _ = try await server.vacancy("Posted long ago") { $0.postedDate = now }
            _ = try await server.vacancy("Past its deadline") { $0.applicationDeadline = now.adding(seconds: 31 * Self.day - 60) }
            _ = try await server.vacancy("Before its deadline") { $0.applicationDeadline = now.adding(seconds: 32 * Self.day) }
            #expect(try await server.result(.closeJobs) == ["past_deadline": 1, "old": 23])
            let left = try await server.register().titles("/api/v1/jobs/search/")
            #expect(Set(left) == ["Posted lately", "Posted long ago", "Before its deadline"])
            #expect(try await server.count("SELECT count(*) FROM jobs WHERE status = 'closed'") == 24)
            #expect(try await server.indexProblems() == [])
            _ = server.appliance.reload(
                try TestAppliance.configuration("[schedule]\nenabled = false\nclose_jobs_after_days = 0", in: server.directory))
            server.clock.advance(seconds: 400 * Self.day)
            #expect(try await server.result(.closeJobs) == ["past_deadline": 1, "old": 0])
        }
    }

    @Test("Logins, notifications and logs that nobody needs any more are deleted, and the others stay")
    func maintenance() async throws {
        try await TestAppliance.run { server in
            let ada = try await server.register()
            let read = try await server.notify("ada@example.org", "Read")
            let unread = try await server.notify("ada@example.org", "Unread")
            #expect(try await ada.post(NotificationPath.one(read.id) + "mark_read/").status == 200)
            try await server.database.write { transaction in
                try NotificationDeliveryStore.add(.failed, of: read, by: .mail, detail: "x", in: transaction)
            }
            let repeatable = [("Idempotency-Key", "k")]
            let body = #"{"job_id":"\#(try await server.vacancy())"}"#
            #expect(try await ada.post(applicationsPath, body, headers: repeatable).status == 201)
            #expect(try await server.count("SELECT count(*) FROM idempotency_keys") == 1)
            // Both are told by mail, which is kept, and that is noted.
            #expect(try await eventually { try await server.count("SELECT count(*) FROM notification_deliveries") == 3 })
            let owner = try #require(try server.database.accountOwner(ada.email))
            try await server.database.write { try DigestStore.add(unread, of: owner, in: $0) }
            func swept(_ counts: [(String, JSONValue)]) -> JSONValue {
                let nothing = [
                    "logins", "notifications", "deliveries", "webhook_secrets", "digests", "mails", "mail_tokens", "kept_answers",
                    "schedule_runs",
                ]
                return .object(JSONObject(nothing.map { name in (name, counts.first { $0.0 == name }?.1 ?? 0) }))
            }
            #expect(try await server.result(.maintenance)["deleted"] == swept([]))
            server.clock.advance(seconds: 91 * Self.day)
            let deleted = try await server.result(.maintenance)["deleted"]
            // Two of the deliveries went with their notification; mails were a welcome, a confirmation and those of the two.
            #expect(
                deleted
                    == swept([
                        ("logins", 1), ("notifications", 1), ("deliveries", 1), ("digests", 1), ("mails", 4), ("mail_tokens", 1),
                        ("kept_answers", 1),
                    ]))
            #expect(try await server.count("SELECT count(*) FROM logins") == 0)
            #expect(try server.told(.systemMessage) == ["Unread"])
        }
    }

    @Test("The health monitor tells the staff what is wrong once, and once that it is over")
    func health() async throws {
        try await TestAppliance.run { server in
            let staff = try await server.staff()
            _ = try await server.register()
            let well = try await server.result(.watchHealth)
            #expect(well["status"] == "healthy", "\(well.jsonText)")
            #expect(well["findings"]?.array?.map { $0["name"] } == ["database", "disk", "background work", "failed work"])
            #expect(try server.told(.systemMessage, staff.email).isEmpty)
            let ordered = try await server.command("schedule.run", [("name", "fetch_adzuna_jobs")])
            let task = try #require(ordered["task_id"]?.string.flatMap { Identifier($0) })
            #expect(try await eventually { try server.database.read { try WorkTable.ending(of: task, in: $0) }?.state.isFinal == true })
            try await server.change("UPDATE work_items SET state = 'dead' WHERE id = $1", task)
            for _ in 0..<2 { #expect(try await server.result(.watchHealth)["status"] == "unhealthy") }
            #expect(try server.told(.systemMessage, staff.email) == ["The server needs attention: failed work"])
            server.clock.advance(seconds: Self.day + 60)
            for _ in 0..<2 { #expect(try await server.result(.watchHealth)["status"] == "healthy") }
            #expect(
                try server.told(.systemMessage, staff.email) == [
                    "The server needs attention: failed work", "The server is well again: failed work",
                ])
            #expect(try server.told(.systemMessage).isEmpty)
        }
    }

    @Test("A slot that comes is run by the server itself, once, and its work is done")
    func slot() async throws {
        let on = "[schedule]\nfetch_adzuna_jobs = \"* * * * *\""
        try await TestAppliance.run(settings: on) { (server) async throws in
            let name = ScheduleName.fetchAdzuna
            #expect(try await eventually { try await server.count("SELECT count(*) FROM schedules WHERE name = '\(name.rawValue)'") == 1 })
            #expect(try await server.listed(name)["timetable"] == "* * * * * UTC")
            server.clock.advance(seconds: 60)
            // It looks within half a minute by itself, and at once when it is given something new.
            let loaded = try TestAppliance.configuration(on + "\nsend_follow_up_reminders = \"off\"", in: server.directory)
            #expect(server.appliance.reload(loaded).changed == ["schedule.send_follow_up_reminders"])
            let runs = "SELECT count(*) FROM schedule_runs WHERE schedule = '\(name.rawValue)' AND slot IS NOT NULL"
            #expect(try await eventually { try await server.count(runs) >= 1 })
            #expect(try await eventually { try await server.listed(name)["last"]?["outcome"] == "not_configured" })
            #expect(try await server.listed(.followUps)["timetable"] == .null)
            #expect(try await server.count("SELECT count(*) FROM schedules WHERE name = 'send_follow_up_reminders'") == 0)
        }
    }
}
