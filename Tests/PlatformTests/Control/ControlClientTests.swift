import Testing

@testable import Platform

/// What the command line makes of a server that behaves oddly.
@Suite struct ControlClientTests {
    private let temporary: TemporaryDirectory
    private var path: String { temporary("control.sock") }

    init() throws { temporary = try TemporaryDirectory() }

    /// The outcome of a call whose server answers with these lines and hangs up.
    private func call(answeredBy lines: String) async throws -> (JSONValue, [CommandProgress]) {
        let server = try OddServer(path) { stream in
            _ = stream.line(limit: 1000)
            _ = stream.write(Array(lines.utf8))
        }
        defer { withExtendedLifetime(server) {} }
        let path = self.path
        return try await offPool {
            var progress: [CommandProgress] = []
            let result = try ControlClient.call(path, ControlRequest(command: "any")) { progress.append($0) }
            return (result, progress)
        }
    }

    private static let ended = CommandFailure("the server ended before the command did; look at its log")

    @Test(
        "A server that ends before its last line has ended before the command did",
        arguments: ["", "nonsense\n", #"{"progress":{"step":"a","done":1,"total":2}}"# + "\n", #"{"result":1"#, "{}\n"])
    func ends(lines: String) async throws {
        await #expect(throws: Self.ended) { try await call(answeredBy: lines) }
    }

    @Test("Progress that is not understood is passed over")
    func oddProgress() async throws {
        let lines = #"{"progress":{"step":"a"}}"# + "\n" + #"{"progress":{"step":"b","done":1,"total":2}}"# + "\n" + #"{"result":7}"# + "\n"
        let (result, progress) = try await call(answeredBy: lines)
        #expect(result == .number("7"))
        #expect(progress == [CommandProgress(step: "b", done: 1, total: 2)])
    }

    @Test("An error without words or status still is one")
    func bareError() async throws {
        await #expect(throws: CommandFailure("unknown error", exit: 1)) { try await call(answeredBy: #"{"error":{}}"# + "\n") }
    }

    @Test("A server that hangs up while the payload is sent is reported")
    func hangsUp() async throws {
        let server = try OddServer(path) { _ in }
        let path = self.path
        let failure = await #expect(throws: CommandFailure.self) {
            try await offPool {
                try ControlClient.call(path, ControlRequest(command: "import", payload: [UInt8](repeating: 0, count: 16 << 20))) { _ in }
            }
        }
        #expect(failure?.message.hasPrefix("the server closed the connection: ") == true)
        withExtendedLifetime(server) {}
    }

    @Test("A path that no socket can have is not reached")
    func tooLong() {
        let long = temporary(String(repeating: "x", count: 100))
        let failure = #expect(throws: CommandFailure.self) { try ControlClient.call(long, ControlRequest(command: "any")) { _ in } }
        #expect(failure?.message.hasPrefix("the data directory is in use, and its server cannot be reached at \(long): ") == true)
        #expect(failure?.exit == 1)
    }
}
