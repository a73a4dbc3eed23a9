import Platform

/// What can go wrong with jobs, as facts.
enum JobError: HTTPFact, Equatable {
    /// Another job has the same external source and id.
    case externalIDTaken
    /// The job is not among those that the caller has saved.
    case notSaved
    /// Search by meaning was asked for, and this server has no model for it.
    case noMeaning
    /// What embeds the question gives no answer now.
    case meaningUnavailable

    var status: Int {
        switch self {
        case .externalIDTaken, .noMeaning: 400
        case .notSaved: 404
        case .meaningUnavailable: 503
        }
    }

    var headers: [(name: String, value: String)] { self == .meaningUnavailable ? [("Retry-After", "5")] : [] }

    func writeBody(into writer: inout JSONWriter) {
        writer.object { writer in
            switch self {
            case .externalIDTaken: writer.field("external_id", ["Another job has this external source and id."])
            case .notSaved: writer.field("error", "Job not found in saved jobs")
            case .noMeaning: writer.field("mode", ["Search by meaning needs an embedding model, and this server has none."])
            case .meaningUnavailable: writer.field("detail", "Search by meaning is not available now. Please try again.")
            }
        }
    }
}
