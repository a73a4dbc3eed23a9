import TestSupport
import Testing

@testable import Platform

@Suite("Who gets a socket")
struct SocketGateTests {
    @Test(
        "The credential may come in any of its places",
        arguments: [
            ("/ws/own/den/?token=user", [], nil), ("/ws/own/den", [("Authorization", "Bearer user")], nil),
            ("/ws/own/den/", [("Sec-WebSocket-Protocol", "bearer, user")], "bearer"),
            ("/ws/own/den/", [("Sec-WebSocket-Protocol", "ticket, good-ticket")], "ticket"), ("/ws/own/den/?ticket=good-ticket", [], nil),
            ("/ws/own/den/?token=user", [("Origin", "https://app.example.org")], nil),
            ("/ws/own/den/?token=user", [("Origin", "http://jobs.example.org")], nil),
            ("/ws/staff/?token=staff", [], nil),
        ] as [(String, [(String, String)], String?)])
    func admitted(_ path: String, _ headers: [(String, String)], _ chosen: String?) async throws {
        try await SocketFixture().serve { port, _ in
            let socket = try await TestSocket.open(port: port, path, headers: headers)
            #expect(socket.response["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            #expect(socket.response["Sec-WebSocket-Protocol"] == chosen)
            #expect(socket.response["X-Request-ID"] != nil && socket.response["Content-Length"] == nil)
            try await socket.send("hello")
            #expect(try await socket.text() == "hello")
        }
    }

    @Test(
        "A handshake that is refused is answered at once, as any request",
        arguments: [
            ("/ws/nowhere/", [], 404, "Not found."), ("/ws/own/den/", [], 403, "Authentication credentials were not provided."),
            ("/ws/own/den/?token=expired", [], 403, "Token is expired"), ("/ws/own/den/?token=refresh", [], 403, "Token has wrong type"),
            ("/ws/own/den/?token=inactive", [], 403, "User is inactive"),
            ("/ws/own/den/?ticket=used", [], 403, "Token is invalid"),
            ("/ws/own/foreign/?token=user", [], 403, "You do not have permission to perform this action."),
            ("/ws/staff/?token=user", [], 403, "You do not have permission to perform this action."),
            ("/ws/own/den/?token=user", [("Origin", "https://evil.example.org")], 403, "You do not have permission"),
            ("/ws/own/den/?token=user", [("Origin", "null")], 403, "You do not have permission"),
        ] as [(String, [(String, String)], Int, String)])
    func refused(_ path: String, _ headers: [(String, String)], _ status: Int, _ words: String) async throws {
        let fixture = SocketFixture()
        try await fixture.serve { port, _ in
            let answer = try await TestSocket.refusal(port: port, path, headers: headers)
            #expect(answer.status == status && answer.text.contains(words), "\(answer.text)")
            #expect(answer["Content-Type"] == "application/json" && answer["WWW-Authenticate"] == nil)
            #expect(fixture.registry.count == 0)
        }
    }

    @Test("A request that asks for no socket, or for one of another version, is told what is spoken here")
    func notAnUpgrade() async throws {
        try await SocketFixture().serve { port, _ in
            let plain = try await TestClient(port: port).request("GET", "/ws/echo/")
            #expect(plain.status == 426 && plain["Upgrade"] == "websocket")
            #expect(plain.text == #"{"detail":"This address speaks WebSocket only."}"#)
            let posted = try await TestClient(port: port).request("POST", "/ws/echo/", body: [])
            #expect(posted.status == 405 && posted["Allow"] == "GET, HEAD, OPTIONS")
            let old = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "8")]
            let version = try await TestClient(port: port).request("GET", "/ws/echo/", headers: old)
            #expect(version.status == 426 && version["Sec-WebSocket-Version"] == "13")
            let other = [("Connection", "Upgrade"), ("Upgrade", "h2c")]
            #expect(try await TestClient(port: port).request("GET", "/ws/echo/", headers: other).status == 426)
            // A route without a socket takes no notice of the wish.
            #expect(try await TestSocket.refusal(port: port, "/plain/").text == "plain")
        }
    }

    @Test("One socket too many is refused with 429, and there is room again when one has closed")
    func quota() async throws {
        let fixture = SocketFixture(SocketRegistry.Quotas(perAccount: 1, perAddress: 10))
        try await fixture.serve { port, _ in
            let socket = try await TestSocket.open(port: port, "/ws/own/den/?token=user")
            let refused = try await TestSocket.refusal(port: port, "/ws/own/den/?token=user")
            #expect(refused.status == 429 && refused["Retry-After"] == "5")
            _ = try await TestSocket.open(port: port, "/ws/own/den/?token=other")
            #expect(try await socket.close() == 1000)
            _ = try await TestSocket.open(port: port, "/ws/own/den/?token=user")
        }
    }

    @Test("The log has a line for each handshake, and no token")
    func log() async throws {
        let fixture = SocketFixture()
        try await fixture.serve { port, _ in
            let socket = try await TestSocket.open(port: port, "/ws/own/den/?token=user")
            #expect(try await TestSocket.refusal(port: port, "/ws/own/den/?token=expired").status == 403)
            #expect(try await socket.close() == 1000)
        }
        let lines = fixture.lines.lines
        #expect(lines.contains { $0.contains("/ws/own/den/") && $0.contains("101") })
        #expect(lines.contains { $0.contains("/ws/own/den/") && $0.contains("403") })
        #expect(!lines.contains { $0.contains("token=") || $0.contains("expired") })
    }
}
