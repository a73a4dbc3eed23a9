import Platform

/// All SQL over notification settings.
enum NotificationSettingsStore {
    /// The defaults where the owner has set nothing.
    static func settings(of owner: Owner, in reader: Reader) throws -> NotificationSettings {
        try reader.first(
            "SELECT \(columns.joined(separator: ", ")) FROM notification_settings WHERE account_rid = $1", owner.rowID, map: read)
            ?? NotificationSettings()
    }

    static func set(_ settings: NotificationSettings, of owner: Owner, in transaction: Transaction) throws {
        let places = columns.indices.map { "$\($0 + 3)" }.joined(separator: ", ")
        let assignments = columns.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        try transaction.execute(
            """
            INSERT INTO notification_settings (account_rid, updated_at, \(columns.joined(separator: ", "))) VALUES ($1, $2, \(places))
            ON CONFLICT (account_rid) DO UPDATE SET updated_at = excluded.updated_at, \(assignments)
            """, arguments: [owner.rowID, transaction.now] + values(of: settings))
    }

    private static let columns = [
        "email_notifications", "push_notifications", "job_alerts", "application_updates", "system_messages", "job_recommendations",
        "frequency", "quiet_enabled", "quiet_start", "quiet_end", "quiet_timezone", "digest_enabled", "digest_frequency", "digest_time",
    ]

    private static func values(of settings: NotificationSettings) -> [(any SQLBindable)?] {
        [
            settings.emailNotifications, settings.pushNotifications, settings.jobAlerts, settings.applicationUpdates,
            settings.systemMessages, settings.jobRecommendations, settings.frequency, settings.quietHours.enabled,
            settings.quietHours.start.minutes, settings.quietHours.end.minutes, settings.quietHours.timezone, settings.digest.enabled,
            settings.digest.frequency, settings.digest.time.minutes,
        ]
    }

    private static func read(_ row: borrowing Row) throws -> NotificationSettings {
        var settings = NotificationSettings()
        settings.emailNotifications = try row.bool(0)
        settings.pushNotifications = try row.bool(1)
        settings.jobAlerts = try row.bool(2)
        settings.applicationUpdates = try row.bool(3)
        settings.systemMessages = try row.bool(4)
        settings.jobRecommendations = try row.bool(5)
        settings.frequency = try row.text(6)
        settings.quietHours.enabled = try row.bool(7)
        settings.quietHours.start = try time(row, 8)
        settings.quietHours.end = try time(row, 9)
        settings.quietHours.timezone = try row.text(10)
        settings.digest.enabled = try row.bool(11)
        settings.digest.frequency = try row.text(12)
        settings.digest.time = try time(row, 13)
        return settings
    }

    private static func time(_ row: borrowing Row, _ column: Int) throws -> ClockTime {
        guard let time = ClockTime(minutes: try row.int(column)) else { throw StorageError.unexpectedValue(column: column) }
        return time
    }
}
