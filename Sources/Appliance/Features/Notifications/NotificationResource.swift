import Platform

/// How a notification shows itself. Whether it is read is all that its owner may change.
enum NotificationResource {
    static let description = Resource<Notification>(
        name: "Notification",
        fields: [
            .readOnly("id", .identifier) { $1.identifier($0.id) },
            .readOnly("type") { $1.string($0.kind.rawValue) },
            .readOnly("title") { $1.string($0.title) },
            .readOnly("message") { $1.string($0.message) },
            .boolean("is_read", get: { $0.isRead }, set: { $0.isRead = $1 }),
            .readOnly("created_at", .datetime) { $1.timestamp($0.createdAt) },
            .readOnly("data", .json) { $1.value($0.data) },
        ])
}
