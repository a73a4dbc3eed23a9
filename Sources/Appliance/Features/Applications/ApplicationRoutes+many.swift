import Platform

/// Applying to several jobs with one request.
extension ApplicationRoutes {
    /// What became of one job of a `bulk-apply/`.
    private enum Outcome: Sendable {
        case applied(Application)
        case failed(String)
        /// Storage refused this one; the others stand.
        case notStored(StorageError)

        var error: String? {
            switch self {
            case .applied: nil
            case .failed(let text): text
            case .notStored: "The server is busy. Please try again."
            }
        }
    }

    /// Each job in a transaction of its own, all at once, so that they share a commit. Of an id that is named twice,
    /// one application is made and the other one fails.
    @Sendable func bulkApply(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let applicant = Applicant(try request.requireCaller())
        let choice = try JobChoice(eachOf: request.json())
        let outcomes = try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
            for (place, id) in choice.jobIDs.enumerated() {
                group.addTask { (place, try await apply(to: id, coverLetter: choice.coverLetter, applicant)) }
            }
            return try await group.reduce(into: [Int: Outcome]()) { $0[$1.0] = $1.1 }
        }
        // With nothing stored and storage in trouble the whole request may be sent again.
        let refusals = outcomes.values.compactMap { if case .notStored(let error) = $0 { error } else { nil } }
        if let refusal = refusals.first, refusals.count == outcomes.count { throw refusal }
        return Self.answer(outcomes.sorted { $0.key < $1.key }.map { (choice.jobIDs[$0.key], $0.value) })
    }

    private func apply(to text: String, coverLetter: String, _ applicant: Applicant) async throws -> Outcome {
        guard let id = Identifier(text) else { return .failed("Must be a valid UUID.") }
        do {
            return try await database.write { transaction in
                guard let job = try JobStore.listItem(id, in: transaction) else { return .failed("Job not found") }
                guard try !ApplicationStore.hasApplied(applicant.owner, to: job, in: transaction) else {
                    return .failed("Already applied to this job")
                }
                var application = Application(by: applicant, in: transaction)
                application.job = job
                application.status = Application.submitted
                application.applicationType = "bulk"
                application.coverLetter = coverLetter
                return .applied(
                    try ApplicationStore.create(application, of: applicant, by: .user(applicant.owner), in: transaction))
            }
        } catch let error as StorageError where error.status == 503 {
            return .notStored(error)
        }
    }

    private static func answer(_ outcomes: [(id: String, outcome: Outcome)]) -> HTTPAnswer {
        .json { writer in
            writer.object { writer in
                let applied = outcomes.count { if case .applied = $0.outcome { true } else { false } }
                writer.field("message", "Applied to \(applied) jobs")
                writer.array("applied_jobs") { writer in
                    for case (_, .applied(let application)) in outcomes {
                        writer.object { writer in
                            writer.field("job_id", application.job?.id)
                            writer.field("application_id", application.id)
                            writer.field("job_title", application.job?.title)
                            writer.field("company", application.job?.company)
                        }
                    }
                }
                writer.array("failed_jobs") { writer in
                    for (id, outcome) in outcomes {
                        guard let error = outcome.error else { continue }
                        writer.object { writer in
                            writer.field("job_id", id)
                            writer.field("error", error)
                        }
                    }
                }
            }
        }
    }

    @Sendable func orderAutoApply(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let applicant = Applicant(try request.requireCaller())
        let id = try Self.id(of: request)
        guard try database.read({ try JobStore.listItem(id, in: $0) }) != nil else { throw HTTPError.noMatch(model: "Job") }
        let (jobs, coverLetter) = try JobChoice.identifiers(in: request.json())
        let outcome = try await autoApply.order(jobs, coverLetter: coverLetter, for: applicant)
        return .json(202) { writer in
            writer.object { writer in
                writer.field("message", "Auto-apply process started for \(outcome.queued.count) jobs.")
                writer.array("queued_jobs") { writer in
                    for (job, task) in outcome.queued {
                        writer.object { writer in
                            writer.field("job_id", job)
                            writer.field("task_id", task)
                        }
                    }
                }
                writer.array("skipped_jobs") { writer in
                    for (job, why) in outcome.skipped {
                        writer.object { writer in
                            writer.field("job_id", job)
                            writer.field("reason", why.rawValue)
                        }
                    }
                }
            }
        }
    }
}
