import Platform

/// The forms of the bodies and answers of targets, for the API's document.
enum TargetDocs {
    private static let target = TargetEdit.resource.schema

    static let list = JSONSchema.object([JSONSchema.Member("count", .integer), JSONSchema.Member("results", .array(target))])

    /// A webhook's secret is in this answer and in no later one.
    static let created: JSONSchema = {
        var members: [JSONSchema.Member] = []
        if case .named(_, .object(let all)) = target { members = all }
        return .named("NewNotificationTarget", .object(members + [JSONSchema.Member("secret", .nullable(.text))]))
    }()

    static let secret = JSONSchema.object([JSONSchema.Member("secret", .text), JSONSchema.Member("previous_until", .datetime)])

    static let task = JSONSchema.object([JSONSchema.Member("message", .text), JSONSchema.Member("task_id", .uuid)])

    static let refusal = JSONSchema.object([JSONSchema.Member("detail", .text)])

    static let deliveries = JSONSchema.object([
        JSONSchema.Member("before", .nullable(.uuid)),
        JSONSchema.Member(
            "results",
            .array(
                .named(
                    "TargetDelivery",
                    .object([
                        JSONSchema.Member("id", .uuid), JSONSchema.Member("notification_id", .uuid),
                        JSONSchema.Member("outcome", .choice(NotificationDelivery.Outcome.allCases.map(\.rawValue))),
                        JSONSchema.Member("attempt", .integer), JSONSchema.Member("status", .nullable(.integer)),
                        JSONSchema.Member("milliseconds", .integer), JSONSchema.Member("detail", .text), JSONSchema.Member("at", .datetime),
                    ])))),
    ])
}
