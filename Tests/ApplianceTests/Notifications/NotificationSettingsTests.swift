import Platform
import TestSupport
import Testing

@testable import Appliance

@Suite struct NotificationSettingsTests {
    private let directory: TemporaryDirectory
    private let zones: TimeZoneNames

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write("TZif2", to: "Harbour")
        zones = TimeZoneNames(folder: directory.path)
    }

    private func taking(_ body: JSONValue, from settings: NotificationSettings = NotificationSettings()) throws -> NotificationSettings {
        var settings = settings
        try settings.take(body, zones: zones)
        return settings
    }

    private func text(_ settings: NotificationSettings) -> String {
        var writer = JSONWriter()
        settings.write(into: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test("What a body does not mention keeps its value, in the groups too")
    func partial() throws {
        var expected = NotificationSettings()
        #expect(try taking([:]) == expected)
        expected.jobAlerts = false
        expected.frequency = "weekly"
        let first = try taking(["job_alerts": false, "frequency": "weekly", "nonsense": 1])
        #expect(first == expected)
        expected.quietHours = NotificationSettings.QuietHours(
            enabled: true, start: ClockTime(23, 15), end: ClockTime(8, 0), timezone: "Harbour")
        let second = try taking(["quiet_hours": ["enabled": true, "start": "23:15", "timezone": "Harbour"]], from: first)
        #expect(second == expected)
        expected.digest = NotificationSettings.Digest(enabled: true, frequency: "daily", time: ClockTime(6, 30))
        #expect(try taking(["email_digest": ["enabled": "yes", "time": " 06:30 "]], from: second) == expected)
    }

    @Test("All that is written can be read again and says the same")
    func roundTrip() throws {
        var settings = NotificationSettings()
        settings.emailNotifications = false
        settings.pushNotifications = false
        settings.applicationUpdates = false
        settings.systemMessages = false
        settings.jobRecommendations = false
        settings.quietHours = NotificationSettings.QuietHours(
            enabled: true, start: ClockTime(0, 0), end: ClockTime(23, 59), timezone: "Harbour")
        settings.digest = NotificationSettings.Digest(enabled: true, frequency: "weekly", time: ClockTime(18, 45))
        #expect(try taking(JSONValue.parse(Array(text(settings).utf8))) == settings)
        #expect(
            text(NotificationSettings())
                == #"{"email_notifications":true,"push_notifications":true,"job_alerts":true,"application_updates":true,"#
                + #""system_messages":true,"job_recommendations":true,"frequency":"immediate","#
                + #""quiet_hours":{"enabled":false,"start":"22:00","end":"08:00","timezone":"UTC"},"#
                + #""email_digest":{"enabled":false,"frequency":"daily","time":"09:00"}}"#)
    }

    @Test(
        "Everything that is wrong is told at once, each error under its field or its group",
        arguments: [
            (
                #"{"job_alerts":"maybe","frequency":"hourly"}"#,
                #"{"job_alerts":["Must be a valid boolean."],"frequency":["\"hourly\" is not a valid choice."]}"#
            ),
            (#"{"email_notifications":null}"#, #"{"email_notifications":["This field may not be null."]}"#),
            (
                #"{"quiet_hours":{"enabled":7,"start":"8:00","end":"25:00","timezone":"Nowhere/Town"}}"#,
                #"{"quiet_hours":["enabled: Must be a valid boolean.","#
                    + #""start: Time has wrong format. Use one of these formats instead: HH:MM.","#
                    + #""end: Time has wrong format. Use one of these formats instead: HH:MM.","#
                    + #""timezone: \"Nowhere/Town\" is not a known time zone. Use a name such as Europe/Berlin."]}"#
            ),
            (#"{"quiet_hours":{"enabled":true,"start":"08:00"}}"#, #"{"quiet_hours":["Start and end must differ."]}"#),
            (#"{"quiet_hours":null}"#, #"{"quiet_hours":["Invalid data. Expected a dictionary, but got NoneType."]}"#),
            (#"{"quiet_hours":{"timezone":""}}"#, #"{"quiet_hours":["timezone: This field may not be blank."]}"#),
            (
                #"{"email_digest":[],"quiet_hours":"22:00"}"#,
                #"{"quiet_hours":["Invalid data. Expected a dictionary, but got str."],"#
                    + #""email_digest":["Invalid data. Expected a dictionary, but got list."]}"#
            ),
            (
                #"{"email_digest":{"frequency":"immediate","time":5}}"#,
                #"{"email_digest":["frequency: \"immediate\" is not a valid choice.","#
                    + #""time: Time has wrong format. Use one of these formats instead: HH:MM."]}"#
            ),
            (#"[1]"#, #"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#),
        ])
    func wrong(body: String, expected: String) throws {
        var settings = NotificationSettings()
        settings.digest.enabled = true
        let before = settings
        do {
            try settings.take(try JSONValue.parse(Array(body.utf8)), zones: zones)
            Issue.record("\(body) was taken")
        } catch let error as ValidationErrors {
            var writer = JSONWriter()
            error.writeBody(into: &writer)
            #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
        }
        #expect(settings == before)
    }
}
