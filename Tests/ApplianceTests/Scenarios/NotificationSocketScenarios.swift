import Platform
import TestSupport
import Testing

@testable import Appliance

/// `/ws/notifications/`; contract section 7.
@Suite("Notifications over WebSockets", .timeLimit(.minutes(2)))
struct NotificationSocketScenarios {
    private static let path = "/ws/notifications/"
    private static let pong = #"{"type":"pong"}"#

    @Test("A notification reaches every socket of its account at the commit, and nobody else's, in order")
    func pushed() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            let sockets = [try await ada.socket(Self.path), try await ada.socket(Self.path)]
            let other = try await eve.socket(Self.path)
            for socket in sockets + [other] {
                #expect(try await socket.text() == #"{"type":"connection_established","message":"Connected to notifications"}"#)
            }
            var ids: [String] = []
            for number in 0..<20 { ids.append(try await server.notify(ada.email, "News \(number)").id.description) }
            let listed = try await ada.get(NotificationPath.list).json["notifications"]?.array ?? []
            for socket in sockets {
                for (number, id) in ids.enumerated() {
                    let frame = try await socket.json()
                    #expect(frame.object?.keys == ["type", "notification"] && frame["type"] == "notification")
                    #expect(frame["notification"]?["id"]?.string == id && frame["notification"] == listed[19 - number])
                }
            }
            try await other.send(#"{"type":"ping"}"#)
            #expect(try await other.text() == Self.pong)
        }
    }

    @Test("A ping is answered, also an unspoken one; everything else is met with silence, and mark_read is stored")
    func silent() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            let own = try await server.notify(ada.email).id.description
            let foreign = try await server.notify(eve.email).id.description
            let socket = try await ada.socket(Self.path)
            _ = try await socket.json()
            for text in [
                "{", "[]", "7", #"{"type":"shout"}"#, #"{"type":7}"#, #"{"type":"mark_read"}"#,
                #"{"type":"mark_read","notification_id":"7"}"#, #"{"type":"mark_read","notification_id":"\#(foreign)"}"#,
                #"{"type":"mark_read","notification_id":"\#(own)"}"#,
            ] {
                try await socket.send(text)
            }
            for ping in [#"{"type":"ping"}"#, "{}"] {
                try await socket.send(ping)
                #expect(try await socket.text() == Self.pong)
            }
            #expect(try await ada.get(NotificationPath.list).json["unread_count"] == 0)
            #expect(try await eve.get(NotificationPath.list).json["unread_count"] == 1)
        }
    }

    @Test("A socket that was closed leaves nothing behind that listens")
    func left() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let socket = try await user.socket(Self.path)
            _ = try await socket.json()
            #expect(try await eventually { server.appliance.parts.bus.subscriptionCount == 1 })
            #expect(try await socket.close() == 1000)
            #expect(try await eventually { server.appliance.parts.bus.subscriptionCount == 0 })
        }
    }
}
