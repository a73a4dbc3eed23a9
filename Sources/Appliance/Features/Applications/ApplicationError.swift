import Platform

/// What can go wrong with applications, as facts.
enum ApplicationError: HTTPFact, Equatable {
    /// `bulk-apply/` names no job.
    case noJobs
    /// An export would hold more than is given at once.
    case tooManyToExport(limit: Int)

    static let alreadyApplied = ValidationErrors("job_id", "You have already applied to this job.")

    static func noSuchJob(_ id: Identifier?) -> ValidationErrors {
        ValidationErrors("job_id", "Invalid pk \"\(id?.description ?? "")\" - object does not exist.")
    }

    var status: Int { 400 }

    func writeBody(into writer: inout JSONWriter) {
        writer.object { writer in
            switch self {
            case .noJobs: writer.field("error", "No job IDs provided")
            case .tooManyToExport(let limit):
                writer.field(
                    "detail",
                    "An export holds \(limit) applications or 32 MiB at most. Ask for less at once with created_after and created_before.")
            }
        }
    }
}
