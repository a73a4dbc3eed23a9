import Glibc
import Platform
import TestSupport
import Testing

@testable import Appliance

/// What keeps an appliance from starting, and what it finds when it does.
@Suite("Start", .timeLimit(.minutes(1)))
struct StartTests {
    private func failure(settings: String = "", in directory: TemporaryDirectory) async -> (any Error)? {
        do {
            let started = try await TestAppliance.start(settings: settings, in: directory)
            await started.appliance.stop()
            return nil
        } catch {
            return error
        }
    }

    private func copy(_ source: String, to target: String) throws { try FileSystem.copy(source, to: target) }

    @Test("A data directory that another one holds is refused, and the other goes on")
    func inUse() async throws {
        try await TestAppliance.run { (server: TestAppliance) async throws in
            let error = await failure(in: server.directory)
            #expect(error as? DataDirectory.Failure == .inUse(path: server.directory.path + "/data"))
            #expect(try await server.request("GET", "/readyz").status == 200)
        }
    }

    @Test("A data directory that cannot be made is refused")
    func unusable() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("a file", to: "data")
        let error = try #require(await failure(in: directory))
        #expect(StartFailure.text(for: error).hasPrefix("\(directory.path)/data"))
    }

    @Test("A file that is no database is refused and left alone")
    func foreign() async throws {
        let directory = try TemporaryDirectory()
        #expect(FileSystem.makeDirectories(directory.path + "/data", mode: 0o700))
        let text = String(repeating: "not a database ", count: 100)
        try directory.write(text, to: "data/jobraker.db")
        let error = await failure(in: directory)
        #expect(error as? FileCheck.Failure == .notADatabase(path: directory.path + "/data/jobraker.db"))
        #expect(FileSystem.read(directory.path + "/data/jobraker.db", limit: 1 << 20) == Array(text.utf8))
    }

    @Test("A copied file that is damaged is refused")
    func damaged() async throws {
        let (directory, other) = (try TemporaryDirectory(), try TemporaryDirectory())
        try await TestAppliance.run(in: directory) { (server: TestAppliance) async throws in
            try await server.importArticles((0..<200).map { (title: "Article \($0)", body: String(repeating: "word ", count: 300)) })
        }
        var bytes = try #require(FileSystem.read(directory.path + "/data/jobraker.db", limit: 64 << 20))
        for place in stride(from: bytes.count / 8192 * 4096, to: bytes.count, by: 4096) {
            for index in place..<(place + 64) { bytes[index] = 0xFF }
        }
        #expect(FileSystem.makeDirectories(other.path + "/data", mode: 0o700))
        let file = try #require(fopen(other.path + "/data/jobraker.db", "w"))
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
        fclose(file)
        let error = try #require(await failure(in: other))
        #expect(StartFailure.text(for: error).hasPrefix("\(other.path)/data/jobraker.db: the file is damaged: "))
    }

    @Test("A port that is taken stops the start, closes the ports before it and gives the lock back")
    func portInUse() async throws {
        let (socket, taken) = listenOnLoopback()
        defer { close(socket) }
        let directory = try TemporaryDirectory()
        try await StubProvider.with(.status(500)) { _, url in
            let settings = """
                [server]
                listen = ["127.0.0.1:0", "127.0.0.1:\(taken)"]
                [embeddings]
                provider = "openai"
                base_url = "\(url)"
                model = "m"
                """
            #expect(await failure(settings: settings, in: directory) != nil)
            try await TestAppliance.rerun(in: directory) { (server: TestAppliance) async throws in
                #expect(try await server.request("GET", "/readyz").status == 200)
            }
        }
    }

    @Test("A data directory whose path is too long for a socket stops the start")
    func longPath() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/" + String(repeating: "d", count: 100)
        let error = try #require(await failure(settings: "[storage]\ndirectory = \"\(path)\"", in: directory))
        #expect(StartFailure.text(for: error) == "\(path)/control.sock: the path is longer than 107 bytes")
    }

    @Test("A snapshot put in place is opened without the log that lay beside the old file, and the log says so")
    func restoredSnapshot() async throws {
        let directory = try TemporaryDirectory()
        let data = directory.path + "/data"
        try await TestAppliance.run(in: directory) { (server: TestAppliance) async throws in
            _ = try await server.register()
            let snapshot = try await server.command("snapshot")
            #expect(snapshot["path"]?.string == data + "/backup/jobraker.db")
            #expect(snapshot["bytes"]?.int ?? 0 > 0 && snapshot["sequence"]?.int ?? 0 > 0)
            _ = try await server.register("eve@example.org")
        }
        try copy(data + "/backup/jobraker.db", to: data + "/jobraker.db")
        try directory.write("of the old file", to: "data/jobraker.db-wal")
        try await TestAppliance.rerun(in: directory) { (server: TestAppliance) async throws in
            #expect(try await server.count("SELECT count(*) FROM accounts") == 1)
            #expect(server.logged.text.contains("a file of the old one lay beside it and was moved aside"))
            #expect(server.logged.text.contains("\(data)/jobraker.db-wal.aside-"))
        }
    }

    @Test("A copy of a live file is checked, and the log names its last commit")
    func copiedFile() async throws {
        let (directory, other) = (try TemporaryDirectory(), try TemporaryDirectory())
        try await TestAppliance.run(in: directory) { (server: TestAppliance) async throws in _ = try await server.register() }
        #expect(FileSystem.makeDirectories(other.path + "/data", mode: 0o700))
        try copy(directory.path + "/data/jobraker.db", to: other.path + "/data/jobraker.db")
        try await TestAppliance.run(in: other) { (server: TestAppliance) async throws in
            #expect(try await server.count("SELECT count(*) FROM accounts") == 1)
            #expect(server.logged.text.contains("The database file was copied here."))
            #expect(server.logged.text.contains("last_commit"))
        }
        try await TestAppliance.rerun(in: other) { (server: TestAppliance) async throws in
            #expect(!server.logged.text.contains("copied here"))
        }
    }

    @Test("Several addresses are listened on at once")
    func ports() async throws {
        try await TestAppliance.run(settings: "[server]\nlisten = [\"127.0.0.1:0\", \"0.0.0.0:0\"]\n[backup]\ninterval_minutes = 0") {
            (server: TestAppliance) async throws in
            #expect(Set(server.appliance.ports).count == 2)
            for port in server.appliance.ports {
                #expect(try await TestClient(port: port).request("GET", "/health").text == "OK")
            }
            #expect(server.appliance.routes.contains { $0.pattern == "/api/v1/chat/send/" })
        }
    }
}
