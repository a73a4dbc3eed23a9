import Platform

/// A message came into a session in another way than by a stream, which tells of its own.
struct ChatMessageAdded: BusEvent {
    let message: ChatMessage
}

/// A session was deleted with all its messages.
struct ChatSessionDeleted: BusEvent {
    let session: Identifier
}
