import Platform
import TestSupport
import Testing

@testable import Appliance

/// Hostile values in every place where the routes of applications take input: no server error, no row of another account.
@Suite("Hostile input to applications", .timeLimit(.minutes(2)))
struct ApplicationHostileScenarios {
    private static let marker = "zanzibar-9"
    /// Fields of the query that are asked together. A date that is none would keep the others from the database.
    private static let queries = [
        ["status", "user_defined_status", "company", "q"], ["status"], ["q"],
        ["applied_after", "applied_before", "created_after", "created_before", "follow_up_due"], ["page"],
    ]

    private func withVictim(_ body: (TestAppliance, TestUser, String) async throws -> Void) async throws {
        try await TestAppliance.run { server in
            let victim = try await server.register("victim@example.org")
            let job = try await server.vacancy()
            let id = try await victim.apply(to: job, #""notes":"\#(Self.marker)""#)
            let before = try await victim.get("\(applicationsPath)\(id)/").body
            try await body(server, try await server.register("attacker@example.org"), job)
            #expect(try await victim.get("\(applicationsPath)\(id)/").body == before)
            #expect(try await victim.get("\(applicationsPath)\(id)/history/").json["count"] == 1)
            #expect(try server.applicationCounts(job).told == server.applicationCounts(job).real)
        }
    }

    private func check(_ answer: TestResponse, _ what: String) {
        #expect(answer.status < 500, "\(what): \(answer.text.prefix(200))")
        #expect(!answer.text.contains(Self.marker), "\(what)")
    }

    @Test("Hostile queries find nothing of anybody else's")
    func queries() async throws {
        try await withVictim { server, attacker, job in
            _ = try await attacker.apply(to: job, #""notes":"mine""#)
            for text in HostileInputScenarios.texts where text.utf8.count < 2_000 {
                let value = text.utf8.map { byte in (byte < 16 ? "%0" : "%") + String(byte, radix: 16) }.joined()
                for names in Self.queries {
                    let query = names.map { "\($0)=\(value)" }.joined(separator: "&")
                    check(try await attacker.get("\(applicationsPath)?\(query)"), "\(names) \(text)")
                }
                let query = "company=\(value)&q=\(value)"
                check(try await attacker.get("\(applicationsPath)export/?\(query)"), "export \(text)")
                check(try await attacker.get("\(applicationsPath)export/?format=\(value)"), "export as \(text)")
            }
        }
    }

    @Test("Hostile bodies change nothing of anybody else's", arguments: ["POST", "PATCH", "PUT", "bulk", "auto"])
    func bodies(route: String) async throws {
        try await withVictim { server, attacker, job in
            let own = try await attacker.apply(to: job)
            let names = ApplicationResource.description.fields.map(\.schema.name) + ["job_ids"]
            let (method, path) =
                switch route {
                case "PATCH", "PUT": (route, "\(applicationsPath)\(own)/")
                case "bulk": ("POST", applicationsPath + "bulk-apply/")
                case "auto": ("POST", "/api/v1/jobs/jobs/\(job)/auto-apply/")
                default: ("POST", applicationsPath)
                }
            let texts = HostileInputScenarios.texts.map { JSONValue.string($0).jsonText }
            for value in texts + HostileInputScenarios.values {
                let all = "{" + names.map { "\"\($0)\":\(value)" }.joined(separator: ",") + "}"
                for body in [all, value, #"{"job_ids":[\#(value)]}"#, #"{"job_id":"\#(job)","notes":\#(value)}"#] {
                    let answer = try await server.request(method, path, token: attacker.access, body: body)
                    check(answer, "\(route) \(body.prefix(120))")
                }
            }
        }
    }

    @Test("Text that looks like SQL or markup is kept and found as it is")
    func kept() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            for text in HostileInputScenarios.texts where text.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) && text.utf8.count < 200 {
                let id = try await user.apply(to: try await server.vacancy(), #""notes":\#(JSONValue.string("<\(text)>").jsonText)"#)
                #expect(try await user.get("\(applicationsPath)\(id)/").json["notes"]?.string == "<\(text)>")
                let value = text.utf8.map { byte in (byte < 16 ? "%0" : "%") + String(byte, radix: 16) }.joined()
                let found = try await user.results("\(applicationsPath)?q=\(value)")
                #expect(found.contains { $0["id"]?.string == id }, "\(text)")
            }
        }
    }
}
