import Platform

/// What an account wants sent to it beyond the list in the product, and when.
///
/// The list itself is a record and leaves nothing out. These settings bind the ways that reach somebody who does not
/// look: mail and push.
struct NotificationSettings: Sendable, Equatable {
    static let frequencies = ["immediate", "daily", "weekly"]
    static let digestFrequencies = ["daily", "weekly"]

    /// When nothing is sent; what falls into them waits for their end. They may go over midnight.
    struct QuietHours: Sendable, Equatable {
        var enabled = false
        var start = ClockTime(22, 0)
        var end = ClockTime(8, 0)
        /// The name of the time zone whose clock this is.
        var timezone = "UTC"
    }

    /// One mail with what is new, in the place of many.
    struct Digest: Sendable, Equatable {
        var enabled = false
        var frequency = "daily"
        var time = ClockTime(9, 0)
    }

    // The ways.
    var emailNotifications = true
    var pushNotifications = true
    // The matters.
    var jobAlerts = true
    var applicationUpdates = true
    var systemMessages = true
    var jobRecommendations = true
    var frequency = "immediate"
    var quietHours = QuietHours()
    var digest = Digest()

    func write(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("email_notifications", emailNotifications)
            writer.field("push_notifications", pushNotifications)
            writer.field("job_alerts", jobAlerts)
            writer.field("application_updates", applicationUpdates)
            writer.field("system_messages", systemMessages)
            writer.field("job_recommendations", jobRecommendations)
            writer.field("frequency", frequency)
            writer.object("quiet_hours") { writer in
                writer.field("enabled", quietHours.enabled)
                writer.field("start", quietHours.start.text)
                writer.field("end", quietHours.end.text)
                writer.field("timezone", quietHours.timezone)
            }
            writer.object("email_digest") { writer in
                writer.field("enabled", digest.enabled)
                writer.field("frequency", digest.frequency)
                writer.field("time", digest.time.text)
            }
        }
    }
}

// MARK: - Reading a body

extension NotificationSettings {
    /// Takes over what a body says; what it does not mention keeps its value, within the two groups too. All that is
    /// wrong is reported at once, and then nothing is taken over.
    mutating func take(_ body: JSONValue, zones: TimeZoneNames) throws(ValidationErrors) {
        var new = self
        var reader = BodyReader(body)
        new.emailNotifications = reader.boolean("email_notifications", default: emailNotifications)
        new.pushNotifications = reader.boolean("push_notifications", default: pushNotifications)
        new.jobAlerts = reader.boolean("job_alerts", default: jobAlerts)
        new.applicationUpdates = reader.boolean("application_updates", default: applicationUpdates)
        new.systemMessages = reader.boolean("system_messages", default: systemMessages)
        new.jobRecommendations = reader.boolean("job_recommendations", default: jobRecommendations)
        new.frequency = reader.choice("frequency", Self.frequencies, default: frequency)
        Self.group("quiet_hours", of: body, &reader) { new.quietHours.take(&$0, zones: zones) }
        Self.group("email_digest", of: body, &reader) { new.digest.take(&$0) }
        try reader.finish()
        self = new
    }

    /// Reads a member that is itself an object. Its errors stand under its own name, each with the field that it is of.
    private static func group(
        _ name: String, of body: JSONValue, _ reader: inout BodyReader, _ take: (inout BodyReader) -> Void
    ) {
        guard let value = body[name] else { return }
        var inner = BodyReader(value)
        take(&inner)
        for entry in inner.errors.entries {
            for message in entry.messages {
                reader.add(name, entry.field == ValidationErrors.nonField ? message : "\(entry.field): \(message)")
            }
        }
    }
}

extension NotificationSettings.QuietHours {
    fileprivate mutating func take(_ reader: inout BodyReader, zones: TimeZoneNames) {
        enabled = reader.boolean("enabled", default: enabled)
        start = reader.time("start", default: start)
        end = reader.time("end", default: end)
        if reader.has("timezone") {
            let name = reader.text("timezone", max: 64)
            if !name.isEmpty, !zones.contains(name) {
                reader.add("timezone", "\"\(name)\" is not a known time zone. Use a name such as Europe/Berlin.")
            }
            timezone = name
        }
        if enabled, start == end, reader.errors.isEmpty { reader.add(ValidationErrors.nonField, "Start and end must differ.") }
    }
}

extension NotificationSettings.Digest {
    fileprivate mutating func take(_ reader: inout BodyReader) {
        enabled = reader.boolean("enabled", default: enabled)
        frequency = reader.choice("frequency", NotificationSettings.digestFrequencies, default: frequency)
        time = reader.time("time", default: time)
    }
}

extension BodyReader {
    fileprivate mutating func time(_ name: String, default time: ClockTime) -> ClockTime {
        guard has(name) else { return time }
        let text = text(name)
        if text.isEmpty { return time }
        guard let read = ClockTime(text) else {
            add(name, ClockTime.wrongFormat)
            return time
        }
        return read
    }
}
