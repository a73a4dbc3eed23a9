import Platform
import TestSupport
import Testing

@testable import Appliance

@Suite("index", .timeLimit(.minutes(1)))
struct IndexCommandTests {
    private static func line() async throws -> CommandLine {
        let line = try CommandLine()
        try line.directory.write(#"{"title":"Baker","company":"Loaf","description":"Kneads dough.","location":"Ulm"}"#, to: "in.jsonl")
        #expect(try await line.run("import", "jobs", line.path("in.jsonl")) == 0)
        return line
    }

    @Test("Status, rebuild, verify and search work with and without a running server", arguments: [true, false])
    func commands(isRunning: Bool) async throws {
        let line = try await Self.line()
        try await line.with(server: isRunning) { () async throws in
            for words in [
                ["status"], ["status", "--json"], ["rebuild"], ["rebuild", "--vectors", "--json"], ["verify"], ["verify", "--json"],
            ] {
                #expect(try await line.run(all: ["index"] + words) == 0, "\(words)")
            }
            #expect(try await line.run("index", "search", "dough", "--json") == 0)
            #expect(try await line.run("index", "search", "dough", "--mode", "text", "--limit", "1") == 0)
            #expect(try await line.run("index", "search", "dough", "--mode", "semantic") == 1)
            #expect(try await line.run("index", "search", "dough", "--mode", "telepathy") == 2)
            #expect(try await line.run("index", "search", "dough", "--limit", "0") == 2)
        }
    }

    @Test("What is not in order makes verify fail, and a rebuild mends it")
    func broken() async throws {
        let line = try await Self.line()
        try await line.with(server: false) { () async throws in
            let core = try Core(
                configuration: try Configuration.load(path: line.path("config.toml"), environment: [:]).values, clock: SystemClock(),
                random: SystemRandom(), log: Log(level: .error), hashing: .test)
            _ = try await core.database.write { try $0.execute("UPDATE passages SET end_byte = 1") }
            core.close()
        }
        #expect(try await line.run("index", "verify") == 1)
        #expect(try await line.run("index", "rebuild") == 0)
        #expect(try await line.run("index", "verify") == 0)
    }

    @Test("A status, a verdict and a passage read as lines for people")
    func words() {
        let status: JSONValue = [
            "documents": 2, "passages": 5, "waiting": 1, "refused": 0, "documents_due": 0, "serving_model": ["name": "old"],
            "wanted_model": ["name": "new"], "vectors": [["model": "new", "count": 4], ["model": "old", "count": 5]],
            "memory": ["vectors": 5, "bytes": 640], "notice": .null,
        ]
        #expect(
            IndexCommand.text(of: status) == """
                2 documents in 5 passages
                4 vectors of new, being made
                5 vectors of old, searched
                1 passages wait for a vector, 0 were refused one
                5 vectors in memory, 640 bytes
                """)
        #expect(IndexCommand.text(of: ["notice": "no model"]) == "0 documents in 0 passages\nsearch is by words: no model")
        #expect(
            IndexCommand.verdict(of: ["documents": 2, "passages": 5, "vectors": 5, "in_memory": 5, "problem_count": 0])
                == "2 documents, 5 passages, 5 vectors, 5 of them in memory: all in order")
        #expect(IndexCommand.verdict(of: ["problem_count": 1]) == "0 documents, 0 passages, 0 vectors: 1 problem")
        let found: JSONValue = [
            "source_type": "job_listing", "source_id": "x", "title": "A\u{1B}b", "start": 3, "end": 9, "score": 0.5, "is_answer": true,
        ]
        #expect(IndexCommand.line(found) == "+ 0.5 job_listing x 3-9 A?b")
    }
}
