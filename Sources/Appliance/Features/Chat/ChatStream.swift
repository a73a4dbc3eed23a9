import Platform

/// An answer that is or was streamed, as the database has it.
struct ChatStream: Sendable, Equatable {
    var id: Identifier
    var session: Identifier
    var question: Identifier
    /// Nil while it is being written, or when the process that wrote it was killed.
    var ending: StreamEnding?
    var log: DeltaLog
    /// What the session keeps of it, as far as that is still there.
    var message: ChatMessage?

    /// What a reader gets that has the pieces up to `after`, or with nil not even the beginning.
    func frames(after: Int?) -> [StreamFrame] {
        // Whoever finds a row that nobody writes on any more is told what it is.
        let end = StreamFrame.end(stream: id, number: log.count + 1, ending ?? .failed(.interrupted), message)
        return Self.opening(id, session: session, question: question, log, after: after) + [end]
    }

    /// The beginning, unless the reader has it, and the pieces behind `after` as one.
    static func opening(
        _ id: Identifier, session: Identifier, question: Identifier, _ log: DeltaLog, after: Int?
    ) -> [StreamFrame] {
        let start = after == nil ? [StreamFrame.start(stream: id, session: session, question: question)] : []
        let behind = max(0, after ?? 0)
        guard behind < log.count else { return start }
        return start + [.delta(stream: id, after: behind, number: log.count, log.text(after: behind))]
    }
}
