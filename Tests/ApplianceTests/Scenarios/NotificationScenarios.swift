import Platform
import TestSupport
import Testing

@testable import Appliance

/// Contract section 10, through a real socket: the list of notifications, and each of them.
@Suite struct NotificationScenarios {
    private static let list = NotificationPath.list
    private static let empty = #"{"count":0,"unread_count":0,"next":null,"previous":null,"notifications":[]}"#

    private static func json(_ notification: Notification, isRead: Bool = false) -> String {
        let data = String(decoding: notification.data.bytes, as: UTF8.self)
        return #"{"id":"\#(notification.id)","type":"\#(notification.kind.rawValue)","title":"\#(notification.title)","#
            + #""message":"\#(notification.message)","is_read":\#(isRead),"created_at":"\#(notification.createdAt.iso)","data":\#(data)}"#
    }

    @Test("The root names the list, with and without the slash")
    func root() async throws {
        try await TestAppliance.run { server in
            let ada = try await server.register()
            for path in ["/api/v1/notifications/", "/api/v1/notifications"] {
                expectAnswer(
                    try await ada.get(path), 200, #"{"notifications":"http://jobs.example.org/api/v1/notifications/notifications/"}"#)
            }
        }
    }

    @Test("The list holds the caller's own, the newest first, with the contract's fields and both counts")
    func list() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            expectAnswer(try await ada.get(Self.list), 200, Self.empty)
            let first = try await server.notify("ada@example.org", "One", kind: .jobAlert, data: ["alert_id": "x", "n": 2])
            let second = try await server.notify("ada@example.org", "Two")
            try await server.notify("eve@example.org", "Hers")
            expectAnswer(
                try await ada.get(Self.list), 200,
                #"{"count":2,"unread_count":2,"next":null,"previous":null,"notifications":[\#(Self.json(second)),\#(Self.json(first))]}"#)
            expectAnswer(try await ada.get(NotificationPath.one(first.id)), 200, Self.json(first))
            #expect(try await eve.get(Self.list).json["count"] == 1)
        }
    }

    @Test("The filters choose by being read and by type; wrong ones are told of, empty ones are none")
    func filters() async throws {
        try await TestAppliance.run { server in
            let ada = try await server.register()
            for (title, kind) in [("a", Notification.Kind.jobAlert), ("b", .reminder), ("c", .jobAlert), ("d", .recommendation)] {
                let added = try await server.notify("ada@example.org", title, kind: kind)
                if title == "a" || title == "d" {
                    #expect(try await ada.patch(NotificationPath.one(added.id), #"{"is_read":true}"#).status == 200)
                }
            }
            func titles(_ query: String) async throws -> [String] {
                let answer = try await ada.get(Self.list + query).json
                let titles = answer["notifications"]?.array?.compactMap { $0["title"]?.string } ?? []
                #expect(answer["count"]?.int == titles.count && answer["unread_count"] == 2, "\(query)")
                return titles
            }
            #expect(try await titles("?unread_only=false") == ["d", "c", "b", "a"])
            #expect(try await titles("?unread_only=&type=") == ["d", "c", "b", "a"])
            for yes in ["true", "True", "1", "yes"] { #expect(try await titles("?unread_only=\(yes)") == ["c", "b"]) }
            #expect(try await titles("?type=job_alert") == ["c", "a"])
            #expect(try await titles("?type=job_alert&unread_only=true") == ["c"])
            #expect(try await titles("?type=application_update") == [])
            expectAnswer(
                try await ada.get(Self.list + "?type=job%25alert&unread_only=2"), 400,
                #"{"unread_only":["Must be a valid boolean."],"type":["\"job%alert\" is not a valid choice."]}"#)
        }
    }

    @Test("Pages follow each other with the filter in their links, and there is nothing behind the last")
    func pages() async throws {
        try await TestAppliance.run { server in
            let ada = try await server.register()
            for number in 1...5 { try await server.notify("ada@example.org", "\(number)", kind: .reminder) }
            try await server.notify("ada@example.org", "other")
            let base = "http://jobs.example.org" + Self.list
            func page(_ query: String) async throws -> (titles: [String], next: JSONValue?, previous: JSONValue?) {
                let answer = try await ada.get(Self.list + query).json
                return (answer["notifications"]?.array?.compactMap { $0["title"]?.string } ?? [], answer["next"], answer["previous"])
            }
            let first = try await page("?type=reminder&page_size=2")
            #expect(first.titles == ["5", "4"] && first.previous == .null)
            #expect(first.next?.string == base + "?page=2&page_size=2&type=reminder")
            let second = try await page("?page=2&page_size=2&type=reminder")
            #expect(second.titles == ["3", "2"] && second.next?.string == base + "?page=3&page_size=2&type=reminder")
            #expect(second.previous?.string == base + "?page_size=2&type=reminder")
            let last = try await page("?page=last&page_size=2&type=reminder")
            #expect(last.titles == ["1"] && last.next == .null)
            #expect(try await page("?page_size=1000").titles.count == 6)
            for query in ["?page=2", "?page=0", "?page=-1", "?page=x", "?page=4&page_size=2&type=reminder"] {
                expectAnswer(try await ada.get(Self.list + query), 404, #"{"detail":"Invalid page."}"#)
            }
        }
    }

    @Test("One is marked as read and as unread, by its own route, by PATCH and by PUT; nothing else of it changes")
    func marking() async throws {
        try await TestAppliance.run { server in
            let ada = try await server.register()
            let added = try await server.notify()
            let path = NotificationPath.one(added.id)
            let marked = #"{"message":"Notification marked as read","notification_id":"\#(added.id)"}"#
            for _ in 0..<2 { expectAnswer(try await ada.post(path + "mark_read/"), 200, marked) }
            expectAnswer(try await ada.get(path), 200, Self.json(added, isRead: true))
            expectAnswer(try await ada.post(path + "mark_read", "{}"), 200, marked)
            expectAnswer(try await ada.patch(path, #"{"is_read":false}"#), 200, Self.json(added))
            let everything = #"{"is_read":"yes","title":"x","type":"reminder","message":"x","data":{},"created_at":"x","id":"x"}"#
            expectAnswer(try await ada.put(path, everything), 200, Self.json(added, isRead: true))
            expectAnswer(try await ada.patch(path, "{}"), 200, Self.json(added, isRead: true))
            expectAnswer(try await ada.put(path, "{}"), 400, #"{"is_read":["This field is required."]}"#)
            expectAnswer(try await ada.patch(path, #"{"is_read":null}"#), 400, #"{"is_read":["This field may not be null."]}"#)
            expectAnswer(try await ada.patch(path, #"{"is_read":"perhaps"}"#), 400, #"{"is_read":["Must be a valid boolean."]}"#)
            #expect(try await ada.get(Self.list).json["unread_count"] == 0)
        }
    }

    @Test("All are marked as read at once, and the number of those that were not is told")
    func markAll() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            for number in 1...3 { try await server.notify("ada@example.org", "\(number)") }
            let read = try await server.notify("ada@example.org", "read")
            #expect(try await ada.post(NotificationPath.one(read.id) + "mark_read/").status == 200)
            try await server.notify("eve@example.org")
            for count in [3, 0] {
                expectAnswer(
                    try await ada.post(Self.list + "mark_all_read/"), 200,
                    #"{"message":"All notifications marked as read","marked_count":\#(count)}"#)
            }
            #expect(try await eve.get(Self.list).json["unread_count"] == 1)
        }
    }

    @Test("One is deleted once")
    func deletion() async throws {
        try await TestAppliance.run { server in
            let ada = try await server.register()
            let added = try await server.notify()
            expectAnswer(try await ada.delete(NotificationPath.one(added.id)), 204, "")
            expectAnswer(
                try await ada.delete(NotificationPath.one(added.id)), 404, #"{"detail":"No Notification matches the given query."}"#)
            expectAnswer(try await ada.get(Self.list), 200, Self.empty)
        }
    }

    @Test("Foreign, unknown and impossible ids are not found by any method, and change nothing")
    func strangers() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            let added = try await server.notify()
            let missing = #"{"detail":"No Notification matches the given query."}"#
            let unknown = "0190a1b2-0000-7000-8000-000000000000"
            for (id, text) in [
                ("\(added.id)", missing), (unknown, missing), ("7", #"{"detail":"Not found."}"#), ("x%20y", #"{"detail":"Not found."}"#),
            ] {
                let path = Self.list + id + "/"
                expectAnswer(try await eve.get(path), 404, text)
                expectAnswer(try await eve.put(path, #"{"is_read":true}"#), 404, text)
                expectAnswer(try await eve.patch(path, #"{"is_read":true}"#), 404, text)
                expectAnswer(try await eve.delete(path), 404, text)
                expectAnswer(try await eve.post(path + "mark_read/"), 404, text)
            }
            expectAnswer(try await ada.get(NotificationPath.one(added.id)), 200, Self.json(added))
        }
    }

    @Test("Statistics count by type and by day, and hold every type and thirty days")
    func statistics() async throws {
        try await TestAppliance.run { server in
            let ada = try await server.register()
            let first = try await server.notify("ada@example.org", "1", kind: .jobAlert)
            server.clock.advance(seconds: 86_400)
            try await server.notify("ada@example.org", "2", kind: .jobAlert)
            try await server.notify("ada@example.org", "3", kind: .reminder)
            // The token's hour is over.
            let again = try TokenAnswer(try await server.login("ada@example.org"))
            func get(_ path: String) async throws -> JSONValue { try await server.request("GET", path, token: again.access).json }
            _ = try await server.request("POST", NotificationPath.one(first.id) + "mark_read/", token: again.access)
            let statistics = try await get("/api/v1/notifications/statistics/")
            #expect(statistics.object?.keys == ["total", "unread", "read", "by_type", "last_30_days"])
            #expect(statistics["total"] == 3 && statistics["unread"] == 2 && statistics["read"] == 1)
            #expect(
                statistics["by_type"]
                    == ["job_alert": 2, "application_update": 0, "system_message": 0, "recommendation": 0, "reminder": 1])
            let days = try #require(statistics["last_30_days"]?.array)
            #expect(days.count == 30 && days.compactMap { $0["count"]?.int }.reduce(0, +) == 3)
            #expect(days.last == ["date": .string(server.clock.now().dayText), "count": 2])
            #expect(days[28] == ["date": .string(first.createdAt.dayText), "count": 1])
            _ = ada
        }
    }
}
