import Glibc
import Testing

@testable import Platform

/// The running server and the command line at the two ends of a real socket.
@Suite struct ControlTests {
    private let temporary: TemporaryDirectory
    private var path: String { temporary("control.sock") }

    init() throws { temporary = try TemporaryDirectory() }

    /// Calls the server off the pool; the client blocks.
    private func call(_ request: ControlRequest) async throws -> JSONValue { try await callNoting(request).result }

    private func callNoting(_ request: ControlRequest) async throws -> (result: JSONValue, progress: [CommandProgress]) {
        let path = self.path
        return try await offPool {
            var progress: [CommandProgress] = []
            let result = try ControlClient.call(path, request) { progress.append($0) }
            return (result, progress)
        }
    }

    private func withServer(_ handler: @escaping CommandHandler, _ body: (ControlServer) async throws -> Void) async throws {
        let server = try ControlServer(path: path, handler: handler)
        do { try await body(server) } catch {
            try await offPool { server.stop() }
            throw error
        }
        try await offPool { server.stop() }
    }

    @Test("A command arrives with its arguments and payload, and its result comes back")
    func result() async throws {
        try await withServer { request, _ in
            .object(
                JSONObject([
                    ("command", .string(request.command)), ("arguments", request.arguments),
                    ("payload", .string(String(decoding: request.payload, as: UTF8.self))),
                ]))
        } _: { _ in
            let arguments = JSONValue.object(JSONObject([("email", .string("a\nb"))]))
            let result = try await call(ControlRequest(command: "user add", arguments: arguments, payload: Array("secret\n".utf8)))
            #expect(result["command"] == .string("user add"))
            #expect(result["arguments"] == arguments)
            #expect(result["payload"] == .string("secret\n"))
            let plain = try await call(ControlRequest(command: "status"))
            #expect(plain["arguments"] == .object(JSONObject([])))
            #expect(plain["payload"] == .string(""))
        }
    }

    @Test("A payload and a result of megabytes pass whole")
    func large() async throws {
        try await withServer { request, _ in
            .string(String(repeating: "x", count: 3_000_000) + "\(request.payload.reduce(0) { $0 &+ Int($1) })")
        } _: { _ in
            let result = try await call(ControlRequest(command: "import", payload: [UInt8](repeating: 2, count: 5_000_000)))
            #expect(result.string?.count == 3_000_008)
            #expect(result.string?.hasSuffix("x10000000") == true)
        }
    }

    @Test("Progress is told in order, before the result")
    func progress() async throws {
        let steps = (1...50).map { CommandProgress(step: "rows", done: $0, total: 50) }
        try await withServer { _, tell in
            for step in steps { tell(step) }
            return .null
        } _: { _ in
            let (result, progress) = try await callNoting(ControlRequest(command: "import"))
            #expect(result == .null)
            #expect(progress == steps)
        }
    }

    @Test("A failure comes back with its words and exit status; another error with its description")
    func failure() async throws {
        try await withServer { request, _ in
            if request.command == "known" { throw CommandFailure("no such account", exit: 2) }
            throw StorageError.diskFull
        } _: { _ in
            await #expect(throws: CommandFailure("no such account", exit: 2)) { try await call(ControlRequest(command: "known")) }
            await #expect(throws: CommandFailure("diskFull", exit: 1)) { try await call(ControlRequest(command: "other")) }
        }
    }

    @Test(
        "A request that is not understood is answered so",
        arguments: [
            "nonsense\n", "\n", "[1]\n", #"{"command":1,"payload_bytes":0}"# + "\n", #"{"command":"a"}"# + "\n",
            #"{"command":"a","payload_bytes":-1}"# + "\n", #"{"command":"a","payload_bytes":268435457}"# + "\n",
            #"{"command":"a","payload_bytes":10}"# + "\nabc", #"{"command":"a","payload_bytes":0}"#,
            #"{"command":""# + String(repeating: "a", count: 200_000),
        ])
    func notUnderstood(request: String) async throws {
        try await withServer { _, _ in
            .string("ran")
        } _: { _ in
            let path = self.path
            let lines = try await offPool { try exchange(path, Array(request.utf8)) }
            #expect(lines == [#"{"error":{"message":"the request is not understood","exit":2}}"#])
        }
    }

    @Test("A request without arguments has none, and bytes beyond its payload are not part of it")
    func lenient() async throws {
        try await withServer { request, _ in
            .array([request.arguments, .string(String(decoding: request.payload, as: UTF8.self))])
        } _: { _ in
            let path = self.path
            let request = Array((#"{"command":"a","payload_bytes":3}"# + "\nabcdef").utf8)
            let lines = try await offPool { try exchange(path, request) }
            #expect(lines == [#"{"result":[null,"abc"]}"#])
        }
    }

    @Test("A client that goes away does not stop its command, nor the server")
    func clientGone() async throws {
        let ran = Shared(0)
        let (entered, entry) = AsyncStream.makeStream(of: Void.self)
        let (left, leaving) = AsyncStream.makeStream(of: Void.self)
        try await withServer { request, tell in
            if request.command == "long" {
                entry.finish()
                for await _ in left {}
                for done in 0..<1000 { tell(CommandProgress(step: "rows", done: done, total: 1000)) }
            }
            ran.update { $0 += 1 }
            return .null
        } _: { _ in
            var peer: SocketStream? = SocketStream(try connectedSocket(path))
            #expect(peer?.write(Array((#"{"command":"long","payload_bytes":0}"# + "\n").utf8)) == true)
            for await _ in entered {}
            peer = nil
            leaving.finish()
            _ = try await call(ControlRequest(command: "next"))
            #expect(ran.value == 2)
        }
    }
}
