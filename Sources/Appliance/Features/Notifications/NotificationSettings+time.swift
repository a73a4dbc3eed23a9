import Platform

/// What the settings say about one notification at one moment.
extension NotificationSettings {
    /// The clock that quiet hours and digests go by: UTC where this system does not know the zone any more.
    var zone: TimeZoneRules { TimeZoneNames().rules(of: quietHours.timezone) ?? .utc }

    /// Whether the owner wants to hear of such matters.
    func wants(_ kind: Notification.Kind) -> Bool {
        switch kind {
        case .jobAlert: jobAlerts
        case .applicationUpdate, .reminder: applicationUpdates
        case .systemMessage: systemMessages
        case .recommendation: jobRecommendations
        }
    }

    /// The end of the quiet hours that a moment falls into; nil for a moment outside them.
    ///
    /// It is quiet where an end is nearer than a beginning. So a change of the clock can neither hold something for a day (an end
    /// that comes twice is the first of the two) nor make quiet hours of what it leaves out.
    func heldUntil(_ moment: Timestamp) -> Timestamp? {
        guard quietHours.enabled else { return nil }
        let zone = zone
        let end = Self.next(quietHours.end, on: "*", zone, after: moment)
        return end < Self.next(quietHours.start, on: "*", zone, after: moment) ? end : nil
    }

    /// How often mails are gathered into one; nil for each by itself.
    var digestPeriod: String? {
        if digest.enabled { return digest.frequency }
        return frequency == Self.frequencies[0] ? nil : frequency
    }

    /// When what is gathered from now on is sent: at the digest's time, of a weekly one on Monday.
    func nextDigest(after moment: Timestamp) -> Timestamp {
        Self.next(digest.time, on: digestPeriod == "weekly" ? "mon" : "*", zone, after: moment)
    }

    /// The next time that a clock shows this time on such a day of the week.
    private static func next(_ time: ClockTime, on days: String, _ zone: TimeZoneRules, after moment: Timestamp) -> Timestamp {
        guard let expression = try? CronExpression("\(time.minutes % 60) \(time.minutes / 60) * * \(days)") else { return moment }
        return Timetable(expression, zone).next(after: moment) ?? moment
    }
}
