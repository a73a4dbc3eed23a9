import Platform

/// Why a user's text is not let in, as facts.
enum ModerationError: HTTPFact, Equatable {
    case flaggedInput
    /// Nobody could judge it, and the operator wants such text refused.
    case unavailable(retryAfterSeconds: Int)

    var status: Int {
        switch self {
        case .flaggedInput: 400
        case .unavailable: 503
        }
    }

    var headers: [(name: String, value: String)] {
        if case .unavailable(let seconds) = self { return [("Retry-After", "\(max(1, seconds))")] }
        return []
    }

    func writeBody(into writer: inout JSONWriter) {
        writer.object { writer in
            switch self {
            case .flaggedInput:
                writer.field("error", "Input violates content guidelines.")
                writer.field("error_code", "flagged_input")
            case .unavailable:
                writer.field("detail", "Moderation is unavailable for the moment. Please try again later.")
                writer.field("error_code", "moderation_unavailable")
            }
        }
    }
}
