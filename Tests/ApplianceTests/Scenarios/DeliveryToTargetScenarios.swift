import Platform
import TestSupport
import Testing

@testable import Appliance

/// What becomes of a notification on its way to an account's targets.
@Suite("Delivery to targets", .timeLimit(.minutes(1)))
struct DeliveryToTargetScenarios {
    @Test("A notification reaches each kind of target in that kind's form, and the log says so")
    func kinds() async throws {
        try await TargetWorld.run { world in
            let hook = try await world.make()
            try await world.make("ntfy", #","token":"tk_1""#, path: "/topic")
            try await world.make("gotify", #","token":"A1""#, path: "/push")
            try await world.make("ntfy", #","enabled":false"#, path: "/off")
            let news = try await world.server.notify("ada@example.org", "Köchin gesucht", kind: .reminder, data: ["job_id": "x"])
            let requests = Dictionary(uniqueKeysWithValues: try await world.received(3).map { ($0.target, $0) })
            let signed = try #require(requests["/hook"])
            let shown = try await world.ada.get(NotificationPath.one(news.id)).json
            #expect(signed.json["type"] == "notification.created" && signed.json["data"] == shown)
            #expect(signed.json["timestamp"] == shown["created_at"] && signed.headers["content-type"] == "application/json")
            #expect(signed.isSigned(with: hook["secret"]))
            let age = world.server.clock.now().seconds - (Int64(signed.headers["webhook-timestamp"] ?? "") ?? 0)
            #expect((0...60).contains(age))
            let topic = try #require(requests["/topic"])
            #expect(String(decoding: topic.body, as: UTF8.self) == "About Köchin gesucht.")
            #expect(topic.headers["title"]?.hasPrefix("=?utf-8?B?") == true && topic.headers["authorization"] == "Bearer tk_1")
            #expect(topic.headers["webhook-signature"] == nil)
            let gotify = try #require(requests["/push/message"])
            #expect(gotify.json["title"] == "Köchin gesucht" && gotify.json["priority"] == 8 && gotify.headers["x-gotify-key"] == "A1")

            try await world.idle()
            let line = try #require(try await world.deliveries(hook).first)
            #expect(line["outcome"] == "sent" && line["attempt"] == 1 && line["status"] == 204)
            #expect(line["notification_id"]?.string == news.id.description && line["milliseconds"]?.int != nil)
            #expect(try await world.show(hook)["last_success_at"]?.string != nil)
            let figures = try await world.server.request("GET", "/metrics").text
            #expect(figures.contains(#"jobraker_push_attempts_total{kind="ntfy",outcome="sent"} 1"#))
            #expect(figures.contains("jobraker_push_targets_disabled_total 0"))
        }
    }

    @Test("What fails is tried again after the pauses, under the same id and signed anew, until it is taken")
    func retry() async throws {
        try await TargetWorld.run(answering: [500, 404, 204]) { world in
            let hook = try await world.make()
            try await world.server.notify()
            _ = try await world.received(1)
            try await world.idle()
            #expect(try await world.show(hook)["failing_since"]?.string != nil)
            try await world.advance(seconds: 3)
            #expect(world.receiver.requests.count == 1)
            try await world.advance(seconds: 3)
            #expect(world.receiver.requests.count == 2)
            try await world.advance(seconds: 240)
            #expect(world.receiver.requests.count == 2)
            try await world.advance(seconds: 100)
            let requests = try await world.received(3)
            #expect(Set(requests.map { $0.headers["webhook-id"] }).count == 1 && Set(requests.map(\.body)).count == 1)
            #expect(Set(requests.map { $0.headers["webhook-timestamp"] }).count == 3)
            #expect(requests.allSatisfy { $0.isSigned(with: hook["secret"]) })
            let lines = try await world.deliveries(hook)
            #expect(lines.map { $0["status"] } == [204, 404, 500] && lines.map { $0["attempt"] } == [3, 2, 1])
            #expect(lines.map { $0["detail"] } == ["", "The target answered 404.", "The target answered 500."])
            #expect(try await world.show(hook)["failing_since"] == .null)
            let newest = lines.first?["id"]?.string ?? ""
            #expect(try await world.deliveries(hook, "?limit=1").map { $0["attempt"] } == [3])
            #expect(try await world.deliveries(hook, "?limit=1&before=\(newest)").map { $0["attempt"] } == [2])
            let counters = world.server.appliance.parts.targets.counters
            #expect(counters.count(.deferred, .webhook) == 2 && counters.count(.sent, .webhook) == 1)
        }
    }

    @Test("A receiver that says when to come again is not asked before")
    func retryAfter() async throws {
        try await TargetWorld.run(answering: [503, 204], ["Retry-After": "120"]) { world in
            try await world.make()
            try await world.server.notify()
            _ = try await world.received(1)
            try await world.advance(seconds: 110)
            #expect(world.receiver.requests.count == 1)
            try await world.advance(seconds: 20)
            _ = try await world.received(2)
        }
    }

    @Test("After a new secret both sign for a day, and then the new one alone")
    func rotation() async throws {
        try await TargetWorld.run { world in
            let hook = try await world.make()
            let rotated = try await world.ada.post(TargetWorld.one(hook) + "rotate-secret/")
            #expect(rotated.status == 200 && rotated.json["secret"] != hook["secret"])
            try await world.server.notify()
            let both = try #require(try await world.received(1).last)
            #expect(both.isSigned(with: hook["secret"]) && both.isSigned(with: rotated.json["secret"]))
            try await world.advance(seconds: 86_401)
            try await world.server.notify()
            let alone = try #require(try await world.received(2).last)
            #expect(!alone.isSigned(with: hook["secret"]) && alone.isSigned(with: rotated.json["secret"]))
            #expect(try await world.server.count("SELECT count(*) FROM notification_targets WHERE previous_secret IS NOT NULL") == 1)
            try await world.server.database.write { _ = try TargetStore.forgetOldSecrets(limit: 10, in: $0) }
            #expect(try await world.server.count("SELECT count(*) FROM notification_targets WHERE previous_secret IS NOT NULL") == 0)
            let ntfy = try await world.make("ntfy", path: "/topic")
            #expect(try await world.ada.post(TargetWorld.one(ntfy) + "rotate-secret/").status == 409)
        }
    }

    @Test("One that answers 410 is switched off at once, and its owner told, in the product and at the other targets")
    func gone() async throws {
        try await TargetWorld.run(answering: [410]) { world in
            let hook = try await world.make()
            try await world.server.notify()
            _ = try await world.received(1)
            #expect(try await eventually { try await world.show(hook)["enabled"] == false })
            try await world.idle()
            let shown = try await world.show(hook)
            #expect(shown["disabled_reason"] == "gone" && shown["disabled_at"]?.string != nil)
            let told = try await world.ada.get(NotificationPath.list).json["notifications"]?.array ?? []
            #expect(told.map { $0["title"] } == ["A notification target was switched off: My webhook", "News"])
            #expect(told.first?["data"]?["target_id"] == hook["id"] && told.first?["type"] == "system_message")
            // Neither the news of it nor anything else goes there, and nothing is left to be tried again.
            try await world.advance(seconds: 90_000)
            #expect(world.receiver.requests.count == 1)
            #expect(try await world.server.count("SELECT count(*) FROM work_items WHERE state IN ('dead', 'retry')") == 0)
            #expect(try await world.ada.patch(TargetWorld.one(hook), #"{"enabled":true}"#).json["disabled_reason"] == .null)
        }
    }

    @Test("Five days of failures switch a target off; until then what goes to it waits behind what goes to others")
    func failing() async throws {
        try await TargetWorld.run(answering: [500]) { world in
            let hook = try await world.make()
            for _ in 0..<5 {
                try await world.server.notify()
                try await world.advance(seconds: 86_400 - 60)
                #expect(try await world.show(hook)["enabled"] == true)
            }
            let behind = "SELECT count(*) FROM work_items WHERE kind = 'notifications.push' AND priority = 2"
            #expect(try await world.server.count(behind) == 4)
            try await world.advance(seconds: 400)
            try await world.server.notify()
            try await world.idle()
            let shown = try await world.show(hook)
            #expect(shown["enabled"] == false && shown["disabled_reason"] == "failing")
            let told = try await world.ada.get(NotificationPath.list + "?type=system_message").json["notifications"]?.array ?? []
            #expect(told.filter { $0["title"] == "A notification target was switched off: My webhook" }.count == 1)
        }
    }

    @Test("When all attempts are used up the item ends, and is no dead letter")
    func givenUp() async throws {
        try await TargetWorld.run(answering: [500]) { world in
            let topic = try await world.make("ntfy", path: "/topic")
            try await world.server.notify()
            for pause in PushWork.pauses.prefix(5) { try await world.advance(seconds: pause * 11 / 10 + 1) }
            #expect(try await world.deliveries(topic).count == 6)
            try await world.advance(seconds: 90_000)
            #expect(try await world.deliveries(topic).count == 6 && world.receiver.requests.count == 6)
            let ended = "SELECT count(*) FROM work_items WHERE kind = 'notifications.push' AND state = 'succeeded'"
            #expect(try await world.server.count(ended) == 1)
            #expect(world.server.appliance.parts.targets.counters.count(.failed, .ntfy) == 1)
        }
    }

    @Test("What was sent can be sent again, as the same message; what was taken is not sent twice by itself")
    func replay() async throws {
        try await TargetWorld.run { world in
            let hook = try await world.make()
            let news = try await world.server.notify()
            _ = try await world.received(1)
            try await world.idle()
            let line = try #require(try await world.deliveries(hook).first?["id"]?.string)
            let replay = "\(TargetWorld.one(hook))deliveries/\(line)/replay/"
            let answer = try await world.ada.post(replay)
            #expect(answer.status == 202)
            #expect(try await world.result(of: answer.json)["outcome"] == "sent")
            let requests = try await world.received(2)
            #expect(requests[0].headers["webhook-id"] == requests[1].headers["webhook-id"] && requests[0].body == requests[1].body)

            let owner = try #require(try world.server.database.accountOwner("ada@example.org"))
            let id = try #require(Identifier(hook["id"]?.string ?? ""))
            let again = try await world.server.database.write { try $0.enqueue(PushWork.order(news.id, to: id, of: owner)) }
            #expect(try await world.result(of: ["task_id": .string(again.description)]) == ["outcome": "taken"])
            #expect(world.receiver.requests.count == 2)

            #expect(try await world.ada.patch(TargetWorld.one(hook), #"{"enabled":false}"#).status == 200)
            #expect(try await world.ada.post(replay).status == 409)
            #expect(try await world.ada.delete(NotificationPath.one(news.id)).status == 204)
            #expect(try await world.ada.post(replay).json["detail"] == "No NotificationDelivery matches the given query.")
        }
    }

    @Test("A test goes out also to a target that is switched off, is sent once, and its task says what came of it")
    func test() async throws {
        try await TargetWorld.run(answering: [204, 500]) { world in
            let hook = try await world.make("webhook", #","enabled":false"#)
            let test = TargetWorld.one(hook) + "test/"
            let good = try await world.ada.post(test)
            #expect(good.status == 202)
            let sent = try await world.result(of: good.json)
            #expect(sent["outcome"] == "sent" && sent["status"] == 204)
            let heard = try #require(try await world.received(1).first)
            #expect(heard.json["type"] == "notification.test" && heard.isSigned(with: hook["secret"]))
            let bad = try await world.result(of: try await world.ada.post(test).json)
            #expect(bad["outcome"] == "failed" && bad["status"] == 500 && bad["detail"] == "The target answered 500.")
            try await world.advance(seconds: 600)
            #expect(world.receiver.requests.count == 2)
            let shown = try await world.show(hook)
            #expect(shown["failing_since"] == .null && shown["enabled"] == false)
            #expect(try await world.deliveries(hook).isEmpty)
        }
    }

    @Test("Quiet hours hold back what goes to a telephone, and not what goes to a program")
    func quietHours() async throws {
        try await TargetWorld.run { world in
            try await world.make()
            try await world.make("ntfy", path: "/topic")
            // From an hour ago until an hour from now, by the clock of UTC.
            let minute = Int(world.server.clock.now().seconds % 86_400 / 60)
            func text(_ minute: Int) -> String { ClockTime(minutes: Int64((minute + 1440) % 1440))?.text ?? "" }
            let hours = #"{"enabled":true,"start":"\#(text(minute - 60))","end":"\#(text(minute + 60))","timezone":"UTC"}"#
            #expect(try await world.ada.put("/api/v1/notifications/settings/", #"{"quiet_hours":\#(hours)}"#).status == 200)
            try await world.server.notify()
            #expect(try await world.received(1).map(\.target) == ["/hook"])
            try await world.advance(seconds: 50 * 60)
            #expect(world.receiver.requests.count == 1)
            try await world.advance(seconds: 11 * 60)
            #expect(try await world.received(2).map(\.target) == ["/hook", "/topic"])
        }
    }

    @Test("An account that wants no such notifications gets none at its targets")
    func unwanted() async throws {
        try await TargetWorld.run { world in
            let hook = try await world.make()
            _ = try await world.ada.put("/api/v1/notifications/settings/", #"{"push_notifications":false}"#)
            try await world.server.notify()
            try await world.idle()
            _ = try await world.ada.put("/api/v1/notifications/settings/", #"{"push_notifications":true,"system_messages":false}"#)
            try await world.idle()
            try await world.server.notify()
            try await world.idle()
            #expect(world.receiver.requests.isEmpty)
            #expect(try await world.deliveries(hook).isEmpty)
        }
    }
}
