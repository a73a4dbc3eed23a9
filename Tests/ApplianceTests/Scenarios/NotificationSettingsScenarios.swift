import Platform
import TestSupport
import Testing

@testable import Appliance

/// Contract section 10, through a real socket: the settings of notifications.
@Suite struct NotificationSettingsScenarios {
    private static let path = "/api/v1/notifications/settings/"

    private static func settings(alerts: Bool = true, quiet: Bool = false, start: String = "22:00", frequency: String = "immediate")
        -> String
    {
        #"{"email_notifications":true,"push_notifications":true,"job_alerts":\#(alerts),"application_updates":true,"#
            + #""system_messages":true,"job_recommendations":true,"frequency":"\#(frequency)","#
            + #""quiet_hours":{"enabled":\#(quiet),"start":"\#(start)","end":"08:00","timezone":"UTC"},"#
            + #""email_digest":{"enabled":false,"frequency":"daily","time":"09:00"}}"#
    }

    @Test("Settings begin with the defaults, are kept across a restart, and are each account's own")
    func kept() async throws {
        let directory = try TemporaryDirectory()
        let (ada, eve) = try await TestAppliance.run(in: directory) { server -> (String, String) in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            expectAnswer(try await ada.get(Self.path), 200, Self.settings())
            let body = #"{"job_alerts":false,"quiet_hours":{"enabled":true,"start":"21:30"}}"#
            let answer = try await ada.put(Self.path, body)
            #expect(answer.status == 200 && answer.json.object?.keys == ["message", "updated_at"])
            #expect(answer.json["message"] == "Notification settings updated successfully")
            #expect(answer.json["updated_at"]?.string.flatMap { Timestamp(iso: $0) } != nil)
            expectAnswer(try await ada.get(Self.path), 200, Self.settings(alerts: false, quiet: true, start: "21:30"))
            return (ada.access, eve.access)
        }
        try await TestAppliance.rerun(in: directory) { server in
            func get(_ token: String) async throws -> TestResponse { try await server.request("GET", Self.path, token: token) }
            expectAnswer(try await get(ada), 200, Self.settings(alerts: false, quiet: true, start: "21:30"))
            expectAnswer(try await get(eve), 200, Self.settings())
            // A second change keeps what the first one set.
            #expect(try await server.request("PUT", Self.path, token: ada, body: #"{"frequency":"daily"}"#).status == 200)
            expectAnswer(try await get(ada), 200, Self.settings(alerts: false, quiet: true, start: "21:30", frequency: "daily"))
        }
    }

    @Test("What was read is what can be written back")
    func writtenBack() async throws {
        try await TestAppliance.run { server in
            let ada = try await server.register()
            #expect(try await ada.put(Self.path, try await ada.get(Self.path).text).status == 200)
            expectAnswer(try await ada.get(Self.path), 200, Self.settings())
        }
    }

    @Test("Bad values are refused together and change nothing; PATCH and POST are no methods here")
    func refused() async throws {
        try await TestAppliance.run { server in
            let ada = try await server.register()
            let bad =
                #"{"push_notifications":false,"frequency":"never","quiet_hours":{"start":"9 pm","timezone":"../../etc/passwd"},"#
                + #""email_digest":{"time":"09:60"}}"#
            expectAnswer(
                try await ada.put(Self.path, bad), 400,
                #"{"frequency":["\"never\" is not a valid choice."],"#
                    + #""quiet_hours":["start: Time has wrong format. Use one of these formats instead: HH:MM.","#
                    + #""timezone: \"../../etc/passwd\" is not a known time zone. Use a name such as Europe/Berlin."],"#
                    + #""email_digest":["time: Time has wrong format. Use one of these formats instead: HH:MM."]}"#)
            expectAnswer(try await ada.get(Self.path), 200, Self.settings())
            for method in ["PATCH", "POST", "DELETE"] {
                let answer = try await server.request(method, Self.path, token: ada.access, body: "{}")
                expectAnswer(answer, 405, #"{"detail":"Method \"\#(method)\" not allowed."}"#)
                #expect(answer["Allow"] == "GET, PUT, HEAD, OPTIONS")
            }
        }
    }

    @Test(
        "Hostile bodies are refused in words or taken for what they are, and never break anything",
        arguments: [
            #"{"quiet_hours":{"start":"22:00\u0000"}}"#, #"{"quiet_hours":{"timezone":"Europe/Berlin\u0000/../x"}}"#,
            #"{"frequency":{"$ne":1}}"#, #"{"email_digest":{"time":[["09:00"]]}}"#, #"{"job_alerts":1e400}"#,
            #"{"quiet_hours":\#(String(repeating: "[", count: 100))}"#, #"{"frequency":"daily' OR 1=1 --"}"#, "\u{FEFF}{}",
        ])
    func hostile(body: String) async throws {
        try await TestAppliance.run { server in
            let ada = try await server.register()
            #expect(try await ada.put(Self.path, body).status == 400)
            expectAnswer(try await ada.get(Self.path), 200, Self.settings())
        }
    }
}
