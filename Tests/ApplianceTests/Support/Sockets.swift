import Platform
import TestSupport

@testable import Appliance

extension TestUser {
    func socket(_ path: String) async throws -> TestSocket {
        try await TestSocket.open(port: server.port, path, headers: [("Authorization", "Bearer \(access)")])
    }

    /// A socket in a room, behind its greeting.
    func room(_ session: String) async throws -> TestSocket {
        let socket = try await socket("/ws/chat/\(session)/")
        guard try await socket.text() == #"{"type":"connection_established","message":"Connected to chat session"}"# else {
            throw HarnessError(message: "no greeting")
        }
        return socket
    }

    func session() async throws -> String {
        guard let id = try await post("/api/v1/chat/sessions/", "{}").json["id"]?.string else { throw HarnessError(message: "session") }
        return id
    }
}

extension TestSocket {
    func json() async throws -> JSONValue { try JSONValue.parse(Array(try await text().utf8)) }

    /// The frames up to the first of this type.
    func frames(through type: String) async throws -> [JSONValue] {
        var frames: [JSONValue] = []
        while frames.last?["type"]?.string != type { frames.append(try await json()) }
        return frames
    }
}
