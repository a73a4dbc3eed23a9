import Platform

/// One message of a chat session.
struct ChatMessage: Sendable, Equatable {
    enum Role: String, Sendable { case user, assistant, system, function }

    static let longestContent = 10_000

    var id: Identifier
    var session: Identifier
    var role: Role
    var content: String
    var timestamp: Timestamp
    var functionCallData: JSONValue?
    var functionName: String?
    var metadata: JSONValue

    func write(into writer: inout JSONWriter) {
        writer.object { writeFields(into: &$0) }
    }

    func writeFields(into writer: inout JSONWriter) {
        writer.field("id", id)
        writer.field("session", session)
        writer.field("role", role.rawValue)
        writer.field("content", content)
        writer.field("timestamp", timestamp)
        writer.field("function_call_data", functionCallData)
        writer.field("function_name", functionName)
        writer.field("metadata", metadata)
    }
}
