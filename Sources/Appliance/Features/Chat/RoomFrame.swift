import Platform

/// What the sockets of a session are told beside the frames of its streams, as the contract has it.
enum RoomFrame {
    static let connected = frame("connection_established") { $0.field("message", "Connected to chat session") }

    static func error(_ text: String) -> [UInt8] { frame("error") { $0.field("message", text) } }

    static func typing(_ isTyping: Bool) -> [UInt8] {
        frame("typing") { writer in
            writer.field("user", nil as String?)
            writer.field("is_typing", isTyping)
        }
    }

    /// A message of the person, or of the assistant.
    static func message(_ message: ChatMessage) -> [UInt8] {
        frame("message") { writer in
            writer.field("message", message.content)
            guard message.role != .user else {
                // The original server sends the user name here, and accounts have none.
                writer.field("sender", nil as String?)
                writer.field("sender_type", "user")
                return
            }
            writer.field("sender", "AI Assistant")
            writer.field("sender_type", "ai")
            writer.field("model_used", message.metadata["model_used"])
        }
    }

    private static func frame(_ type: String, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(reserving: 128)
        writer.object { writer in
            writer.field("type", type)
            body(&writer)
        }
        return writer.bytes
    }
}
