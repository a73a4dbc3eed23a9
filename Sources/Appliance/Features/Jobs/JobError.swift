import Platform

/// What can go wrong with jobs, as facts.
enum JobError: HTTPFact, Equatable {
    /// Another job has the same external source and id.
    case externalIDTaken
    /// The job is not among those that the caller has saved.
    case notSaved

    var status: Int {
        switch self {
        case .externalIDTaken: 400
        case .notSaved: 404
        }
    }

    func writeBody(into writer: inout JSONWriter) {
        writer.object { writer in
            switch self {
            case .externalIDTaken: writer.field("external_id", ["Another job has this external source and id."])
            case .notSaved: writer.field("error", "Job not found in saved jobs")
            }
        }
    }
}
