import Platform

/// One question and its answer, durably.
///
/// 1. The question is admitted by moderation; one that is not leaves no trace but a count.
/// 2. The question is stored, with its session where that is new, in one transaction.
/// 3. The assistant is asked, with no transaction open; what that cost is counted; and moderation releases the answer
///    or withholds it.
/// 4. The answer is stored.
///
/// `chat/send/` does all of this before it answers; `chat/chat/` does the first two, and orders the others as work in
/// the transaction of the second (`ChatWork`). A crash or a failing model between 2 and 4 leaves the question, never a made-up
/// answer. A repeat with the same request key finds the question of the first try and does not store it twice;
/// another question under that key is refused.
struct ChatTurn: Sendable {
    struct Outcome: Sendable {
        let session: ChatSession
        let question: ChatMessage
        let answer: ChatMessage
    }

    /// What is asked, and where.
    struct Question: Sendable {
        var content: String
        /// Nil begins a session.
        var sessionID: Identifier?
        /// The request's `Idempotency-Key`.
        var requestKey: String?
    }

    /// A question that is in the database.
    struct Stored: Sendable {
        let session: ChatSession
        let question: ChatMessage
        /// False for a repeat: it was stored before.
        let isNew: Bool

        /// Lets the session's sockets hear of it after the commit.
        func tell(_ transaction: Transaction) {
            if isNew { transaction.emit(ChatMessageAdded(message: question)) }
        }
    }

    let database: Database
    let assistant: Assistant
    let moderation: Moderation
    let owner: Owner

    func run(_ question: Question) async throws -> Outcome {
        try await admit(question)
        let owner = self.owner
        let stored = try await database.write { transaction in
            let stored = try Self.store(
                question, of: owner, title: Self.title(at: transaction.now), otherwise: ChatError.sessionNotFound, in: transaction)
            stored.tell(transaction)
            return stored
        }
        let (session, message) = (stored.session, stored.question)
        // A crash after step 4 lost only the response: the repeat finds the answer.
        if question.requestKey != nil, let given = try database.read({ try ChatStore.answer(to: message, in: session, reader: $0) }) {
            return Outcome(session: session, question: message, answer: given)
        }
        let reply: AssistantReply
        do {
            reply = try await answer(to: message, in: session)
        } catch {
            throw ChatError.noAnswer(error, session: session.id, message: message)
        }
        let answer = try await database.write { transaction in
            guard let answer = try Self.store(reply, to: message, of: owner, in: transaction) else { throw ChatError.sessionNotFound }
            transaction.emit(ChatMessageAdded(message: answer))
            return answer
        }
        return Outcome(session: session, question: message, answer: answer)
    }

    /// Step 1. Throws what stands against the question; also a repeat is judged.
    func admit(_ question: Question) async throws {
        try assistant.demandAllowance(of: owner)
        try await moderation.admit(question.content, from: owner)
    }

    /// Step 2. `missing` is thrown when the session is not there.
    static func store(
        _ question: Question, of owner: Owner, title: String, otherwise missing: any HTTPFact, in transaction: Transaction
    ) throws -> Stored {
        if let key = question.requestKey, let earlier = try ChatStore.message(requestKey: key, of: owner, in: transaction) {
            guard earlier.message.content == question.content, question.sessionID == nil || question.sessionID == earlier.session.id else {
                throw IdempotencyError.usedForAnotherRequest
            }
            return Stored(session: earlier.session, question: earlier.message, isNew: false)
        }
        let session: ChatSession
        if let id = question.sessionID {
            guard let found = try ChatStore.session(id, of: owner, in: transaction) else { throw missing }
            session = found
        } else {
            session = try ChatStore.createSession(owner, title: title, in: transaction)
        }
        let message = try ChatStore.addMessage(
            to: session, role: .user, content: question.content, requestKey: question.requestKey, in: transaction)
        return Stored(session: session, question: message, isNew: true)
    }

    static func title(at moment: Timestamp) -> String { "Chat started at \(moment.minuteText)" }

    /// Step 3.
    func answer(to question: ChatMessage, in session: ChatSession) async throws(AssistantFailure) -> AssistantReply {
        let history = try await history(upTo: question, in: session)
        return try await released { () async throws(AssistantFailure) in try await assistant.answer(history, owner: owner) }
    }

    /// What the model is told. It ends with the question: when that is a repeat, or when two are asked at once, later ones
    /// stand behind it.
    func history(upTo question: ChatMessage, in session: ChatSession) async throws(AssistantFailure) -> [ChatMessage] {
        let limit = assistant.historyLimit
        do {
            return try await database.scan { try ChatStore.messages(of: session, upTo: question, limit: limit, in: $0) }
        } catch {
            throw .unavailable(retryAfterSeconds: 1)
        }
    }

    /// What the assistant answers to `ask`, released by moderation. What it cost is counted before that, and by itself:
    /// it was spent whatever becomes of the answer. Counted together with the answer, a session deleted while the model
    /// thinks would undo the count, and who does that each time would have a model without a limit.
    func released(_ ask: () async throws(AssistantFailure) -> AssistantReply) async throws(AssistantFailure) -> AssistantReply {
        let reply = try await ask()
        try await count(reply.tokens)
        return try await moderation.release(reply, to: owner)
    }

    func count(_ tokens: Int) async throws(AssistantFailure) {
        guard tokens > 0 else { return }
        let owner = self.owner
        do { try await database.write { try TokenLedger.add(tokens, of: owner, in: $0) } } catch {
            throw .unavailable(retryAfterSeconds: 1)
        }
    }

    /// Step 4. Nil when the session was deleted while the model was thinking.
    static func store(
        _ reply: AssistantReply, to question: ChatMessage, of owner: Owner, in transaction: Transaction
    ) throws -> ChatMessage? {
        guard let current = try ChatStore.session(question.session, of: owner, in: transaction) else { return nil }
        try ChatStore.removeAnswers(to: question.id, in: current, onlyBrokenOff: true, transaction: transaction)
        return try ChatStore.addMessage(
            to: current, role: .assistant, content: reply.text, metadata: reply.metadata, functionCallData: reply.functionCalls,
            answering: question.id, in: transaction)
    }
}
