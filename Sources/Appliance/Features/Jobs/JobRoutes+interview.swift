import Platform

/// `generate_interview_questions/`: ordered here, made by `InterviewWork`, fetched under `tasks/`.
extension JobRoutes {
    var interviewRoute: Route {
        .post(
            Self.base + "jobs/{id}/generate_interview_questions/", body: .none, idempotent: true,
            summary: "Have questions for an interview made", handler: orderQuestions
        )
        .returns(202, JobDocs.queued, "The task's result will hold the questions.")
        .counted(as: .assistant)
    }

    @Sendable private func orderQuestions(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let owner = try request.requireCaller().owner
        let id = try Self.jobID(of: request)
        try assistant.demandAllowance(of: owner)
        let task = try await database.write { transaction in
            _ = try Self.rowID(of: id, in: transaction)
            return try transaction.enqueue(InterviewWork.order(id, of: owner))
        }
        if worksInline() { await queue.attempted(task) }
        return .json(202) { writer in
            writer.object { writer in
                writer.field("task_id", task)
                writer.field("status", "queued")
                writer.field(
                    "message",
                    "Interview question generation has been queued. You can check the status using the task_id.")
            }
        }
    }
}
