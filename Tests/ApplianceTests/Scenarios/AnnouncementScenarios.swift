import Platform
import TestSupport
import Testing

@testable import Appliance

/// What the staff announce, through a real socket.
@Suite struct AnnouncementScenarios {
    private static let list = NotificationPath.list

    @Test("Named accounts are told at once, each once, by id and by address in any case")
    func named() async throws {
        try await TestAppliance.run { server in
            let staff = try await server.staff()
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            let joe = try await server.register("joe@example.org")
            let answer = try await staff.post(
                Self.list,
                #"{"title":" Hello ","message":"Read this.","type":"reminder","data":{"url":"/x"},"user_ids":["\#(ada.id)"],"#
                    + #""emails":["EVE@example.org","ada@example.org"]}"#)
            expectAnswer(answer, 201, #"{"message":"Announcement sent","recipients":2,"task_id":null}"#)
            for user in [ada, eve] {
                let list = try await user.get(Self.list).json
                #expect(list["count"] == 1 && list["unread_count"] == 1)
                let told = list["notifications"]?.array?.first
                #expect(told?["title"] == "Hello" && told?["message"] == "Read this." && told?["type"] == "reminder")
                #expect(told?["data"] == ["url": "/x"] && told?["is_read"] == false)
            }
            #expect(try await joe.get(Self.list).json["count"] == 0)
        }
    }

    @Test("Everybody is told in the background, and the task tells how many they were")
    func all() async throws {
        try await TestAppliance.run { server in
            let staff = try await server.staff()
            let ada = try await server.register()
            _ = try await server.register("closed@example.org")
            _ = try await server.command("admin.disable", [("email", "closed@example.org")])
            let answer = try await staff.post(Self.list, #"{"title":"Hello","message":"All.","all":true}"#)
            #expect(answer.status == 201 && answer.json["message"] == "Announcement is being sent" && answer.json["recipients"] == .null)
            let task = "/api/v1/tasks/\(answer.json["task_id"]?.string ?? "")/"
            #expect(try await eventually { try await staff.get(task).json["status"] == "SUCCESS" })
            #expect(try await staff.get(task).json["result"] == ["recipients": 2])
            #expect(try await ada.get(Self.list).json["notifications"]?.array?.first?["type"] == "system_message")
            #expect(try await server.count("SELECT count(*) FROM notifications") == 2)
            #expect(try await server.count("SELECT count(*) FROM announcements") == 0)
        }
    }

    @Test("One unknown name refuses the whole announcement and is told, and only staff learn even that")
    func unknown() async throws {
        try await TestAppliance.run { server in
            let staff = try await server.staff()
            let ada = try await server.register()
            let stranger = "0190a1b2-0000-7000-8000-000000000000"
            let body =
                #"{"title":"t","message":"m","user_ids":["\#(ada.id)","\#(stranger)"],"emails":["nobody@example.org","ada@example.org","x"]}"#
            expectAnswer(
                try await staff.post(Self.list, body), 400,
                #"{"user_ids":["Users not found: \#(stranger)."],"emails":["Users not found: nobody@example.org, x."]}"#)
            expectAnswer(
                try await ada.post(Self.list, body), 403, #"{"detail":"You do not have permission to perform this action."}"#)
            #expect(try await server.count("SELECT count(*) FROM notifications") == 0)
        }
    }

    @Test("A repeat with the same key tells nobody twice")
    func repeated() async throws {
        try await TestAppliance.run { server in
            let staff = try await server.staff()
            let ada = try await server.register()
            let body = #"{"title":"t","message":"m","emails":["ada@example.org"]}"#
            for _ in 0..<2 {
                let answer = try await staff.post(Self.list, body, headers: [("Idempotency-Key", "once")])
                expectAnswer(answer, 201, #"{"message":"Announcement sent","recipients":1,"task_id":null}"#)
            }
            #expect(try await ada.get(Self.list).json["count"] == 1)
        }
    }
}
