import Platform
import TestSupport
import Testing

@testable import Appliance

/// Applications as files: the account's own through a real socket, the operator's through the store.
@Suite("Export of applications", .timeLimit(.minutes(1)))
struct ApplicationExportScenarios {
    private static let path = applicationsPath + "export/"

    @Test("As lines of JSON it holds what the list shows, in its order")
    func lines() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            for job in try await server.vacancies(25) { _ = try await user.apply(to: job, #""notes":"line\nbreak""#) }
            let answer = try await user.get(Self.path)
            #expect(answer.status == 200 && answer["Content-Type"] == "application/x-ndjson")
            #expect(answer["Content-Disposition"] == "attachment; filename=\"applications.jsonl\"")
            let items = try answer.text.split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
            let pages = try await user.results(applicationsPath) + user.results(applicationsPath + "?page=2")
            #expect(items == pages && items.count == 25)
            #expect(try await user.get(Self.path + "?format=jsonl&q=nothing").body.isEmpty)
        }
    }

    @Test("As a table it has a head, quotes where they are needed, and nothing that a spreadsheet would run")
    func table() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let risky = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=a,\"b\""]
            let plain = ["plain, \"quoted\"\nnext", "\"\u{301},=1", "it's - fine"]
            for text in risky + plain {
                let job = try await server.vacancy(text)
                _ = try await user.apply(to: job, #""status":"submitted","additional_documents":["a","b"]"#)
            }
            let answer = try await user.get(Self.path + "?format=csv")
            #expect(answer.status == 200 && answer["Content-Type"] == "text/csv; charset=utf-8")
            #expect(answer["Content-Disposition"] == "attachment; filename=\"applications.csv\"")
            #expect(answer.text.hasPrefix("id,user,job_id,job_title,job_company,job_location,job_url,status,"))
            let records = try CSVReader.records(answer.body)
            let head = try #require(records.first?.fields)
            #expect(head == ApplicationExport.columns.map(\.name) && Set(head).count == head.count)
            #expect(records.allSatisfy { $0.fields.count == head.count } && records.count == 11)
            let title = try #require(head.firstIndex(of: "job_title"))
            let titles = records.dropFirst().reversed().map { $0.fields[title] }
            #expect(titles == risky.map { "'" + $0 } + plain)
            let (documents, state) = (
                try #require(head.firstIndex(of: "additional_documents")), try #require(head.firstIndex(of: "status"))
            )
            #expect(records.dropFirst().allSatisfy { $0.fields[documents] == #"["a","b"]"# && $0.fields[state] == "submitted" })
            #expect(answer.text.utf8.count { $0 == 10 } >= 10 && answer.text.hasSuffix("\r\n"))
            #expect(try CSVReader.records(try await user.get(Self.path + "?format=csv&q=fine").body).count == 2)
        }
    }

    @Test("A column for every field that is shown")
    func columns() {
        let fields = ApplicationResource.description.fields.map(\.schema).filter(\.isReadable).map(\.name)
        let names = ApplicationExport.columns.map(\.name)
        // The job stands in columns of its own, and no résumé is kept yet.
        #expect(fields.filter { !names.contains($0) } == ["job", "resume_used"])
        #expect(names.filter { !fields.contains($0) } == ["job_id", "job_title", "job_company", "job_location", "job_url"])
    }

    @Test("Another form than these two is refused", arguments: ["xml", "CSV", "%00", "json"])
    func unknown(format: String) async throws {
        try await TestAppliance.run { server in
            let answer = try await server.register().get(Self.path + "?format=" + format)
            #expect(answer.status == 400 && answer.json.object?.keys == ["format"] && answer["Content-Type"] == "application/json")
        }
    }

    @Test("The operator's export walks all applications in slices, each with its account")
    func slices() async throws {
        try await TestAppliance.run { server in
            let users = [try await server.register(), try await server.register("eve@example.org")]
            var made: [String] = []
            for job in try await server.vacancies(4) {
                for user in users { made.append(try await user.apply(to: job)) }
            }
            var walked: [Application] = []
            var calls = 0
            while true {
                let last = walked.last?.rowID ?? 0
                let slice = try await server.database.scan { try ApplicationStore.slice(after: last, limit: 3, in: $0) }
                calls += 1
                if slice.isEmpty { break }
                walked += slice
            }
            #expect(walked.map(\.id.description) == made && calls == 4)
            #expect(walked.map(\.user.description) == (0..<8).map { users[$0 % 2].id })
            #expect(walked.allSatisfy { $0.job?.company == "Loaf" })
        }
    }

    @Test("The export of personal data holds each application with its history")
    func personal() async throws {
        try await TestAppliance.run { server in
            let (user, other) = (try await server.register(), try await server.register("eve@example.org"))
            let jobs = try await server.vacancies(2)
            let id = try await user.apply(to: jobs[0])
            _ = try await user.apply(to: jobs[1])
            _ = try await other.apply(to: jobs[1])
            _ = try await user.patch("\(applicationsPath)\(id)/", #"{"status":"rejected"}"#)
            let applicant = try server.applicant(user)
            let bytes = try await server.database.scan { reader in
                var writer = JSONWriter()
                try ApplicationExport.writeAll(of: applicant, into: &writer, in: reader)
                return writer.bytes
            }
            let all = try #require(try JSONValue.parse(bytes).array)
            #expect(all.count == 2 && all.allSatisfy { $0["user"]?.string == user.id })
            #expect(all.last?["id"]?.string == id && all.last?["history"]?.array?.map { $0["to"] } == ["rejected", "pending"])
            #expect(all.last?["history"]?.array?.allSatisfy { $0["actor_id"]?.string == user.id } == true)
        }
    }
}
