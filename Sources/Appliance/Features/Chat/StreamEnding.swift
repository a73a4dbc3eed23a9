/// How an answer that was streamed came to its end.
enum StreamEnding: Sendable, Equatable {
    /// The model has said all that it wanted.
    case done
    /// The person who asked had enough.
    case stopped
    case failed(StreamFailure)

    /// The stored word.
    var state: String {
        switch self {
        case .done: "done"
        case .stopped: "stopped"
        case .failed(.interrupted): "interrupted"
        case .failed: "failed"
        }
    }

    /// Reads the stored words; nil for a stream that has not ended.
    init?(state: String, code: String?) {
        switch state {
        case "done": self = .done
        case "stopped": self = .stopped
        case "interrupted": self = .failed(.interrupted)
        case "failed": self = .failed(StreamFailure(code: code ?? ""))
        default: return nil
        }
    }

    var failure: StreamFailure? {
        if case .failed(let failure) = self { failure } else { nil }
    }

    /// Whether the answer is one that its reader takes for it: what the model meant, or as much as was wanted.
    var isAccepted: Bool { failure == nil }
}

/// Why a stream broke off.
enum StreamFailure: Sendable, Equatable {
    case assistant(AssistantFailure)
    /// The server stopped, or was killed, while the model was answering.
    case interrupted
    /// The session was deleted, and the question with it.
    case sessionDeleted
    /// The answer could not be written to the database.
    case notStored

    var code: String {
        switch self {
        case .assistant(let failure): failure.code
        case .interrupted: "interrupted"
        case .sessionDeleted: "session_deleted"
        case .notStored: "not_stored"
        }
    }

    var detail: String {
        switch self {
        case .assistant(let failure): failure.detail(advising: "Your message is stored; please try again")
        case .interrupted: "The server stopped while the assistant was answering. Your message is stored; please try again."
        case .sessionDeleted: "The chat session was deleted."
        case .notStored: "The answer could not be stored. Please try again."
        }
    }

    /// Reads the stored code. How long to wait is not stored: it is over.
    init(code: String) {
        let all: [StreamFailure] = [
            .assistant(.failed), .assistant(.unavailable(retryAfterSeconds: 1)), .assistant(.timedOut),
            .assistant(.unchecked(retryAfterSeconds: 1)), .interrupted, .sessionDeleted, .notStored,
        ]
        self = all.first { $0.code == code } ?? .assistant(.failed)
    }
}
