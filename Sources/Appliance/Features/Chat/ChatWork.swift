import Platform

/// Answers the questions of `chat/chat/`, in the background.
///
/// Its idempotency key is the question's id: the answer is stored in the transaction that ends the item, and not at all
/// behind a question that has one. What a second run costs is the model's time.
struct ChatWork: Worker {
    static let kind = "chat.answer"

    let database: Database
    let assistant: Assistant
    let moderation: Moderation

    var kind: String { Self.kind }
    var queue: WorkQueueName { .ai }
    var maximumAttempts: Int { 3 }
    // The provider's own limits end an attempt long before this.
    var timeLimitSeconds: Int { 3900 }
    func pauseSeconds(afterAttempt attempt: Int) -> Int { WorkBackoff.doubling(first: 30, afterAttempt: attempt) }

    /// The order that goes with a stored question. The question names it, so that a repeat finds it again.
    static func order(_ question: ChatMessage, of owner: Owner) -> WorkOrder {
        let payload = JSONObject([
            ("session_id", .string(question.session.description)), ("message_id", .string(question.id.description)),
        ])
        return WorkOrder(kind, payload: .object(payload), owner: owner, uniqueKey: question.id.description)
    }

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        guard let owner = item.owner, let sessionID = item.payload["session_id"]?.string.flatMap({ Identifier($0) }),
            let messageID = item.payload["message_id"]?.string.flatMap({ Identifier($0) })
        else { throw ChatWorkFailure.questionGone }
        let found = try database.read { reader -> (ChatSession, ChatMessage, ChatMessage?)? in
            guard let session = try ChatStore.session(sessionID, of: owner, in: reader),
                let question = try ChatStore.message(messageID, in: session, reader: reader)
            else { return nil }
            return (session, question, try ChatStore.answer(to: question, in: session, reader: reader))
        }
        guard let (session, question, given) = found else { throw ChatWorkFailure.questionGone }
        if let given { return WorkOutcome { _ in Self.result(session.id, given) } }
        try assistant.demandAllowance(of: owner)
        let turn = ChatTurn(database: database, assistant: assistant, moderation: moderation, owner: owner)
        let reply: AssistantReply
        do { reply = try await turn.answer(to: question, in: session) } catch { throw ChatWorkFailure.noAnswer(error) }
        return WorkOutcome { transaction in
            guard let answer = try ChatTurn.store(reply, to: question, of: owner, in: transaction) else {
                throw ChatWorkFailure.questionGone
            }
            transaction.emit(ChatMessageAdded(message: answer))
            return Self.result(session.id, answer)
        }
    }

    private static func result(_ session: Identifier, _ answer: ChatMessage) -> JSONValue {
        .object(
            JSONObject([
                ("status", "success"), ("session_id", .string(session.description)), ("message_id", .string(answer.id.description)),
            ]))
    }
}

/// Why a question of `chat/chat/` got no answer.
enum ChatWorkFailure: WorkFailure, Equatable {
    /// The session was deleted, and the question with it.
    case questionGone
    case noAnswer(AssistantFailure)

    var workCode: String {
        switch self {
        case .questionGone: "session_deleted"
        case .noAnswer(let failure): failure.code
        }
    }

    var workDetail: String {
        switch self {
        case .questionGone: "The chat session was deleted."
        case .noAnswer(let failure): failure.detail(advising: "Your message is stored; please ask again")
        }
    }

    var isPermanent: Bool { self == .questionGone }

    var retryAfterSeconds: Int? {
        if case .noAnswer(.unavailable(let seconds)) = self { return seconds }
        return nil
    }
}
