import Platform
import TestSupport
import Testing

@testable import Appliance

/// The same thing at the same time.
@Suite("Races of applications", .timeLimit(.minutes(1)))
struct ApplicationRaceTests {
    @Test("Of fifty applications to one job at once, one is made and the others hear why not")
    func once() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let job = try await server.vacancy()
            let answers = try await withThrowingTaskGroup(of: TestResponse.self) { group in
                for _ in 0..<50 { group.addTask { try await user.post(applicationsPath, #"{"job_id":"\#(job)"}"#) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0.status == 201 } == 1)
            for answer in answers where answer.status != 201 {
                expectAnswer(answer, 400, #"{"job_id":["You have already applied to this job."]}"#)
            }
            #expect(try server.applicationCounts(job) == (1, 1) && server.rows(in: "application_events") == 1)
        }
    }

    @Test("Changes of different fields at once keep each other's, and each stands in the history")
    func changes() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let id = try await user.apply(to: try await server.vacancy())
            let fields = ["notes", "user_notes", "feedback_received", "cover_letter", "external_application_id", "status_note"]
            try await withThrowingTaskGroup(of: Int.self) { group in
                for field in fields {
                    group.addTask { try await user.patch("\(applicationsPath)\(id)/", #"{"\#(field)":"\#(field)"}"#).status }
                }
                for try await status in group { #expect(status == 200) }
            }
            let item = try await user.get("\(applicationsPath)\(id)/").json
            for field in fields.dropLast() { #expect(item[field]?.string == field) }
            #expect(try await user.history(id).last?["note"] == "status_note")
        }
    }

    @Test("Applying and taking back at once leave the jobs' counts right")
    func counts() async throws {
        try await TestAppliance.run { server in
            let job = try await server.vacancy()
            var users: [TestUser] = []
            for number in 0..<6 { users.append(try await server.register("user\(number)@example.org")) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, user) in users.enumerated() {
                    group.addTask {
                        for round in 0..<3 {
                            let id = try await user.apply(to: job)
                            if round < 2 || number < 2 { _ = try await user.delete("\(applicationsPath)\(id)/") }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try server.applicationCounts(job) == (4, 4))
        }
    }
}
