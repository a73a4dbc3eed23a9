import Platform

/// One question and its answer, durably.
///
/// 1. The question is admitted by moderation; one that is not leaves no trace but a count.
/// 2. The question is stored, with its session where that is new, in one transaction.
/// 3. The assistant is asked, with no transaction open, and moderation releases the answer or withholds it.
/// 4. The answer is stored.
///
/// A crash or a failing model between 2 and 4 leaves the question, never a
/// made-up answer. A repeat with the same request key finds the question of the
/// first try and does not store it twice; another question under that key is refused.
struct ChatTurn: Sendable {
    struct Outcome: Sendable {
        let session: ChatSession
        let question: ChatMessage
        let answer: ChatMessage
    }

    let database: Database
    let assistant: Assistant
    let moderation: Moderation
    let caller: Caller

    func run(content: String, sessionID: Identifier?, requestKey: String?) async throws -> Outcome {
        let owner = caller.owner
        try await moderation.admit(content, from: owner)
        let (session, question) = try await storeQuestion(content, sessionID: sessionID, requestKey: requestKey)
        let limit = assistant.historyLimit
        let (given, history) = try await database.scan { reader in
            (
                try ChatStore.answer(to: question, in: session, reader: reader),
                // Up to this question: when it is a repeat, or when two are asked at once, later ones stand behind it.
                try ChatStore.messages(of: session, upTo: question, limit: limit, in: reader)
            )
        }
        // A crash after step 4 lost only the response: the repeat finds the answer.
        if requestKey != nil, let given { return Outcome(session: session, question: question, answer: given) }
        let reply: AssistantReply
        do {
            reply = try await moderation.release(assistant.answer(history, caller: caller), to: owner)
        } catch {
            throw ChatError.noAnswer(error, session: session.id, message: question)
        }
        let answer = try await database.write { transaction in
            // The session may have been deleted while the model was thinking.
            guard let current = try ChatStore.session(session.id, of: owner, in: transaction) else { throw ChatError.sessionNotFound }
            return try ChatStore.addMessage(
                to: current, role: .assistant, content: reply.text, metadata: reply.metadata, functionCallData: reply.functionCalls,
                in: transaction)
        }
        return Outcome(session: session, question: question, answer: answer)
    }

    private func storeQuestion(
        _ content: String, sessionID: Identifier?, requestKey: String?
    ) async throws -> (ChatSession, ChatMessage) {
        let owner = caller.owner
        return try await database.write { transaction in
            if let requestKey, let earlier = try ChatStore.message(requestKey: requestKey, of: owner, in: transaction) {
                guard earlier.message.content == content, sessionID == nil || sessionID == earlier.session.id else {
                    throw IdempotencyError.usedForAnotherRequest
                }
                return (earlier.session, earlier.message)
            }
            let session: ChatSession
            if let sessionID {
                guard let found = try ChatStore.session(sessionID, of: owner, in: transaction) else { throw ChatError.sessionNotFound }
                session = found
            } else {
                let title = "Chat started at \(transaction.now.minuteText)"
                session = try ChatStore.createSession(owner, title: title, in: transaction)
            }
            let message = try ChatStore.addMessage(to: session, role: .user, content: content, requestKey: requestKey, in: transaction)
            return (session, message)
        }
    }
}
