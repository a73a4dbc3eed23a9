import Glibc
import Testing

@testable import Platform

/// The life of the control socket: bound, guarded, stopped.
@Suite struct ControlServerTests {
    private let temporary: TemporaryDirectory
    private var path: String { temporary("control.sock") }

    init() throws { temporary = try TemporaryDirectory() }

    private func call(_ command: String) async throws -> JSONValue {
        let path = self.path
        return try await offPool { try ControlClient.call(path, ControlRequest(command: command)) { _ in } }
    }

    @Test("The socket is for its owner alone, replaces a stale one, and goes when the server stops")
    func lifetime() async throws {
        try writeFile(path, [])
        let server = try ControlServer(path: path) { _, _ in .bool(true) }
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & S_IFMT == S_IFSOCK)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(try await call("any") == .bool(true))
        try await offPool { server.stop() }
        try await offPool { server.stop() }
        #expect(!FileSystem.exists(path))
        let failure = await #expect(throws: CommandFailure.self) { try await call("any") }
        #expect(
            failure?.message
                == "the data directory is in use, and its server cannot be reached at \(path): No such file or directory")
    }

    @Test("Stopping lets the command that runs finish and answer")
    func stopWhileRunning() async throws {
        let (entered, entry) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let server = try ControlServer(path: path) { _, _ in
            entry.finish()
            for await _ in released {}
            return .string("finished")
        }
        let running = Task { try await call("long") }
        for await _ in entered {}
        let stopping = Task { try await offPool { server.stop() } }
        release.finish()
        #expect(try await running.value == .string("finished"))
        try await stopping.value
    }

    @Test("Stopping does not wait for a client that says nothing")
    func stopWhileSilent() async throws {
        let server = try ControlServer(path: path) { _, _ in .null }
        let silent = try connectedSocket(path)
        defer { close(silent) }
        #expect(write(silent, "{", 1) == 1)
        // Once the byte has been read the server is inside this client's request.
        #expect(await eventually { unreadBytes(silent) == 0 })
        // Measured where it happens: the way back to this test may be a long one on a busy machine.
        let taken = try await offPool {
            let start = ContinuousClock.now
            server.stop()
            return ContinuousClock.now - start
        }
        #expect(taken < .seconds(5))
    }

    @Test("A path that the system cannot bind is refused with the reason")
    func unbindable() {
        let long = temporary(String(repeating: "x", count: 100))
        #expect(throws: StorageError.io(message: "\(long): the path is longer than 107 bytes")) {
            try ControlServer(path: long) { _, _ in .null }
        }
        let nowhere = temporary("none/control.sock")
        #expect(throws: StorageError.io(message: "\(nowhere): No such file or directory")) {
            try ControlServer(path: nowhere) { _, _ in .null }
        }
    }

    @Test("Another user is refused, even one who can reach the socket", .enabled(if: geteuid() == 0, "becoming another user needs root"))
    func otherUser() async throws {
        let server = try ControlServer(path: path) { _, _ in .null }
        let path = self.path
        #expect(chmod(temporary.path, 0o711) == 0)
        #expect(chmod(path, 0o666) == 0)
        let lines = try await offPool {
            try becomeNobody()
            let stream = SocketStream(try connectedSocket(path))
            return stream.line(limit: 1000).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(lines == #"{"error":{"message":"this socket is for the server's own user","exit":1}}"#)
        try await offPool { server.stop() }
    }
}

/// Makes the calling thread, and only it, another user's: the system call itself knows threads alone,
/// where the C library's function would change the whole process.
private func becomeNobody() throws {
    #if arch(x86_64)
        let setresuid = 117
    #else
        let setresuid = 147
    #endif
    typealias SystemCall = @convention(c) (Int, Int, Int, Int) -> Int
    guard let symbol = dlsym(dlopen(nil, RTLD_NOW), "syscall") else { throw TestFailure("no syscall") }
    guard unsafeBitCast(symbol, to: SystemCall.self)(setresuid, -1, 65534, -1) == 0 else { throw TestFailure("setresuid") }
}
