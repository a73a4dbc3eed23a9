/// What kind of request it is to the limiter. Each class has buckets of its own.
package enum RateClass: UInt8, Sendable, CaseIterable {
    /// What takes or gives passwords and tokens.
    case authentication
    case reading
    case writing
    /// Questions to the assistant.
    case assistant
    /// Messages over WebSockets.
    case message

    package var name: String {
        switch self {
        case .authentication: "authentication"
        case .reading: "reading"
        case .writing: "writing"
        case .assistant: "assistant"
        case .message: "message"
        }
    }
}
