import Platform

/// Makes questions for the interview for a job, in the background: the model's where there is one, else those that
/// follow from the job's own words.
///
/// Its idempotency key is the account with the job: a second run stores nothing but the item's result. What it costs is the
/// model's time.
struct InterviewWork: Worker {
    static let kind = "jobs.interview_questions"

    let database: Database
    let assistant: Assistant
    let moderation: Moderation
    let clock: any PlatformClock

    var kind: String { Self.kind }
    var queue: WorkQueueName { .ai }
    var maximumAttempts: Int { 3 }
    // The provider's own limits end an attempt long before this.
    var timeLimitSeconds: Int { 3900 }
    func pauseSeconds(afterAttempt attempt: Int) -> Int { WorkBackoff.doubling(first: 60, afterAttempt: attempt) }

    /// While the questions for a job are being made, asking again gives the same item.
    static func order(_ job: Identifier, of owner: Owner) -> WorkOrder {
        WorkOrder(kind, payload: ["job_id": .string(job.description)], owner: owner, uniqueKey: "\(owner.rowID)/\(job)")
    }

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        guard let owner = item.owner, let id = item.payload["job_id"]?.string.flatMap({ Identifier($0) }),
            let job = try database.read({ try JobStore.job(id, at: clock.now(), in: $0) })
        else { throw InterviewFailure.jobGone }
        guard assistant.settings().isConfigured else {
            let result = Self.result(id, job, InterviewQuestion.byRule(job))
            return WorkOutcome { _ in result }
        }
        try assistant.demandAllowance(of: owner)
        let reply: AssistantReply
        do {
            reply = try await moderation.release(assistant.interview(for: job, owner: owner), to: owner)
        } catch {
            throw InterviewFailure.noAnswer(error)
        }
        do {
            let result = Self.result(id, job, try Self.questions(in: reply))
            return WorkOutcome { transaction in
                try TokenLedger.add(reply.tokens, of: owner, in: transaction)
                return result
            }
        } catch {
            // What the answer cost was spent all the same.
            try await database.write { [tokens = reply.tokens] in try TokenLedger.add(tokens, of: owner, in: $0) }
            throw error
        }
    }

    private static func questions(in reply: AssistantReply) throws(InterviewFailure) -> [InterviewQuestion] {
        if reply.metadata["moderation"]?["flagged"] == true { throw .withheld }
        let questions = InterviewQuestion.parse(reply.text)
        if questions.isEmpty { throw .noAnswer(.failed) }
        return questions
    }

    private static func result(_ id: Identifier, _ job: Job, _ questions: [InterviewQuestion]) -> JSONValue {
        [
            "job_id": .string(id.description), "job_title": .string(job.title), "questions": .array(questions.map(\.json)),
            "status": "success",
        ]
    }
}

/// Why there are no questions.
enum InterviewFailure: WorkFailure, Equatable {
    /// The job was deleted meanwhile.
    case jobGone
    /// The model's answer violated the content guidelines.
    case withheld
    case noAnswer(AssistantFailure)

    var workCode: String {
        switch self {
        case .jobGone: "job_deleted"
        case .withheld: "flagged_output"
        case .noAnswer(let failure): failure.code
        }
    }

    var workDetail: String {
        switch self {
        case .jobGone: "The job was deleted."
        case .withheld: WithheldAnswer.text
        case .noAnswer(let failure): failure.detail(advising: "Please try again")
        }
    }

    var isPermanent: Bool { self == .jobGone || self == .withheld }

    var retryAfterSeconds: Int? {
        if case .noAnswer(.unavailable(let seconds)) = self { return seconds }
        return nil
    }
}
