import Platform

/// The forms of the monitoring routes' bodies and answers, for the API's document.
enum MonitoringDocs {
    private static let head = [
        JSONSchema.Member("status", .choice(["healthy", "unhealthy"])), JSONSchema.Member("timestamp", .datetime),
        JSONSchema.Member("system", .text),
    ]

    static let health = JSONSchema.object(head + [JSONSchema.Member("message", .text)])

    private static let check = JSONSchema.object([JSONSchema.Member("status", .text), JSONSchema.Member("message", .text)])

    private static let figures = [
        JSONSchema.Member("cpu", .map(.anything)), JSONSchema.Member("memory", .map(.nullable(.integer))),
        JSONSchema.Member("disk", .map(.nullable(.integer))), JSONSchema.Member("network", .map(.nullable(.integer))),
    ]

    static let details = JSONSchema.object(
        head
            + [
                JSONSchema.Member("version", .text, isRequired: false), JSONSchema.Member("environment", .text, isRequired: false),
                JSONSchema.Member("checks", .map(check), isRequired: false),
                JSONSchema.Member("metrics", .object(figures), isRequired: false),
                JSONSchema.Member("performance", .map(.integer), isRequired: false),
                JSONSchema.Member("response_time_ms", .number, isRequired: false),
            ])

    static let activity = JSONSchema.object([
        JSONSchema.Member("timestamp", .datetime), JSONSchema.Member("period", .text),
        JSONSchema.Member(
            "email",
            .object([
                JSONSchema.Member("total_sent", .integer), JSONSchema.Member("total_failed", .integer),
                JSONSchema.Member("templates_used", .map(.integer)),
            ])),
        JSONSchema.Member("chat", .map(.integer)), JSONSchema.Member("system", .map(.integer)),
    ])

    static let host = JSONSchema.object([JSONSchema.Member("timestamp", .datetime)] + figures)

    static let testBody = JSONSchema.object([
        JSONSchema.Member("test_type", .choice(MonitoringRoutes.testTypes), isRequired: false)
    ])

    static let tested = JSONSchema.object([
        JSONSchema.Member("timestamp", .datetime), JSONSchema.Member("test_type", .text),
        JSONSchema.Member("results", .map(.map(.anything))),
    ])

    static let actionBody = JSONSchema.object([JSONSchema.Member("action", .text(min: 1, max: 100))])

    static let acted = JSONSchema.object([
        JSONSchema.Member("action", .text), JSONSchema.Member("message", .text), JSONSchema.Member("task_id", .nullable(.uuid)),
    ])

    /// Or, for a body without an action, the messages of its fields.
    static let unknownAction = JSONSchema.map(.anyOf([.text, .array(.text)]))
}
