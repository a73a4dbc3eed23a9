import Platform

/// What is sent to a target: a notification, or a test of whether it arrives.
struct PushMessage: Sendable, Equatable {
    let notification: Notification
    let isTest: Bool

    init(_ notification: Notification) { (self.notification, isTest) = (notification, false) }

    /// A test has the form of a notification, and is in no list.
    static func test(_ id: Identifier, at moment: Timestamp) -> PushMessage {
        PushMessage(
            notification: Notification(
                rowID: 0, id: id, kind: .systemMessage, title: "A test of your target",
                message: "If you can read this, notifications arrive here.", isRead: false, createdAt: moment,
                data: .object(JSONObject())), isTest: true)
    }

    private init(notification: Notification, isTest: Bool) { (self.notification, self.isTest) = (notification, isTest) }

    /// The body of a webhook (Standard Webhooks): what happened, when, and the notification exactly as the API shows it.
    var webhookBody: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("type", isTest ? "notification.test" : "notification.created")
            writer.field("timestamp", notification.createdAt)
            writer.key("data")
            NotificationResource.description.write(notification, into: &writer)
        }
        return writer.bytes
    }

    // MARK: On a telephone

    /// What the services take of a text at least; the rest is in the product.
    private static let longestTitle = 200
    private static let longestText = 3500

    var title: String { MailHeaderText(Self.cut(notification.title, Self.longestTitle)).text }

    /// Never empty: ntfy would write something of its own.
    var text: String {
        let text = Self.cut(notification.message, Self.longestText)
        return text.isEmpty ? title : text
    }

    /// Whether it is about something that waits for its owner.
    var isUrgent: Bool { notification.kind == .reminder || notification.kind == .applicationUpdate }

    /// A picture, by the name that ntfy knows it by.
    var tag: String {
        switch notification.kind {
        case .jobAlert: "briefcase"
        case .applicationUpdate: "page_facing_up"
        case .systemMessage: "gear"
        case .recommendation: "star"
        case .reminder: "alarm_clock"
        }
    }

    /// The page that it is about; empty where there is none.
    func address(_ links: MailLinks) -> String {
        switch notification.kind {
        case .jobAlert: links.page("/alerts")
        case .applicationUpdate, .reminder: links.page("/applications")
        case .recommendation: links.page("/recommendations")
        case .systemMessage: ""
        }
    }

    /// At most so many bytes, and no part of a character.
    private static func cut(_ text: String, _ limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var (kept, bytes) = (String.UnicodeScalarView(), 3)
        for scalar in text.unicodeScalars {
            bytes += UTF8.width(scalar)
            guard bytes <= limit else { break }
            kept.append(scalar)
        }
        return String(kept) + "…"
    }
}
