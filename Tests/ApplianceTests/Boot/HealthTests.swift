import Platform
import TestSupport
import Testing

@testable import Appliance

@Suite("Health routes", .timeLimit(.minutes(1)))
struct HealthTests {
    @Test("Anyone may ask whether the process is up, with and without the slash")
    func up() async throws {
        try await TestAppliance.run { server in
            for path in ["/health/", "/health"] {
                let answer = try await server.request("GET", path)
                #expect(answer.status == 200 && answer.text == "OK")
                #expect(answer["Content-Type"]?.hasPrefix("text/plain") == true)
            }
            for path in ["/healthz", "/healthz/"] {
                #expect(try await server.request("GET", path, token: "nonsense").text == #"{"status":"ok"}"#)
            }
            let ready = try await server.request("GET", "/readyz")
            #expect(ready.status == 200 && ready.text == #"{"status":"ready","reasons":[]}"#)
        }
    }

    @Test("A server that cannot write is up, but not ready, and says why")
    func notReady() async throws {
        try await TestAppliance.run { server in
            server.appliance.core.database.close()
            let ready = try await server.request("GET", "/readyz")
            #expect(ready.status == 503)
            #expect(ready.text == #"{"status":"unavailable","reasons":["the database does not take writes: it is closed"]}"#)
            #expect(try await server.request("GET", "/healthz").status == 200)
        }
    }

    @Test("However many ask at once, one write answers them, and a snapshot stays current")
    func probes() async throws {
        try await TestAppliance.run { server in
            let database = server.appliance.core.database
            _ = try await database.takeSnapshot()
            let probe = WriteProbe(database: database, clock: server.clock)
            let count = { try database.read { try $0.first("SELECT value FROM instance WHERE key = 'ready_probe'") { try $0.text(0) } } }
            let errors = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<50 { group.addTask { await probe.outcome() == nil } }
                return await group.reduce(into: 0) { $0 += $1 ? 0 : 1 }
            }
            #expect(errors == 0)
            let first = try count()
            _ = await probe.outcome()
            #expect(try count() == first)
            server.clock.advance(seconds: 2)
            _ = await probe.outcome()
            #expect(try count() != first)
            #expect(try await database.takeSnapshot(onlyIfChanged: true) == nil)
        }
    }

    @Test("A server that is stopping says so")
    func draining() async throws {
        try await TestAppliance.run { server in
            let routes = HealthRoutes(database: server.appliance.core.database, clock: server.clock) { true }.routes
            let route = try #require(routes.first { $0.pattern == "/readyz/" })
            let request = HTTPRequest(
                method: "GET", path: "/readyz/", rawQuery: "", headers: HTTPHeaders([]), body: [], requestID: "r",
                isSecure: false, host: "localhost", received: server.clock.now(), publicURL: nil)
            let answer = try await route.handler(request)
            #expect(answer.status == 503)
            #expect(String(decoding: answer.body, as: UTF8.self) == #"{"status":"unavailable","reasons":["the server is stopping"]}"#)
        }
    }

    @Test(
        "Each trouble of the database has its words",
        arguments: [
            (StorageError.diskFull, "the disk is full"), (.readOnly, "the file system is read-only"),
            (.queueFull, "too many writes are waiting"), (.closed, "it is closed"),
            (.io(message: "x"), "reading or writing the file failed"), (.busy, "see the log"),
        ])
    func words(error: StorageError, expected: String) {
        #expect(HealthRoutes.word(for: error) == expected)
    }
}
