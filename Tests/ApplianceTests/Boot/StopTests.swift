import Platform
import TestSupport
import Testing

@testable import Appliance

@Suite("Stop", .timeLimit(.minutes(1)))
struct StopTests {
    /// True once nothing listens on the port any more.
    private func isClosed(_ port: Int) async throws -> Bool {
        try await eventually {
            do {
                _ = try TestClient(port: port)
                return false
            } catch TestClientError.connect {
                return true
            }
        }
    }

    @Test("A request under way is answered before the server goes, and its answer is kept")
    func drain() async throws {
        let (gate, directory) = (Gate(), try TemporaryDirectory())
        try await StubProvider.with(.held(gate, "Just in time.")) { provider, url in
            let server = try await TestAppliance.start(settings: ProviderScenarios.settings(url), in: directory)
            let user = try await server.register()
            let asked = Task { try await user.post("/api/v1/chat/send/", #"{"content":"Hello"}"#) }
            await provider.asked.wait()
            async let stopped: Void = server.appliance.stop()
            #expect(try await isClosed(server.port))
            gate.open()
            let answer = try await asked.value
            #expect(answer.status == 200 && answer.json["assistant_message"]?["content"] == "Just in time.")
            await stopped
            // One file is left, and no log beside it.
            #expect(FileSystem.exists(directory.path + "/data/jobraker.db"))
            #expect(!FileSystem.exists(directory.path + "/data/jobraker.db-wal"))
            #expect(!FileSystem.exists(directory.path + "/data/control.sock"))
        }
        try await TestAppliance.rerun(in: directory) { (server: TestAppliance) async throws in
            #expect(try await server.count("SELECT count(*) FROM chat_messages") == 2)
        }
    }

    @Test("A request that takes longer than the drain is cut off, and the question stays")
    func cut() async throws {
        let directory = try TemporaryDirectory()
        try await StubProvider.with(.hangBeforeHeaders) { provider, url in
            let settings = ProviderScenarios.settings(url) + "\n[server]\nlisten = [\"127.0.0.1:0\"]\ndrain_seconds = 0"
            let server = try await TestAppliance.start(settings: settings, in: directory)
            let user = try await server.register()
            let asked = Task { try await user.post("/api/v1/chat/send/", #"{"content":"Hello"}"#) }
            await provider.asked.wait()
            await server.appliance.stop()
            do {
                let answer = try await asked.value
                Issue.record("answered with \(answer.status)")
            } catch {
                #expect(error is TestClientError)
            }
        }
        try await TestAppliance.rerun(in: directory) { (server: TestAppliance) async throws in
            #expect(try await server.count("SELECT count(*) FROM chat_messages") == 1)
        }
    }
}
