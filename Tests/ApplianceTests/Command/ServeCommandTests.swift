import Glibc
import Platform
import TestSupport
import Testing

@testable import Appliance

/// `jobraker serve` in this process, with real signals. One at a time: a signal goes to the whole process.
@Suite("serve", .serialized, .timeLimit(.minutes(1)))
struct ServeCommandTests {
    private func configuration(port: Int, data: String, origin: String = "https://a.example.org", more: String = "") -> String {
        """
        [server]
        listen = ["127.0.0.1:\(port)"]
        allowed_origins = ["\(origin)"]
        \(more)
        [storage]
        directory = "\(data)"
        """
    }

    /// Puts a configuration in place at once: the server must not read half of one.
    private func replace(_ line: CommandLine, _ text: String) throws {
        try line.directory.write(text, to: "new.toml")
        try FileSystem.replace(line.path("config.toml"), with: line.path("new.toml"))
    }

    /// Whether a page of that origin may call the server.
    private func allows(_ origin: String, port: Int) async throws -> Bool {
        let answer = try await TestClient(port: port).request("GET", "/healthz", headers: [("Origin", origin)])
        return answer["Access-Control-Allow-Origin"] == origin
    }

    @Test("It serves until a signal says stop, and reads its configuration again when one says so")
    func serve() async throws {
        let line = try CommandLine()
        // Below those that the system gives out, so that no other test gets it.
        let (port, data) = (20_000 + Int(getpid()) % 10_000, line.path("data"))
        try line.directory.write(configuration(port: port, data: data), to: "config.toml")
        async let status = line.run("serve")
        // Signals are caught before anything starts, and the socket is among the last things to be there.
        try #require(try await eventually { FileSystem.exists(data + "/control.sock") })
        #expect(try await allows("https://a.example.org", port: port))

        // Unchanged; then with a mistake; both leave everything as it is.
        kill(getpid(), SIGHUP)
        try replace(line, "[server]\nlistn = 1\n")
        kill(getpid(), SIGHUP)
        #expect(try await allows("https://a.example.org", port: port))

        try replace(line, configuration(port: port, data: data, origin: "https://b.example.org", more: "max_connections = 100"))
        // A signal that comes while one is handled is not counted: so again until it has worked.
        #expect(
            try await eventually {
                kill(getpid(), SIGHUP)
                return try await allows("https://b.example.org", port: port)
            })
        #expect(try await allows("https://a.example.org", port: port) == false)
        kill(getpid(), SIGTERM)
        #expect(try await status == 0)
        #expect(!FileSystem.exists(data + "/control.sock"))
    }

    @Test("A renewed certificate is served after SIGHUP")
    func renewal() async throws {
        let line = try CommandLine()
        let (port, data) = (30_000 + Int(getpid()) % 2_000, line.path("data"))
        try TestCertificate().write(to: line.directory.path)
        let tls = """
            [tls]
            listen = ["127.0.0.1:\(port)"]
            certificate = "\(line.path("server.pem"))"
            key = "\(line.path("server.key"))"
            """
        try line.directory.write(configuration(port: 0, data: data) + "\n" + tls, to: "config.toml")
        async let status = line.run("serve")
        try #require(try await eventually { FileSystem.exists(data + "/control.sock") })
        let renewed = try TestCertificate()
        try renewed.write(to: line.directory.path)
        #expect(
            try await eventually {
                kill(getpid(), SIGHUP)
                return try await TestClient.secure(port: port).session?.certificate == renewed.der
            })
        kill(getpid(), SIGTERM)
        #expect(try await status == 0)
    }

    @Test("A certificate that cannot be served is exit status 2, as every mistake in the configuration is")
    func certificate() async throws {
        let line = try CommandLine(settings: "[tls]\nlisten = [\"127.0.0.1:0\"]\ncertificate = \"/nonexistent\"\nkey = \"/nonexistent\"")
        #expect(try await line.run("serve") == 2)
        #expect(try await line.run("config", "check") == 2)
        #expect(!FileSystem.exists(line.path("data")))
    }

    @Test("What keeps it from starting is exit status 1")
    func cannotStart() async throws {
        let line = try CommandLine()
        let held = try DataDirectory(locking: line.path("data"))
        #expect(try await line.run("serve") == 1)
        withExtendedLifetime(held) {}
    }
}
