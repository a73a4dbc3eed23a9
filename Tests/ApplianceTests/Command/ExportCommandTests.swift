import Glibc
import Platform
import TestSupport
import Testing

@testable import Appliance

@Suite("export", .timeLimit(.minutes(1)))
struct ExportCommandTests {
    private static func line() async throws -> CommandLine {
        let line = try CommandLine()
        try line.directory.write(
            (0..<3).map { #"{"title":"Job \#($0)","company":"Loaf","description":"Bakes.","location":"Ulm","external_id":"\#($0)"}"# }
                .joined(separator: "\n"), to: "in.jsonl")
        #expect(try await line.run("import", "jobs", line.path("in.jsonl")) == 0)
        return line
    }

    private static func text(_ line: CommandLine, _ name: String) throws -> String {
        String(decoding: try #require(FileSystem.read(line.path(name), limit: 1 << 20)), as: UTF8.self)
    }

    @Test("Jobs go to a file, with and without a running server, and can be imported again", arguments: [true, false])
    func jobs(isRunning: Bool) async throws {
        let line = try await Self.line()
        try await line.with(server: isRunning) { () async throws in
            #expect(try await line.run("export", "jobs", "--output", line.path("out.jsonl")) == 0)
            #expect(try await line.run("export", "jobs", "--format", "csv", "--output", line.path("out.csv"), "--json") == 0)
        }
        let lines = try Self.text(line, "out.jsonl").split(separator: "\n")
        #expect(try lines.map { try JSONValue.parse(Array($0.utf8))["title"]?.string } == ["Job 0", "Job 1", "Job 2"])
        #expect(try Self.text(line, "out.csv").hasPrefix("id,title,company,"))
        var status = stat()
        #expect(stat(line.path("out.jsonl"), &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(!FileSystem.exists(line.path("out.jsonl.partial")))
        for name in ["out.jsonl", "out.csv"] { #expect(try await line.run("import", "jobs", line.path(name)) == 0) }
        #expect(try await line.count("SELECT count(*) FROM jobs") == 3)
        #expect(try await line.count("SELECT count(*) FROM jobs WHERE updated_at <> created_at") == 0)
    }

    @Test("A file is replaced by a finished export only; what cannot be exported or written says so")
    func failures() async throws {
        let line = try await Self.line()
        try line.directory.write("old", to: "out.jsonl")
        #expect(try await line.run("export", "tea", "--output", line.path("out.jsonl")) == 2)
        #expect(try await line.run("export", "jobs", "--format", "xml", "--output", line.path("out.jsonl")) == 2)
        #expect(try Self.text(line, "out.jsonl") == "old" && !FileSystem.exists(line.path("out.jsonl.partial")))
        #expect(try await line.run("export", "jobs", "--output", line.path("missing/out.jsonl")) == 1)
        #expect(try await line.run("export", "jobs", "--output", line.path("out.jsonl")) == 0)
        #expect(try Self.text(line, "out.jsonl") != "old")
    }

    @Test("Over the control socket an export comes piece by piece, each from where the last one ended")
    func pieces() async throws {
        try await TestAppliance.run { server in
            let text = String(repeating: "a", count: ExportPiece.fullAt / 2)
            for number in 0..<5 {
                let job = JobFixture.job("Job \(number)") { $0.description = text }
                _ = try await server.database.write { try JobStore.create(job, in: $0) }
            }
            var after: Int? = 0
            var pieces: [JSONValue] = []
            while let start = after {
                let piece = try await server.command("export", [("what", "jobs"), ("format", "jsonl"), ("after", .integer(start))])
                #expect(piece["total"] == 5)
                pieces.append(piece)
                after = piece["next"]?.int
            }
            #expect(pieces.map { $0["count"] } == [2, 2, 1])
            let lines = pieces.flatMap { $0["text"]?.string?.split(separator: "\n") ?? [] }
            #expect(lines.count == 5)
        }
    }
}
