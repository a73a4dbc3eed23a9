import Platform

/// What the assistant answered, and what it used for it.
struct AssistantReply: Sendable {
    let text: String
    /// `model_used`, `sources` (the passages that were found: their document, its bytes, the passage), token counts where the provider told them.
    let metadata: JSONValue
    /// The model's tokens that it took; none without a model.
    var tokens = 0
    /// Tool calls that the model asked for. They are kept and shown, never run.
    var functionCalls: JSONValue?
    /// Nobody wrote it: it is quoted from this server's own data.
    var isBuiltIn = false
}

/// Why there is no answer.
enum AssistantFailure: Error, Sendable, Equatable {
    /// The provider answered with an error, or with something that is no answer.
    case failed
    /// The provider is not asked for now, after several failures in a row.
    case unavailable(retryAfterSeconds: Int)
    case timedOut
    /// There is an answer, but nobody could judge it, and the operator wants such answers held back.
    case unchecked(retryAfterSeconds: Int)
}

extension AssistantFailure {
    init(_ failure: ProviderFailure) {
        switch failure {
        case .failed: self = .failed
        case .unavailable(let seconds): self = .unavailable(retryAfterSeconds: seconds)
        case .timeout: self = .timedOut
        }
    }
}
