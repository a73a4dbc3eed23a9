import Platform
import TestSupport
import Testing

@testable import Appliance

/// The conditions of the list of applications, through a real socket.
@Suite("Filters of applications", .timeLimit(.minutes(1)))
struct ApplicationFilterScenarios {
    /// Four applications, told apart by the titles of their jobs.
    private func withFour(_ body: (TestAppliance, TestUser) async throws -> Void) async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let more = [
                ("Baker", "Müller & Söhne", #""status":"submitted","applied_at":"2026-03-01T00:00:00Z","user_defined_status":"applied""#),
                ("Cook", "100% Food_Co", #""status":"rejected","applied_at":"2026-03-02T12:00:00Z","notes":"Salt to TASTE""#),
                ("Miller", "Grist", #""user_notes":"ask about flour","follow_up_date":"2020-01-01T00:00:00Z""#),
                ("Porter", "Gate", #""status":"submitted","applied_at":"2026-03-03T00:00:00Z","follow_up_date":"2999-01-01T00:00:00Z""#),
            ]
            for (title, company, fields) in more { _ = try await user.apply(to: try await server.vacancy(title, at: company), fields) }
            try await body(server, user)
        }
    }

    private func titles(_ user: TestUser, _ query: String) async throws -> [String] {
        let answer = try await user.get(applicationsPath + query).json
        let titles = answer["results"]?.array?.compactMap { $0["job"]?["title"]?.string } ?? []
        #expect(answer["count"]?.int == titles.count, "\(query)")
        return titles
    }

    @Test("Each condition keeps what fulfils it, in the list's order, and several keep what fulfils all of them")
    func conditions() async throws {
        try await withFour { _, user in
            for (query, expected) in [
                ("", ["Porter", "Miller", "Cook", "Baker"]),
                ("?status=submitted", ["Porter", "Baker"]), ("?status=Submitted", []), ("?status=%25", []),
                ("?status=", ["Porter", "Miller", "Cook", "Baker"]), ("?status=rejected&status=pending", ["Miller"]),
                ("?user_defined_status=applied", ["Baker"]), ("?user_defined_status=applied&status=rejected", []),
                ("?user_defined_status=applied&status=submitted", ["Baker"]),
                ("?company=m%C3%BCLLER", ["Baker"]), ("?company=S%C3%96HN", ["Baker"]), ("?company=%25", ["Cook"]),
                ("?company=_", ["Cook"]), ("?company=g", ["Porter", "Miller"]), ("?company=g&status=pending", ["Miller"]),
                ("?applied_after=2026-03-02", ["Porter", "Cook"]), ("?applied_before=2026-03-02", ["Baker"]),
                ("?applied_after=2026-03-01&applied_before=2026-03-03", ["Cook", "Baker"]),
                ("?applied_before=2026-03-02T12:00:00Z", ["Baker"]), ("?applied_before=2026-03-02T12:00:00.000001Z", ["Cook", "Baker"]),
                ("?applied_after=2026-03-02T14:00%2B02:00", ["Porter", "Cook"]),
                ("?follow_up_due=true", ["Miller"]), ("?follow_up_due=false", ["Porter", "Miller", "Cook", "Baker"]),
                ("?q=bak", ["Baker"]), ("?q=taste", ["Cook"]), ("?q=FLOUR", ["Miller"]), ("?q=grist%20ask", ["Miller"]),
                ("?q=grist%20salt", []), ("?q=salt&company=food&status=rejected", ["Cook"]),
                ("?q=%20", ["Porter", "Miller", "Cook", "Baker"]),
                ("?created_after=2020-01-01&created_before=2999-01-01&status=submitted", ["Porter", "Baker"]),
                ("?created_before=2020-01-01", []), ("?created_after=2999-01-01", []),
                ("?unknown=1", ["Porter", "Miller", "Cook", "Baker"]),
            ] {
                let found = try await titles(user, query)
                #expect(found == expected, "\(query)")
            }
        }
    }

    @Test("A follow-up is due from the beginning of its day on")
    func followUp() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let now = server.clock.now()
            let midnight = ApplicationDay.start(of: now)
            for (title, seconds) in [("Today", 86_399), ("Tomorrow", 86_400)] {
                let date = midnight.adding(seconds: seconds).iso
                _ = try await user.apply(to: try await server.vacancy(title), #""follow_up_date":"\#(date)""#)
            }
            // Midnight may have passed since the clock was read: then both are due.
            let due = try await titles(user, "?follow_up_due=true")
            #expect(due == ["Today"] || ApplicationDay.start(of: server.clock.now()) > midnight)
            server.clock.advance(seconds: 86_400)
            #expect(try await titles(user.loggedInAgain(), "?follow_up_due=yes") == ["Tomorrow", "Today"])
        }
    }

    @Test(
        "A condition that means nothing is refused",
        arguments: [
            ("applied_after=yesterday", "applied_after"), ("applied_before=2026-02-30", "applied_before"),
            ("created_after=2026-01-01T25:00", "created_after"), ("created_before=%00", "created_before"),
            ("follow_up_due=perhaps", "follow_up_due"), ("q=%00", "q"), ("company=a%00b", "company"), ("status=%00", "status"),
            ("q=" + String(repeating: "x", count: 201), "q"),
            ("user_defined_status=" + String(repeating: "x", count: 201), "user_defined_status"),
        ])
    func refused(query: String, field: String) async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            for path in ["", "export/"] {
                let answer = try await user.get("\(applicationsPath)\(path)?\(query)")
                #expect(answer.status == 400 && answer.json.object?.keys == [field], "\(answer.text)")
            }
        }
    }

    @Test("Figures are counted as their definitions say")
    func stats() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let path = applicationsPath + "stats/"
            #expect(
                try await user.get(path).text
                    == #"{"total_applications":0,"pending_applications":0,"interview_requests":0,"offers_received":0,"rejections":0,"#
                    + #""success_rate":0.0,"average_response_time":null,"most_applied_job_type":null,"most_applied_location":null}"#)
            for (number, status) in Application.statuses.enumerated() where status != "pending" {
                let job = try await server.vacancy { job in
                    (job.jobType, job.location) = (number < 3 ? "contract" : "freelance", number < 9 ? "Ulm" : "Aalen")
                }
                _ = try await user.apply(to: job, #""status":"\#(status)""#)
            }
            let other = try await server.register("eve@example.org")
            _ = try await other.apply(to: try await server.vacancy { $0.location = "Bonn" }, #""status":"accepted""#)
            let stats = try await user.get(path).json
            #expect(stats["total_applications"] == 13 && stats["pending_applications"] == 3 && stats["interview_requests"] == 2)
            #expect(stats["offers_received"] == 2 && stats["rejections"] == 1 && stats["success_rate"] == 15.38)
            #expect(stats["most_applied_job_type"] == "freelance" && stats["most_applied_location"] == "Ulm")
            #expect(stats["average_response_time"] == .null)
        }
    }

    @Test("The response time goes from the day of applying to the first answer of the employer")
    func responseTime() async throws {
        try await TestAppliance.run { server in
            var user = try await server.register()
            var paths: [String] = []
            for job in try await server.vacancies(4) {
                paths.append("\(applicationsPath)\(try await user.apply(to: job, #""status":"submitted""#))/")
            }
            func set(_ path: String, _ status: String) async throws {
                #expect(try await user.patch(path, #"{"status":"\#(status)"}"#).status == 200)
            }
            func letADayPass() async throws {
                server.clock.advance(seconds: 86_400)
                user = try await user.loggedInAgain()
            }
            try await letADayPass()
            try await set(paths[0], "under_review")
            // No answer: the applicant's own doing.
            try await set(paths[1], "withdrawn")
            // An answer to an application whose day is not known.
            _ = try await user.patch(paths[2], #"{"applied_at":null}"#)
            try await set(paths[2], "rejected")
            try await letADayPass()
            // A later answer to the first changes nothing.
            try await set(paths[0], "offer_received")
            try await letADayPass()
            try await set(paths[3], "interview_scheduled")
            #expect(try await user.get(applicationsPath + "stats/").json["average_response_time"] == 2.0)
        }
    }
}
