import Platform

/// Writes the end of a stream: its state, and what the session keeps of the answer.
///
/// A whole answer is stored as any other, and takes the place of earlier answers to its question, as one that was stopped
/// does. What broke off is kept too, and says so, unless a good answer to the question is there: then that one stays.
struct StreamSettlement: Sendable {
    /// The session, and with it the stream, is gone.
    struct SessionGone: Error {}

    let stream: Identifier
    let session: Identifier
    let question: Identifier
    let ending: StreamEnding
    let log: DeltaLog
    /// What the assistant answered, of a stream that is done.
    var reply: AssistantReply?
    /// Who wrote what there is, as far as that is known.
    var model: String?

    func write(of owner: Owner, in transaction: Transaction) throws -> ChatMessage? {
        guard let session = try ChatStore.session(session, of: owner, in: transaction) else { throw SessionGone() }
        let message = try keep(in: session, transaction)
        try ChatStreamStore.end(stream, ending, log, message: message?.id, in: transaction)
        return message
    }

    private func keep(in session: ChatSession, _ transaction: Transaction) throws -> ChatMessage? {
        if let reply {
            try ChatStore.removeAnswers(to: question, in: session, onlyBrokenOff: false, transaction: transaction)
            return try ChatStore.addMessage(
                to: session, role: .assistant, content: reply.text, metadata: reply.metadata, functionCallData: reply.functionCalls,
                answering: question, in: transaction)
        }
        guard !log.isEmpty else { return nil }
        if !ending.isAccepted, try ChatStore.isAnswered(question, in: session, reader: transaction) { return nil }
        try ChatStore.removeAnswers(to: question, in: session, onlyBrokenOff: !ending.isAccepted, transaction: transaction)
        return try ChatStore.addMessage(
            to: session, role: .assistant, content: log.text, metadata: metadata, answering: question, incomplete: ending.state,
            in: transaction)
    }

    private var metadata: JSONValue {
        ["model_used": model.map { .string($0) } ?? .null, "incomplete": .string(ending.state)]
    }
}
