import Platform

/// A message came into a session in another way than by a stream, which tells of its own.
struct ChatMessageAdded: TopicEvent {
    let message: ChatMessage

    var topics: [BusTopic] { [.room(of: message.session)] }
}

/// A session was deleted with all its messages.
struct ChatSessionDeleted: TopicEvent {
    let session: Identifier

    var topics: [BusTopic] { [.room(of: session)] }
}

extension BusTopic {
    /// What the open sockets of a session listen to.
    static func room(of session: Identifier) -> BusTopic { BusTopic("chat.session", session) }
}
