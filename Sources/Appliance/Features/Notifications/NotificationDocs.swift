import Platform

/// The forms of the bodies and answers of notifications, for the API's document.
enum NotificationDocs {
    private static let kinds = Notification.Kind.allCases.map(\.rawValue)

    static let unreadOnly = Operation.Parameter("unread_only", .boolean, "Only those that are not read.")
    static let type = Operation.Parameter("type", .choice(kinds), "Only those of this type.")

    static let root = JSONSchema.object([JSONSchema.Member("notifications", .text(format: "uri"))])

    static let list = JSONSchema.object([
        JSONSchema.Member("count", .integer), JSONSchema.Member("unread_count", .integer),
        JSONSchema.Member("next", .nullable(.text(format: "uri"))), JSONSchema.Member("previous", .nullable(.text(format: "uri"))),
        JSONSchema.Member("notifications", .array(NotificationResource.description.schema)),
    ])

    static let marked = JSONSchema.object([JSONSchema.Member("message", .text), JSONSchema.Member("notification_id", .uuid)])
    static let markedAll = JSONSchema.object([JSONSchema.Member("message", .text), JSONSchema.Member("marked_count", .integer)])

    private static let delivery = JSONSchema.object([
        JSONSchema.Member("channel", .choice(NotificationDelivery.Channel.allCases.map(\.rawValue))),
        JSONSchema.Member("outcome", .choice(NotificationDelivery.Outcome.allCases.map(\.rawValue))),
        JSONSchema.Member("detail", .text), JSONSchema.Member("at", .datetime),
    ])

    static let deliveries = JSONSchema.object([
        JSONSchema.Member("notification_id", .uuid),
        JSONSchema.Member("deliveries", .array(.named("NotificationDelivery", delivery))),
    ])

    // MARK: Announcements

    static let announcement = JSONSchema.named(
        "AnnouncementRequest",
        .object([
            JSONSchema.Member("title", .text(min: 1, max: AnnouncementForm.longestTitle)),
            JSONSchema.Member("message", .text(min: 1, max: AnnouncementForm.longestMessage)),
            JSONSchema.Member("type", .choice(kinds), isRequired: false),
            JSONSchema.Member("data", .nullable(.map(.anything)), isRequired: false),
            JSONSchema.Member("user_ids", .nullable(.array(.uuid, maximumItems: AnnouncementForm.mostNamed)), isRequired: false),
            JSONSchema.Member(
                "emails", .nullable(.array(.text(min: 1, max: Account.longestEmail), maximumItems: AnnouncementForm.mostNamed)),
                isRequired: false),
            JSONSchema.Member("all", .boolean, isRequired: false),
        ]))

    static let announced = JSONSchema.object([
        JSONSchema.Member("message", .text), JSONSchema.Member("recipients", .nullable(.integer)),
        JSONSchema.Member("task_id", .nullable(.uuid)),
    ])

    // MARK: Settings and statistics

    private static func settings(isBody: Bool) -> JSONSchema {
        func member(_ name: String, _ schema: JSONSchema) -> JSONSchema.Member { JSONSchema.Member(name, schema, isRequired: !isBody) }
        let time = isBody ? JSONSchema.simple(JSONObject([("type", "string"), ("pattern", "^([01][0-9]|2[0-3]):[0-5][0-9]$")])) : .text
        func words(_ choices: [String]) -> JSONSchema { isBody ? .choice(choices) : .text }
        let flags = [
            "email_notifications", "push_notifications", "job_alerts", "application_updates", "system_messages", "job_recommendations",
        ]
        return .named(
            isBody ? "NotificationSettingsRequest" : "NotificationSettings",
            .object(
                flags.map { member($0, .boolean) } + [
                    member("frequency", words(NotificationSettings.frequencies)),
                    member(
                        "quiet_hours",
                        .object([
                            member("enabled", .boolean), member("start", time), member("end", time),
                            member("timezone", isBody ? .text(min: 1, max: 64) : .text),
                        ])),
                    member(
                        "email_digest",
                        .object([
                            member("enabled", .boolean), member("frequency", words(NotificationSettings.digestFrequencies)),
                            member("time", time),
                        ])),
                ]))
    }

    static let settings = settings(isBody: false)
    static let settingsBody = settings(isBody: true)

    static let settingsStored = JSONSchema.object([JSONSchema.Member("message", .text), JSONSchema.Member("updated_at", .datetime)])

    static let statistics = JSONSchema.object([
        JSONSchema.Member("total", .integer), JSONSchema.Member("unread", .integer), JSONSchema.Member("read", .integer),
        JSONSchema.Member("by_type", .map(.integer)),
        JSONSchema.Member(
            "last_30_days",
            .array(.object([JSONSchema.Member("date", .text(format: "date")), JSONSchema.Member("count", .integer)]))),
    ])
}
