import Platform

/// What can go wrong in a chat, as facts.
enum ChatError: HTTPFact {
    /// `send/` names a session that is not there or not the caller's.
    case sessionNotFound
    /// The model gave no answer. The user's message is stored all the same.
    case noAnswer(AssistantFailure, session: Identifier, message: ChatMessage)

    var status: Int {
        switch self {
        case .sessionNotFound: 404
        case .noAnswer(let failure, _, _): failure.status
        }
    }

    var headers: [(name: String, value: String)] {
        if case .noAnswer(let failure, _, _) = self { return failure.headers }
        return []
    }

    func writeBody(into writer: inout JSONWriter) {
        writer.object { writer in
            switch self {
            case .sessionNotFound:
                writer.field("error", "Chat session not found")
            case .noAnswer(let failure, let session, let message):
                writer.field("detail", failure.detail(advising: "Your message is stored; please try again"))
                writer.field("error_code", failure.code)
                writer.field("session_id", session)
                writer.key("user_message")
                message.write(into: &writer)
            }
        }
    }
}

extension AssistantFailure {
    var status: Int {
        switch self {
        case .failed: 502
        case .unavailable, .unchecked: 503
        case .timedOut: 504
        }
    }

    var headers: [(name: String, value: String)] {
        switch self {
        case .unavailable(let seconds), .unchecked(let seconds): [("Retry-After", "\(max(1, seconds))")]
        case .failed, .timedOut: []
        }
    }

    var code: String {
        switch self {
        case .failed: "provider_failed"
        case .unavailable: "provider_unavailable"
        case .timedOut: "provider_timeout"
        case .unchecked: "moderation_unavailable"
        }
    }

    /// What happened, and after it what the client can do.
    func detail(advising advice: String) -> String {
        switch self {
        case .failed: "The assistant's model could not answer. \(advice)."
        case .unavailable: "The assistant's model is unavailable for the moment. \(advice) later."
        case .timedOut: "The assistant's model did not answer in time. \(advice)."
        case .unchecked: "The answer could not be checked against the content guidelines. \(advice) later."
        }
    }
}
