import Platform
import TestSupport
import Testing

@testable import Appliance

/// Contract section 12: the mails about jobs and applications, from what causes each to what arrives.
@Suite("Mails about jobs and applications", .timeLimit(.minutes(1)))
struct MailMatterScenarios {
    private static let site = "https://app.example.com/jobs"

    @Test("A change of status is told with the old and the new one, once, and names that are not ASCII arrive whole")
    func statusChange() async throws {
        try await MailingAppliance.run { world in
            let ada = try await world.reader()
            let application = try await ada.apply(to: try await world.server.vacancy("Bäcker <Nacht>", at: "Łódź & Söhne"))
            #expect(try await ada.patch(applicationsPath + "\(application)/", #"{"status":"submitted"}"#).status == 200)
            // "Application Update: Bäcker"
            let subject = "=?utf-8?B?QXBwbGljYXRpb24gVXBkYXRlOiBCw6Rja2Vy"
            let first = try await world.received(subject)
            #expect(
                first.text.contains("your application for Bäcker <Nacht> at Łódź & Söhne is now submitted.\r\nBefore, it was pending.\r\n"))
            #expect(first.html.contains("<strong>Bäcker &lt;Nacht&gt;</strong> at Łódź &amp; Söhne is now <strong>submitted</strong>"))
            #expect(first.text.contains("Your applications: \(Self.site)/applications\r\n"))
            #expect(try await ada.patch(applicationsPath + "\(application)/", #"{"status":"under_review"}"#).status == 200)
            let second = try await world.received(subject, count: 2)
            #expect(second.text.contains("is now under review.\r\nBefore, it was submitted.\r\n"))
            // What changes no status tells nothing.
            #expect(try await ada.patch(applicationsPath + "\(application)/", #"{"user_notes":"x","status":"under_review"}"#).status == 200)
            try await world.idle()
            #expect(world.stub.mails.count == 4)
        }
    }

    @Test("An alert's mail says what it looks for and lists the newest ten jobs; an alert without mails sends none")
    func alert() async throws {
        try await MailingAppliance.run { world in
            let ada = try await world.reader()
            for body in [
                #"{"name":"Brot & Brötchen","keywords":["bread","rolls"],"location":"Ulm","job_type":"full_time","min_salary":10}"#,
                #"{"name":"Quiet","email_notifications":false}"#,
            ] { #expect(try await ada.post("/api/v1/jobs/alerts/", body).status == 201) }
            var jobs: [String] = []
            for number in 1...12 {
                jobs.append(
                    try await world.server.vacancy("Bäcker \(number)") {
                        ($0.jobType, $0.salaryMin, $0.salaryMax, $0.salaryPeriod) = ("full_time", 40_000, 50_000, "yearly")
                    })
            }
            #expect(try await world.server.result(.dailyAlerts) == ["alerts": 2, "notifications": 2])
            let mail = try await world.received("New Job Alert: 12 matching jobs found")
            #expect(mail.text.contains("your alert \"Brot & Brötchen\" has found new jobs (12).\r\n"))
            #expect(mail.text.contains("It looks for: bread or rolls, in Ulm, full time, pay from 10\r\n"))
            #expect(mail.text.contains("* Bäcker 12, Loaf, Ulm\r\n  $40,000 - $50,000 yearly\r\n  \(Self.site)/jobs/\(jobs[11])\r\n"))
            #expect(mail.text.contains("* Bäcker 3,") && !mail.text.contains("* Bäcker 2,") && mail.text.contains("And 2 more.\r\n"))
            #expect(mail.html.contains(#"<a href="\#(Self.site)/jobs/\#(jobs[11])">Bäcker 12</a>"#) && mail.html.contains("Brot &amp; Br"))
            #expect(
                try await eventually {
                    try await world.server.count("SELECT count(*) FROM notification_deliveries WHERE outcome = 'skipped'") == 1
                })
            try await world.idle()
            #expect(world.stub.mails.count == 3)
            #expect(try await ada.get(NotificationPath.list).json["count"] == 2)
        }
    }

    @Test("Recommendations are told by mail with their scores, once; what somebody asks for by hand is not")
    func recommendations() async throws {
        try await MailingAppliance.run { world in
            let ada = try await world.reader()
            let profile = try await ada.get("/api/v1/auth/profiles/").json["results"]?.array?.first?["id"]?.int ?? 0
            let skills = #"{"skills":["Baking","Milling"],"current_title":"Baker","experience_level":"mid"}"#
            #expect(try await ada.patch("/api/v1/auth/profiles/\(profile)/", skills).status == 200)
            try await MatchFixture.add([RecommenderTests.bakery("Bäckermeister")], to: world.server.database)
            _ = try await world.server.result(.matchJobs)
            #expect(try await world.server.result(.tellRecommendations)["told"] == 1)
            let mail = try await world.received("New Job Recommendations - 1 matches found")
            #expect(mail.text.contains("* Bäckermeister, ") && mail.text.contains(" %)\r\n"))
            #expect(mail.text.contains("All of them: \(Self.site)/recommendations\r\n"))
            #expect(try await world.server.result(.tellRecommendations)["told"] == 0)

            try await MatchFixture.add([RecommenderTests.bakery("Again", skills: ["Milling"])], to: world.server.database)
            #expect(try await ada.post("/api/v1/jobs/recommendations/generate/").status == 200)
            #expect(try world.server.told(.recommendation).count == 2)
            let skipped = "SELECT count(*) FROM notification_deliveries WHERE detail = 'This one is not told by mail.'"
            #expect(try await eventually { try await world.server.count(skipped) == 1 })
            #expect(try await world.server.result(.tellRecommendations)["told"] == 0)
            try await world.idle()
            #expect(world.stub.mails.count == 3)
        }
    }

    @Test("A reminder to follow up comes with job, date, days and notes; the week's summary as a plain notice")
    func reminders() async throws {
        try await MailingAppliance.run { world in
            let ada = try await world.reader()
            let now = world.server.clock.now()
            let application = try await ada.apply(
                to: try await world.server.vacancy(), #""follow_up_date":"\#(now.iso)","user_notes":"Frag Łucja\nnach Öfen""#)
            try await world.server.change(
                "UPDATE applications SET applied_at = $1, created_at = $1 WHERE id = $2", now.adding(seconds: -3 * 86_400 - 60),
                try #require(Identifier(application)))
            #expect(try await world.server.result(.followUps) == ["reminders": 1])
            let mail = try await world.received("Follow-up Reminder: Baker at Loaf")
            #expect(mail.text.contains("on \(now.dayText). You applied 3 days ago.\r\n"))
            #expect(mail.text.contains("Your notes: Frag Łucja\r\nnach Öfen\r\n") && mail.html.contains("Frag Łucja"))

            #expect(try await world.server.result(.tellWeek)["told"] == 1)
            let week = try await world.received("Your week in applications")
            #expect(week.text.contains("The last seven days: 1 application, 0 changes of status, 0 recommended jobs."))
            try await world.idle()
            #expect(world.stub.mails.count == 4)
        }
    }
}
