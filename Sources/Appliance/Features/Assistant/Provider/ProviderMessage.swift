import Platform

/// One message of the conversation that a provider is asked to continue.
struct ProviderMessage: Sendable, Equatable {
    enum Role: String, Sendable {
        case system, user, assistant, tool
    }

    var role: Role
    var content: String
    /// What the assistant asked for in this message.
    var toolCalls: [ProviderToolCall]
    /// Which of those calls this message, from a tool, answers.
    var toolCallID: String?

    static func system(_ text: String) -> Self { Self(role: .system, content: text, toolCalls: []) }
    static func user(_ text: String) -> Self { Self(role: .user, content: text, toolCalls: []) }
    static func assistant(_ text: String, toolCalls: [ProviderToolCall] = []) -> Self {
        Self(role: .assistant, content: text, toolCalls: toolCalls)
    }
    static func tool(_ result: String, answering callID: String) -> Self {
        Self(role: .tool, content: result, toolCalls: [], toolCallID: callID)
    }
}

/// A function that the model may ask for.
struct ProviderTool: Sendable, Equatable {
    var name: String
    var description: String
    /// A JSON Schema of its arguments.
    var parameters: JSONValue
}

/// The model's wish to have a function called. The arguments are its own text:
/// usually JSON, never to be trusted.
struct ProviderToolCall: Sendable, Hashable {
    var id: String
    var name: String
    var arguments: String
}
