import Platform
import TestSupport
import Testing

@testable import Appliance

@Suite("embed", .timeLimit(.minutes(1)))
struct EmbedCommandTests {
    private static func line(_ texts: String) throws -> CommandLine {
        let line = try CommandLine()
        _ = try TinyModelFiles.install(in: line.path("data"))
        try line.directory.write(texts, to: "in.jsonl")
        return line
    }

    private static func embed(_ line: CommandLine) async throws -> Int32 {
        try await line.run("embed", "--input", line.path("in.jsonl"), "--output", line.path("out.jsonl"))
    }

    private static func answers(_ line: CommandLine) throws -> [JSONValue] {
        let bytes = try #require(FileSystem.read(line.path("out.jsonl"), limit: 8 << 20))
        return try bytes.split(separator: 10).map { try JSONValue.parse(Array($0)) }
    }

    @Test("Each text has its vector, the same whatever stands beside it")
    func vectors() async throws {
        let texts = ["swift engineer", "", "job", "swift engineer", "日 é"]
        let lines = texts.map { JSONValue.object(JSONObject([("text", .string($0)), ("id", 7)])).jsonText }
        let line = try Self.line(lines.joined(separator: "\n") + "\n\n")
        #expect(try await Self.embed(line) == 0)
        let answers = try Self.answers(line)
        #expect(answers.map { $0["tokens"] } == [4, 2, 3, 4, 4])
        #expect(answers[0] == answers[3])
        for answer in answers {
            let vector = try #require(answer["vector"]?.array).compactMap(\.double)
            #expect(vector.count == TinyModel.width && abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
        }
        #expect(try await line.run("embed", "--input", line.path("in.jsonl"), "--output", line.path("again.jsonl"), "--json") == 0)
        #expect(FileSystem.read(line.path("again.jsonl"), limit: 8 << 20) == FileSystem.read(line.path("out.jsonl"), limit: 8 << 20))
    }

    @Test("More texts than are encoded together come out in their order, beside a running server too")
    func many() async throws {
        let texts = (0..<150).map { #"{"text":"\#(String(repeating: "job ", count: $0 % 30))"}"# }
        let line = try Self.line(texts.joined(separator: "\n"))
        try await line.with(server: true) { () async throws in #expect(try await Self.embed(line) == 0) }
        #expect(try Self.answers(line).map { $0["tokens"]?.int } == (0..<150).map { 2 + $0 % 30 })
    }

    @Test(
        "A line that is wrong ends it with its number, and the file does not appear",
        arguments: ["not json", "{}", #"{"text":1}"#, #"["text"]"#, #"{"text":"\ud800"}"#])
    func wrongLine(wrong: String) async throws {
        let line = try Self.line("{\"text\":\"job\"}\n\n\(wrong)\n{\"text\":\"job\"}\n")
        #expect(try await Self.embed(line) == 2)
        #expect(!FileSystem.exists(line.path("out.jsonl")) && !FileSystem.exists(line.path("out.jsonl.partial")))
    }

    @Test("Without a model, or with a damaged one, it says so")
    func noModel() async throws {
        let line = try Self.line("{\"text\":\"job\"}\n")
        try FileSystem.write(Array("x".utf8), to: line.path("data/models/\(KnownModel.name)/vocab.txt"))
        #expect(try await Self.embed(line) == 1)
        #expect(try await line.run("model", "remove", KnownModel.name) == 0)
        #expect(try await Self.embed(line) == 1)
        #expect(try await line.run("embed", "--input", line.path("missing.jsonl")) == 1)
        _ = try TinyModelFiles.install(in: line.path("data"))
        #expect(try await line.run("embed", "--input", line.path("missing.jsonl")) == 2)
        #expect(try await line.run("embed", "--input", line.path("in.jsonl"), "--output", line.path("missing/out.jsonl")) == 1)
    }

    @Test("Lines are found wherever the pieces of the file end; the last may lack its end; an endless one is refused")
    func lines() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/in"
        let texts = (0..<50).map { String(repeating: "x", count: $0 * 997) }
        try FileSystem.write(Array(texts.joined(separator: "\n").utf8), to: path)
        var lines = try InputLines(path)
        var found: [Int] = []
        while let line = try lines.next() { found.append(line.count) }
        // The first is empty, and left out; its number is not.
        #expect(found == texts.dropFirst().map(\.count) && lines.number == 50)
        try FileSystem.write([UInt8](repeating: 120, count: InputLines.longest + 200_000), to: path)
        var endless = try InputLines(path)
        var failure: CommandFailure?
        do throws(CommandFailure) { _ = try endless.next() } catch { failure = error }
        #expect(failure == CommandFailure("\(path):1: the line has more than 4 MiB", exit: 2))
    }
}
