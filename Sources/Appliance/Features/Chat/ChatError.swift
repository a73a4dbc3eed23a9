import Platform

/// What can go wrong in a chat, as facts.
enum ChatError: HTTPFact {
    /// `send/` names a session that is not there or not the caller's.
    case sessionNotFound
    /// There is no question in the session that could be answered anew.
    case noQuestion
    /// The question is being answered already.
    case alreadyAnswering
    /// As many answers are being written, for this account or in all, as can be.
    case tooManyStreams
    /// As many read this answer as can.
    case tooManyReaders
    /// The server is about to stop.
    case stopping
    /// The model gave no answer. The user's message is stored all the same.
    case noAnswer(AssistantFailure, session: Identifier, message: ChatMessage)

    var status: Int {
        switch self {
        case .sessionNotFound: 404
        case .noQuestion: 400
        case .alreadyAnswering: 409
        case .tooManyStreams, .tooManyReaders: 429
        case .stopping: 503
        case .noAnswer(let failure, _, _): failure.status
        }
    }

    var headers: [(name: String, value: String)] {
        switch self {
        case .noAnswer(let failure, _, _): failure.headers
        case .tooManyStreams, .tooManyReaders, .stopping: [("Retry-After", "5")]
        case .sessionNotFound, .noQuestion, .alreadyAnswering: []
        }
    }

    func writeBody(into writer: inout JSONWriter) {
        writer.object { writer in
            switch self {
            case .sessionNotFound:
                writer.field("error", "Chat session not found")
            case .noQuestion, .alreadyAnswering, .tooManyStreams, .tooManyReaders, .stopping:
                writer.field("detail", detail)
            case .noAnswer(let failure, let session, let message):
                writer.field("detail", failure.detail(advising: "Your message is stored; please try again"))
                writer.field("error_code", failure.code)
                writer.field("session_id", session)
                writer.key("user_message")
                message.write(into: &writer)
            }
        }
    }

    /// What a client is told of those that have no form of their own.
    private var detail: String {
        switch self {
        case .noQuestion: "There is no message in this session to answer."
        case .alreadyAnswering: "The last message of this session is being answered."
        case .tooManyStreams: "Too many answers are being written at the moment. Please wait for one to end."
        case .tooManyReaders: "Too many are reading this answer."
        case .stopping: "The server is stopping. Please try again in a moment."
        case .sessionNotFound, .noAnswer: ""
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
