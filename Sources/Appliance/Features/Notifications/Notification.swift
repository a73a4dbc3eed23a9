import Platform

/// Something that one account should know.
struct Notification: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case jobAlert = "job_alert"
        case applicationUpdate = "application_update"
        case systemMessage = "system_message"
        case recommendation
        case reminder
    }

    var rowID: Int64
    var id: Identifier
    var kind: Kind
    var title: String
    var message: String
    var isRead: Bool
    var createdAt: Timestamp
    /// What a client needs to lead to the matter: ids of jobs, applications, alerts.
    var data: JSONValue

    /// What causes a notification gives these to `NotificationStore.add`.
    struct New: Sendable, Equatable {
        var kind: Kind
        var title: String
        var message: String
        var data: JSONValue = .object(JSONObject())
        /// The mail that tells the same in full; without one a mail has the title and the message.
        var mail: MailDraft?
        /// Ways that it does not take, whatever the settings say: its owner has it already, or said so of this matter alone.
        var skipped: Set<NotificationDelivery.Channel> = []
    }
}

/// A notification was added; sockets and channels listen for it.
struct NotificationAdded: TopicEvent {
    let owner: Owner
    let notification: Notification

    var topics: [BusTopic] { [.notifications(of: owner)] }
}

extension BusTopic {
    /// What an account's open sockets listen to.
    static func notifications(of owner: Owner) -> BusTopic { BusTopic("notifications", Identifier(rowID: owner.rowID)) }
}
