import Platform
import Synchronization
import TestSupport
import Testing

@testable import Appliance

/// The commands of a running server, over its control socket.
@Suite("Commands of the core", .timeLimit(.minutes(1)))
struct ImportTests {
    private func jobs(_ lines: [String]) -> String { lines.joined(separator: "\n") }

    private func job(_ id: Int, title: String = "Baker", more: String = "") -> String {
        #"{"title":"\#(title)","company":"Loaf","description":"Bakes bread.","location":"Ulm","external_id":"\#(id)"\#(more)}"#
    }

    private func importJobs(_ server: TestAppliance, _ text: String, format: String = "jsonl") async throws -> JSONValue {
        try await server.command("import.jobs", [("format", .string(format))], payload: text)
    }

    private func failure(_ body: () async throws -> JSONValue) async -> CommandFailure? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error as? CommandFailure
        }
    }

    private func tally(_ created: Int, _ updated: Int, _ unchanged: Int) -> JSONValue {
        ["created": .integer(created), "updated": .integer(updated), "unchanged": .integer(unchanged)]
    }

    private func jobTally(_ created: Int, _ updated: Int, _ unchanged: Int, like twins: [JSONValue] = []) -> JSONValue {
        [
            "created": .integer(created), "updated": .integer(updated), "unchanged": .integer(unchanged),
            "possible_duplicates": .array(twins),
        ]
    }

    @Test("Jobs are created, updated or left, and found only while they are active")
    func jobs() async throws {
        try await TestAppliance.run { (server: TestAppliance) async throws in
            #expect(try await importJobs(server, jobs([job(1), job(2, title: "Carter")])) == jobTally(2, 0, 0))
            #expect(try await importJobs(server, jobs([job(1), job(2, title: "Miller"), job(3, title: "Cook")])) == jobTally(1, 1, 1))
            #expect(try await server.count("SELECT count(*) FROM jobs") == 3)
            #expect(try await server.count("SELECT count(*) FROM passages") == 3)
            #expect(try await importJobs(server, job(1, more: #","status":"filled""#)) == jobTally(0, 1, 0))
            #expect(try await server.count("SELECT count(*) FROM passages") == 2)

            let user = try await server.register()
            let answer = try await user.post("/api/v1/chat/send/", #"{"content":"Is there work for a miller?"}"#).json
            let text = try #require(answer["assistant_message"]?["content"]?.string)
            #expect(text.hasPrefix("This is what I found in this server's jobs and articles:\n\n[1] Miller (job at Loaf)\nCompany: Loaf"))
            #expect(answer["assistant_message"]?["metadata"]?["sources"]?.array?.first?["source_type"] == "job_listing")
        }
    }

    @Test("A job without an id or a link of its own is new each time, and the ones like it are named")
    func anonymous() async throws {
        try await TestAppliance.run { (server: TestAppliance) async throws in
            let line =
                #"{"title":"Baker","company":"Loaf","description":"Bakes.","location":"Ulm","salary_min":10,"skills_required":["dough"]}"#
            #expect(try await importJobs(server, line) == jobTally(1, 0, 0))
            let again = try await importJobs(server, line)
            #expect(again["created"] == 1)
            let twin = try #require(again["possible_duplicates"]?.array?.first)
            let ids = try await server.database.scan { try $0.rows("SELECT id FROM jobs ORDER BY rid") { try $0.id(0).description } }
            #expect(
                twin == [
                    "job_id": .string(ids[1]), "title": "Baker", "company": "Loaf", "location": "Ulm", "like": [.string(ids[0])],
                ])
        }
    }

    @Test("A job is known by its link in whatever spelling, unless its source gives several jobs that link")
    func links() async throws {
        try await TestAppliance.run { (server: TestAppliance) async throws in
            func line(_ title: String, _ link: String, source: String = "") -> String {
                #"{"title":"\#(title)","company":"Loaf","description":"Bakes.","location":"Ulm","external_url":"\#(link)","#
                    + #""external_source":"\#(source)"}"#
            }
            let page = "https://loaf.example.org/jobs/7"
            #expect(try await importJobs(server, line("Baker", page)) == jobTally(1, 0, 0))
            #expect(try await importJobs(server, line("Baker II", page + "/?utm_source=x")) == jobTally(0, 1, 0))
            #expect(try await server.count("SELECT count(*) FROM jobs WHERE title = 'Baker II'") == 1)
            let careers = "https://loaf.example.org/careers"
            #expect(try await importJobs(server, jobs([line("Cook", careers), line("Carter", careers)])) == jobTally(2, 0, 0))
            // Two sources in one file may well mean one job.
            let other = "https://loaf.example.org/jobs/8"
            let both = jobs([line("Miller", other, source: "a"), line("Miller", other, source: "b")])
            #expect(try await importJobs(server, both)["created"] == 1)
            #expect(try await server.count("SELECT count(*) FROM jobs") == 4)
        }
    }

    @Test("A file with a mistake imports nothing and names each mistake; the input was wrong")
    func mistakes() async throws {
        try await TestAppliance.run { (server: TestAppliance) async throws in
            let failed = await failure { try await importJobs(server, jobs([job(1), "{", job(2, more: #","colour":"red""#)])) }
            #expect(failed?.exit == 2)
            #expect(failed?.message.split(separator: "\n").count == 2 && failed?.message.hasPrefix("line 2: not JSON: ") == true)
            #expect(try await server.count("SELECT count(*) FROM jobs") == 0)
            #expect(await failure { try await importJobs(server, "") } == CommandFailure("line 1: the file holds no job", exit: 2))
            #expect(
                await failure { try await importJobs(server, job(1), format: "xml") }
                    == CommandFailure("the format must be one of jsonl, csv", exit: 2))
        }
    }

    @Test("A table of comma-separated values is imported in batches, with progress")
    func batches() async throws {
        try await TestAppliance.run { (server: TestAppliance) async throws in
            var text = "title,company,description,location,external_id,technologies\n"
            for number in 0..<150 { text += "Job \(number),Loaf,\"Bread, rolls\",Ulm,\(number),oven; mixer\n" }
            let seen: Mutex<[CommandProgress]> = Mutex([])
            let request = ControlRequest(command: "import.jobs", arguments: ["format": "csv"], payload: Array(text.utf8))
            let result = try await server.appliance.core.handle(request) { progress in seen.withLock { $0.append(progress) } }
            #expect(result == jobTally(150, 0, 0))
            #expect(
                seen.withLock { $0 } == [
                    CommandProgress(step: "jobs", done: 100, total: 150), CommandProgress(step: "jobs", done: 150, total: 150),
                ])
        }
    }

    @Test("Articles are created, updated or left")
    func knowledge() async throws {
        try await TestAppliance.run { (server: TestAppliance) async throws in
            func put(_ files: [(String, String)]) async throws -> JSONValue {
                let list = files.map { JSONValue.object(JSONObject([("file", .string($0.0)), ("text", .string($0.1))])) }
                return try await server.command("import.knowledge", payload: String(decoding: JSONValue.array(list).bytes, as: UTF8.self))
            }
            #expect(try await put([("a.md", "# A\n\nText."), ("b/c.md", "# C\n\nText.")]) == tally(2, 0, 0))
            #expect(try await put([("a.md", "# A\n\nNew text."), ("b/c.md", "# C\n\nText.")]) == tally(0, 1, 1))

            let twice = await failure { try await put([("a.md", "# A\n\nText."), ("x/a.md", "# A\n\nOther.")]) }
            #expect(twice == CommandFailure("x/a.md:1: slug: \"a\" is also the slug of a.md", exit: 2))
            let bad = await failure { try await put([("d.md", "# D\n\nText."), ("e.md", "")]) }
            #expect(bad == CommandFailure("e.md:1: title: missing", exit: 2))
            #expect(try await server.count("SELECT count(*) FROM knowledge_articles") == 2)
            for payload in ["[]", "{", "{}", ""] {
                let empty = await failure { try await server.command("import.knowledge", payload: payload) }
                #expect(empty == CommandFailure("there is no Markdown file to import", exit: 2))
            }
        }
    }

    @Test("A command of another release is refused by name", arguments: ["brew", "import.tea"])
    func unknown(command: String) async throws {
        try await TestAppliance.run { (server: TestAppliance) async throws in
            #expect(
                await failure { try await server.command(command) }
                    == CommandFailure("unknown command \"\(command)\": this server is of another release", exit: 2))
        }
    }
}
