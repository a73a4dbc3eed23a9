import Platform

/// Why no recommendations were made, as facts.
enum RecommendationError: HTTPFact, Equatable {
    case noProfile
    /// Something of ours went wrong; the log says what.
    case failed

    var status: Int {
        switch self {
        case .noProfile: 404
        case .failed: 500
        }
    }

    func writeBody(into writer: inout JSONWriter) {
        writer.object { writer in
            switch self {
            case .noProfile:
                writer.field("error", "User profile not found. Recommendations cannot be generated without a profile.")
            case .failed:
                let detail = "An internal error occurred while generating recommendations."
                writer.field("detail", detail)
                writer.field("error", detail)
            }
        }
    }
}
