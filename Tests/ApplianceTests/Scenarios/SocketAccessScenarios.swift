import Platform
import TestSupport
import Testing

@testable import Appliance

/// Who may open a WebSocket, with what, and until when.
@Suite("Access to WebSockets", .timeLimit(.minutes(2)))
struct SocketAccessScenarios {
    private static func bearer(_ token: String) -> [(String, String)] { [("Authorization", "Bearer \(token)")] }

    /// Both addresses, for this user.
    private static func paths(_ user: TestUser) async throws -> [String] {
        ["/ws/chat/\(try await user.session())/", "/ws/notifications/"]
    }

    @Test("Anonymous, foreign, expired, revoked, refreshing and misplaced clients are refused at the handshake")
    func refused() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            let gone = try await server.register("gone@example.org")
            #expect(try await gone.post("/api/v1/auth/logout/", "{}").status == 200)
            for path in try await Self.paths(ada) {
                func refusal(_ headers: [(String, String)], _ query: String = "") async throws -> TestResponse {
                    try await TestSocket.refusal(port: server.port, path + query, headers: headers)
                }
                let anonymous = try await refusal([])
                #expect(anonymous.status == 403 && anonymous.json["detail"] == "Authentication credentials were not provided.")
                for token in [gone.access, ada.refresh, "garbage"] {
                    #expect(try await refusal(Self.bearer(token)).status == 403)
                    #expect(try await refusal([], "?token=\(token)").status == 403)
                    #expect(try await refusal([("Sec-WebSocket-Protocol", "bearer, \(token)")]).status == 403)
                    #expect(try await refusal([], "?ticket=\(token)").status == 403)
                }
                let misplaced = try await refusal(Self.bearer(ada.access) + [("Origin", "https://evil.example.com")])
                #expect(misplaced.status == 403 && misplaced.json["detail"] == "You do not have permission to perform this action.")
            }
            let session = try await ada.session()
            for path in ["/ws/chat/\(session)/", "/ws/chat/0190f0a0-0000-7000-8000-000000000001/"] {
                let foreign = try await TestSocket.refusal(port: server.port, path, headers: Self.bearer(eve.access))
                #expect(foreign.status == 403 && foreign.json["detail"] == "You do not have permission to perform this action.")
            }
            for path in ["/ws/chat/7/", "/ws/other/", "/ws/"] {
                #expect(try await TestSocket.refusal(port: server.port, path, headers: Self.bearer(ada.access)).status == 404)
            }
            server.clock.advance(seconds: 3601)
            for path in ["/ws/chat/\(session)/", "/ws/notifications/"] {
                let expired = try await TestSocket.refusal(port: server.port, path, headers: Self.bearer(ada.access))
                #expect(expired.status == 403 && expired.text.contains("Token is expired"))
            }
            #expect(try await eventually { server.appliance.parts.sockets.count == 0 })
        }
    }

    @Test("A token is taken from the query, the header and the subprotocol, also from a page of an allowed origin; none is logged")
    func taken() async throws {
        let settings = "[server]\nlisten = [\"127.0.0.1:0\"]\nallowed_origins = [\"https://app.example.org\"]\n"
        try await TestAppliance.run(settings: settings) { server in
            let user = try await server.register()
            for path in try await Self.paths(user) {
                let ways: [(query: String, headers: [(String, String)])] = [
                    ("?token=\(user.access)", []), ("", Self.bearer(user.access)),
                    ("", [("Sec-WebSocket-Protocol", "bearer, \(user.access)")]),
                    ("?token=\(user.access)", [("Origin", "https://app.example.org")]),
                    ("?token=\(user.access)", [("Origin", "http://jobs.example.org")]),
                ]
                for way in ways {
                    let socket = try await TestSocket.open(port: server.port, path + way.query, headers: way.headers)
                    #expect(try await socket.json()["type"] == "connection_established")
                    let chosen = way.headers.first?.0 == "Sec-WebSocket-Protocol" ? "bearer" : nil
                    #expect(socket.response["Sec-WebSocket-Protocol"] == chosen)
                    #expect(try await socket.close() == 1000)
                }
            }
            #expect(try await eventually { server.appliance.parts.sockets.count == 0 })
            #expect(server.logged.text.contains("/ws/notifications/") && !server.logged.text.contains(user.access))
        }
    }

    @Test("A ticket opens one socket, within half a minute, for as long as its login lives")
    func tickets() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let answer = try await user.post("/api/v1/chat/websocket-token/")
            #expect(answer.status == 200)
            #expect(answer.json.object?.keys == ["websocket_token", "user_id", "expires_in", "ticket", "ticket_expires_in"])
            #expect(answer.json["user_id"]?.string == user.id && answer.json["expires_in"] == 3600)
            #expect(answer.json["ticket_expires_in"] == 30)
            let (token, ticket) = (answer.json["websocket_token"]?.string ?? "", answer.json["ticket"]?.string ?? "")
            #expect(try await server.request("GET", "/api/v1/auth/me/", token: token).status == 200)

            let path = "/ws/notifications/"
            let socket = try await TestSocket.open(port: server.port, path + "?ticket=\(ticket)")
            #expect(try await socket.json()["type"] == "connection_established")
            #expect(try await TestSocket.refusal(port: server.port, path + "?ticket=\(ticket)").status == 403)
            func another() async throws -> String {
                try await user.post("/api/v1/chat/websocket-token/").json["ticket"]?.string ?? ""
            }
            let other = try await TestSocket.open(
                port: server.port, path, headers: [("Sec-WebSocket-Protocol", "ticket, \(try await another())")])
            #expect(other.response["Sec-WebSocket-Protocol"] == "ticket")
            let late = try await another()
            server.clock.advance(seconds: 31)
            #expect(try await TestSocket.refusal(port: server.port, path + "?ticket=\(late)").status == 403)
            let orphan = try await another()
            #expect(try await user.post("/api/v1/auth/logout/", "{}").status == 200)
            #expect(try await TestSocket.refusal(port: server.port, path + "?ticket=\(orphan)").status == 403)
            #expect(!server.logged.text.contains(ticket) && !server.logged.text.contains(orphan))
        }
    }

    /// What ends logins.
    enum Ending: CaseIterable, Sendable {
        case logout, passwordChange, deactivation, deletion, endedFromElsewhere

        func happen(to user: TestUser) async throws {
            switch self {
            case .logout: #expect(try await user.post("/api/v1/auth/logout/", "{}").status == 200)
            case .passwordChange:
                let body = #"{"old_password":"correct horse 7","new_password":"another horse 8"}"#
                #expect(try await user.post("/api/v1/auth/change-password/", body).status == 200)
            case .deactivation: _ = try await user.server.command("admin.disable", [("email", .string(user.email))])
            case .deletion: #expect(try await user.delete("/api/v1/auth/me/", #"{"password":"correct horse 7"}"#).status == 204)
            case .endedFromElsewhere:
                let login = try await user.get("/api/v1/auth/logins/").json["results"]?.array?.first?["id"]?.string ?? ""
                #expect(try await user.delete("/api/v1/auth/logins/\(login)/").status == 204)
            }
        }
    }

    @Test("A socket is closed within a second of the end of its login, and nobody else's", arguments: Ending.allCases)
    func closed(ending: Ending) async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            let session = try await ada.session()
            let sockets = [try await ada.room(session), try await ada.socket("/ws/notifications/")]
            let other = try await eve.socket("/ws/notifications/")
            #expect(try await other.json()["type"] == "connection_established")
            try await ending.happen(to: ada)
            let ended = ContinuousClock.now
            for socket in sockets {
                let code = try await socket.goodbye()
                #expect(code == 4401)
            }
            #expect(ContinuousClock.now - ended < .seconds(1))
            try await other.send(#"{"type":"ping"}"#)
            #expect(try await other.text() == #"{"type":"pong"}"#)
        }
    }
}
