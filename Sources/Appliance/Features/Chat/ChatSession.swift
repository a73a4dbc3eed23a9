import Platform

/// A chat of one account with the assistant.
struct ChatSession: Sendable, Equatable {
    static let longestTitle = 255

    var rowID: Int64
    var id: Identifier
    var title: String?
    var createdAt: Timestamp
    var updatedAt: Timestamp
    var lastMessageAt: Timestamp?
    /// The first 100 characters of the last message, with "..." where it goes on.
    var lastMessagePreview: String?
    var messageCount: Int

    static func preview(of content: String) -> String {
        let scalars = content.unicodeScalars
        guard scalars.count > 100 else { return content }
        return String(String.UnicodeScalarView(scalars.prefix(100))) + "..."
    }

    /// The form of a list.
    func writeListItem(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("id", id)
            writer.field("title", title)
            writer.field("created_at", createdAt)
            writer.field("updated_at", updatedAt)
            writer.field("last_message_at", lastMessageAt)
            writer.field("last_message_preview", lastMessagePreview)
            writer.field("message_count", messageCount)
        }
    }

    /// The whole session with its messages, oldest first.
    func writeDetail(user: Identifier, messages: [ChatMessage], into writer: inout JSONWriter) {
        writer.object { writer in
            writeFields(user: user, into: &writer)
            writer.key("messages")
            writer.array { writer in
                for message in messages { message.write(into: &writer) }
            }
        }
    }

    /// The session's own fields, without its messages.
    func writeFields(user: Identifier, into writer: inout JSONWriter) {
        writer.field("id", id)
        writer.field("user", user)
        writer.field("title", title)
        writer.field("created_at", createdAt)
        writer.field("updated_at", updatedAt)
        writer.field("last_message_at", lastMessageAt)
    }
}
