import Platform
import TestSupport
import Testing

@testable import Appliance

/// An account's own targets: how they are set up, and who sees what of them.
@Suite("Notification targets", .timeLimit(.minutes(1)))
struct TargetScenarios {
    private static let path = TargetWorld.path

    @Test("A target is made, listed, changed and deleted; its secret is in the answer to its creation and in no other")
    func lifecycle() async throws {
        try await TargetWorld.run { world in
            let made = try await world.make()
            let secret = try #require(made["secret"]?.string)
            #expect(secret.hasPrefix("whsec_") && Base64.decode(String(secret.dropFirst(6)))?.count == 32)
            #expect(
                made.object?.keys == [
                    "id", "kind", "name", "url", "enabled", "created_at", "failing_since", "disabled_at", "disabled_reason",
                    "last_success_at", "secret",
                ])
            #expect(made["kind"] == "webhook" && made["enabled"] == true && made["failing_since"] == .null)
            let gotify = try await world.make("gotify", #","token":"Ask-me-not""#, path: "")
            #expect(gotify["secret"] == .null && gotify["token"] == nil)

            let list = try await world.ada.get(Self.path)
            #expect(list.json["count"] == 2 && list.json["results"]?.array?.map { $0["id"] } == [made["id"], gotify["id"]])
            let one = TargetWorld.one(made)
            let changed = try await world.ada.patch(one, #"{"name":"Renamed","enabled":false}"#)
            #expect(changed.status == 200 && changed.json["name"] == "Renamed" && changed.json["enabled"] == false)
            #expect(changed.json["url"] == made["url"])
            let export = try await world.ada.get("/api/v1/auth/export/")
            #expect(export.json["notification_targets"]?.array?.count == 2)
            for answer in [list, changed, export, try await world.ada.get(one)] {
                #expect(!answer.text.contains(secret) && !answer.text.contains("Ask-me-not"))
            }
            #expect(try await world.ada.delete(one).status == 204)
            #expect(try await world.ada.get(one).status == 404)
            #expect(try await world.ada.delete(one).status == 404)
        }
    }

    @Test("What is wrong with a target is told field by field")
    func validation() async throws {
        try await TargetWorld.run { world in
            func refusal(_ body: String) async throws -> [String] {
                let answer = try await world.ada.post(Self.path, body)
                #expect(answer.status == 400, "\(answer.text)")
                return answer.json.object?.keys ?? []
            }
            #expect(try await refusal("{}") == ["kind", "name", "url"])
            #expect(try await refusal(#"{"kind":"pager","name":"","url":5,"enabled":"perhaps"}"#).contains("kind"))
            for url in ["", "x", "ftp://127.0.0.1/", "https://a b/", "https://user:word@example.com/", "https://example.com/#part"] {
                #expect(try await refusal(#"{"kind":"webhook","name":"A","url":"\#(url)"}"#) == ["url"], "\(url)")
            }
            for url in [
                "https://ntfy.example.org", "https://ntfy.example.org/", "https://ntfy.example.org/a/b", "https://n.example.org/a?b=1",
            ] {
                #expect(try await refusal(#"{"kind":"ntfy","name":"A","url":"\#(url)"}"#) == ["url"], "\(url)")
            }
            #expect(try await refusal(#"{"kind":"gotify","name":"A","url":"https://g.example.org"}"#) == ["token"])
            #expect(try await refusal(#"{"kind":"webhook","name":"A","url":"https://g.example.org","token":"x"}"#) == ["token"])
            #expect(try await refusal(#"{"kind":"ntfy","name":"A","url":"https://n.example.org/t","token":"a\r\nB: c"}"#) == ["token"])

            let gotify = try await world.make("gotify", #","token":"A1""#, path: "")
            func change(_ body: String) async throws -> TestResponse { try await world.ada.patch(TargetWorld.one(gotify), body) }
            #expect(try await change(#"{"kind":"ntfy"}"#).json.object?.keys == ["kind"])
            #expect(try await change(#"{"token":null}"#).json.object?.keys == ["token"])
            // Whoever has the new address would otherwise be shown the token of the old one.
            #expect(try await change(#"{"url":"https://elsewhere.example.org"}"#).json.object?.keys == ["token"])
            #expect(try await change(#"{"url":"https://elsewhere.example.org","token":"B2"}"#).status == 200)
        }
    }

    @Test("Without the operator's leave a target must be public, and no name leads anywhere else")
    func reach() async throws {
        try await LoopbackServer.with { connection, _ in
            connection.respond(204)
        } _: { receiver in
            try await TestAppliance.run { server in
                let ada = try await server.register()
                for url in [
                    receiver.url, "http://hooks.example.org/", "https://127.0.0.1:\(receiver.port)/", "https://2130706433/",
                    "https://[fd00::1]/", "https://169.254.169.254/latest/", "https://hooks.example.org:22/",
                ] {
                    let answer = try await ada.post(Self.path, #"{"kind":"webhook","name":"A","url":"\#(url)"}"#)
                    #expect(answer.status == 400 && answer.json.object?.keys == ["url"], "\(url): \(answer.text)")
                }
                // What a name stands for is seen when the connection is made.
                let url = "https://localhost:\(receiver.port)/hook"
                let made = try await ada.post(Self.path, #"{"kind":"webhook","name":"A","url":"\#(url)"}"#).json
                try await server.notify()
                var lines: [JSONValue] = []
                #expect(
                    try await eventually {
                        lines = try await ada.get(TargetWorld.one(made) + "deliveries/").json["results"]?.array ?? []
                        return !lines.isEmpty
                    })
                #expect(lines.first?["outcome"] == "failed" && lines.first?["status"] == .null)
                #expect(lines.first?["detail"] == "The target's address does not belong to a machine on the public internet.")
                #expect(receiver.connectionCount == 0)
            }
        }
    }

    @Test("An account has ten targets at most")
    func limit() async throws {
        try await TargetWorld.run { world in
            for _ in 0..<NotificationTarget.mostPerAccount { try await world.make() }
            let answer = try await world.ada.post(Self.path, #"{"kind":"webhook","name":"A","url":"https://hooks.example.org/"}"#)
            #expect(answer.status == 409 && answer.json["detail"] == "An account has at most 10 targets.")
            let eve = try await world.server.register("eve@example.org")
            try await world.make(of: eve)
        }
    }

    @Test("Another account neither sees a target nor what was sent to it, and gets nothing of it")
    func isolation() async throws {
        try await TargetWorld.run { world in
            let eve = try await world.server.register("eve@example.org")
            let own = try await world.make()
            let foreign = try await world.make(path: "/eve", of: eve)
            try await world.server.notify("ada@example.org", "For Ada")
            #expect(try await world.received(1).map(\.target) == ["/hook"])
            try await world.idle()
            let line = try #require(try await world.deliveries(own).first?["id"]?.string)
            let one = TargetWorld.one(own)
            for (method, path) in [
                ("GET", one), ("PATCH", one), ("DELETE", one), ("POST", one + "test/"), ("POST", one + "rotate-secret/"),
                ("GET", one + "deliveries/"), ("POST", "\(one)deliveries/\(line)/replay/"),
                ("POST", "\(TargetWorld.one(foreign))deliveries/\(line)/replay/"),
            ] {
                let answer = try await world.server.request(method, path, token: eve.access, body: method == "PATCH" ? "{}" : nil)
                #expect(answer.status == 404, "\(method) \(path): \(answer.text)")
            }
            #expect(try await eve.get(Self.path).json["results"]?.array?.map { $0["id"] } == [foreign["id"]])
            try await world.idle()
            #expect(world.receiver.requests.count == 1)
        }
    }
}
