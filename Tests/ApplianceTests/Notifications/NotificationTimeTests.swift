import Platform
import Testing

@testable import Appliance

/// What settings say about one notification at one moment.
@Suite struct NotificationTimeTests {
    private static func quiet(_ start: ClockTime, _ end: ClockTime, _ zone: String) -> NotificationSettings {
        var settings = NotificationSettings()
        settings.quietHours = NotificationSettings.QuietHours(enabled: true, start: start, end: end, timezone: zone)
        return settings
    }

    private static func held(_ settings: NotificationSettings, at moment: String) throws -> String? {
        try settings.heldUntil(#require(Timestamp(iso: moment))).map { String($0.iso.prefix(19)) + "Z" }
    }

    @Test(
        "Quiet hours hold what falls into them until they end, over midnight and by the clock of their zone",
        arguments: [
            ("2026-11-26T20:59:59Z", nil), ("2026-11-26T21:00:00Z", "2026-11-27T07:00:00Z"),
            ("2026-11-26T22:30:00Z", "2026-11-27T07:00:00Z"), ("2026-11-26T23:30:00Z", "2026-11-27T07:00:00Z"),
            ("2026-11-27T06:59:59Z", "2026-11-27T07:00:00Z"), ("2026-11-27T07:00:00Z", nil), ("2026-11-27T12:00:00Z", nil),
            // An hour earlier by UTC in summer.
            ("2026-07-01T19:59:59Z", nil), ("2026-07-01T20:00:00Z", "2026-07-02T06:00:00Z"),
            // The nights in which the clock changes are an hour shorter and an hour longer.
            ("2026-03-28T22:00:00Z", "2026-03-29T06:00:00Z"), ("2026-10-24T21:00:00Z", "2026-10-25T07:00:00Z"),
        ] as [(String, String?)])
    func overnight(moment: String, end: String?) throws {
        #expect(try Self.held(Self.quiet(ClockTime(22, 0), ClockTime(8, 0), "Europe/Berlin"), at: moment) == end)
    }

    @Test("Quiet hours within a day, in another zone")
    func withinDay() throws {
        let settings = Self.quiet(ClockTime(12, 0), ClockTime(13, 0), "America/New_York")
        #expect(try Self.held(settings, at: "2026-07-01T16:30:00Z") == "2026-07-01T17:00:00Z")
        #expect(try Self.held(settings, at: "2026-01-15T16:30:00Z") == nil)
        #expect(try Self.held(settings, at: "2026-01-15T17:30:00Z") == "2026-01-15T18:00:00Z")
        var off = settings
        off.quietHours.enabled = false
        #expect(try Self.held(off, at: "2026-07-01T16:30:00Z") == nil)
    }

    @Test("Quiet hours that begin or end in the hour that a clock leaves out, or has twice, hold nothing too long")
    func clockChanges() throws {
        // 02:30 comes twice: it is over the first time.
        let twice = Self.quiet(ClockTime(22, 0), ClockTime(2, 30), "Europe/Berlin")
        #expect(try Self.held(twice, at: "2026-10-25T00:10:00Z") == "2026-10-25T00:30:00Z")
        #expect(try Self.held(twice, at: "2026-10-25T00:30:00Z") == nil && Self.held(twice, at: "2026-10-25T01:10:00Z") == nil)
        // Quiet hours that are left out whole are none.
        let none = Self.quiet(ClockTime(2, 10), ClockTime(2, 40), "Europe/Berlin")
        for moment in ["2026-03-28T12:00:00Z", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-03-29T12:00:00Z"] {
            #expect(try Self.held(none, at: moment) == nil, "\(moment)")
        }
        #expect(try Self.held(none, at: "2026-03-30T00:20:00Z") == "2026-03-30T00:40:00Z")
        // Their beginning is left out: they begin with the change.
        let late = Self.quiet(ClockTime(2, 30), ClockTime(6, 0), "Europe/Berlin")
        #expect(try Self.held(late, at: "2026-03-29T00:59:59Z") == nil)
        #expect(try Self.held(late, at: "2026-03-29T01:00:00Z") == "2026-03-29T04:00:00Z")
    }

    @Test("A zone that the system does not know any more is UTC")
    func lostZone() throws {
        let settings = Self.quiet(ClockTime(22, 0), ClockTime(8, 0), "Nowhere/Town")
        #expect(try Self.held(settings, at: "2026-11-26T22:00:00Z") == "2026-11-27T08:00:00Z")
    }

    @Test("In every quarter of an hour around a change, what is held is held no longer than the quiet hours last, to their end")
    func everyQuarter() throws {
        let settings = Self.quiet(ClockTime(1, 45), ClockTime(2, 15), "America/New_York")
        for change in ["2026-03-08T00:00:00Z", "2026-11-01T00:00:00Z"] {
            let start = try #require(Timestamp(iso: change))
            var quiet = 0
            for minute in stride(from: 0, to: 2 * 1440, by: 15) {
                let moment = start.adding(seconds: minute * 60)
                guard let end = settings.heldUntil(moment) else { continue }
                quiet += 1
                #expect(end > moment && end.seconds - moment.seconds <= 90 * 60 && settings.heldUntil(end) == nil)
            }
            // Two nights of two quarters; in spring the second one of a night is left out, in autumn an hour lies within one.
            #expect(quiet == (change == "2026-03-08T00:00:00Z" ? 3 : 8), "\(change)")
        }
    }

    @Test("Each matter has its switch", arguments: Notification.Kind.allCases)
    func wants(kind: Notification.Kind) {
        let switches: [(WritableKeyPath<NotificationSettings, Bool>, Set<Notification.Kind>)] = [
            (\.jobAlerts, [.jobAlert]), (\.applicationUpdates, [.applicationUpdate, .reminder]), (\.systemMessages, [.systemMessage]),
            (\.jobRecommendations, [.recommendation]),
        ]
        #expect(NotificationSettings().wants(kind))
        for (path, kinds) in switches {
            var settings = NotificationSettings()
            settings[keyPath: path] = false
            #expect(settings.wants(kind) == !kinds.contains(kind))
        }
    }

    @Test(
        "A digest comes as often as it says, or else as often as its owner wants to hear at all",
        arguments: [
            (false, "daily", "immediate", nil), (false, "weekly", "daily", "daily"), (false, "daily", "weekly", "weekly"),
            (true, "daily", "immediate", "daily"), (true, "weekly", "immediate", "weekly"), (true, "daily", "weekly", "daily"),
        ] as [(Bool, String, String, String?)])
    func period(isOn: Bool, digest: String, frequency: String, period: String?) {
        var settings = NotificationSettings()
        (settings.digest.enabled, settings.digest.frequency, settings.frequency) = (isOn, digest, frequency)
        #expect(settings.digestPeriod == period)
    }

    @Test(
        "The next digest is at its time by the zone's clock, of a weekly one on Monday",
        arguments: [
            ("daily", "2026-11-26T07:59:59Z", "2026-11-26T08:00:00Z"), ("daily", "2026-11-26T08:00:00Z", "2026-11-27T08:00:00Z"),
            ("daily", "2026-07-01T12:00:00Z", "2026-07-02T07:00:00Z"), ("weekly", "2026-11-26T12:00:00Z", "2026-11-30T08:00:00Z"),
            ("weekly", "2026-11-30T07:59:59Z", "2026-11-30T08:00:00Z"), ("weekly", "2026-11-30T08:00:00Z", "2026-12-07T08:00:00Z"),
            // Across the change of the clock.
            ("weekly", "2026-10-19T12:00:00Z", "2026-10-26T08:00:00Z"),
        ])
    func nextDigest(frequency: String, moment: String, next: String) throws {
        var settings = NotificationSettings()
        settings.digest = NotificationSettings.Digest(enabled: true, frequency: frequency, time: ClockTime(9, 0))
        settings.quietHours.timezone = "Europe/Berlin"
        #expect(try settings.nextDigest(after: #require(Timestamp(iso: moment))) == Timestamp(iso: next))
    }
}
