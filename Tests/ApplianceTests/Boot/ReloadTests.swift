import Platform
import TestSupport
import Testing

@testable import Appliance

@Suite("Reload", .timeLimit(.minutes(1)))
struct ReloadTests {
    @Test("What can change while the server runs changes, and what needs a restart is named and kept")
    func changes() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let loaded = try TestAppliance.configuration(
                """
                [server]
                listen = ["0.0.0.0:1"]
                allowed_origins = ["https://app.example.org"]
                public_url = "https://jobs.example.com"
                [log]
                level = "error"
                format = "json"
                [backup]
                interval_minutes = 7
                """, in: server.directory)
            let preflight = [("Origin", "https://app.example.org"), ("Access-Control-Request-Method", "POST")]
            let before = try await server.request("OPTIONS", "/api/v1/chat/", headers: preflight)
            #expect(before["Access-Control-Allow-Origin"] == nil)

            let (changed, needRestart) = server.appliance.reload(loaded)
            #expect(changed == ["server.public_url", "server.allowed_origins", "log.level", "log.format"])
            #expect(needRestart == ["server.listen", "backup.interval_minutes"])

            let after = try await server.request("OPTIONS", "/api/v1/chat/", headers: preflight)
            #expect(after["Access-Control-Allow-Origin"] == "https://app.example.org")
            #expect(server.appliance.core.log.level == .error && server.appliance.core.log.format == .json)
            // The server has a public name now, so strangers need an invitation.
            await #expect(throws: HarnessError.self) { _ = try await server.register("eve@example.org") }
            #expect(
                try await user.get("/api/v1/chat/").json == ["sessions": "https://jobs.example.com/api/v1/chat/sessions/"])

            let (nothing, still) = server.appliance.reload(loaded)
            #expect(nothing.isEmpty && still == needRestart)
        }
    }

    @Test("Registration closes and opens with a reload")
    func registration() async throws {
        try await TestAppliance.run { server in
            _ = try await server.register()
            let closed = try TestAppliance.configuration(
                "[auth]\nregistration = \"closed\"\naccess_token_minutes = 5", in: server.directory)
            #expect(server.appliance.reload(closed).changed == ["auth.access_token_minutes", "auth.registration"])
            await #expect(throws: HarnessError.self) { _ = try await server.register("eve@example.org") }
            #expect(server.appliance.reload(try TestAppliance.configuration("", in: server.directory)).changed.count == 2)
            _ = try await server.register("eve@example.org")
        }
    }
}
