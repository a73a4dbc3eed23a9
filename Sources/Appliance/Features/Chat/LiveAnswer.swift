import Platform

/// An answer that is being written, with those who read it. Part of the state of `ChatStreams`, under its lock.
struct LiveAnswer {
    /// What waits for the next frames of a reader.
    typealias Waiter = CheckedContinuation<StreamReading, Never>

    struct Reader {
        let caller: Caller
        /// The pieces that it has; nil before the beginning.
        var after: Int?
        var hasEnd = false
        var waiter: Waiter?
    }

    let id: Identifier
    let owner: Owner
    let session: Identifier
    let question: ChatMessage
    var stream = AnswerStream()
    /// The asking of the model, to be cancelled.
    var work: Task<AssistantReply, any Error>?
    var reply: AssistantReply?
    /// What the session keeps, once the stream is closed.
    var message: ChatMessage?
    var readers: [Int: Reader] = [:]

    init(id: Identifier, owner: Owner, session: Identifier, question: ChatMessage) {
        self.id = id
        self.owner = owner
        self.session = session
        self.question = question
    }

    var start: StreamFrame { .start(stream: id, session: session, question: question.id) }

    /// The end, once it is known.
    var end: StreamFrame? { stream.ending.map { .end(stream: id, number: stream.log.count + 1, $0, message) } }

    func opening(after: Int?) -> [StreamFrame] {
        ChatStream.opening(id, session: session, question: question.id, stream.log, after: after)
    }

    /// What is new for a reader; nil when it has had the end, or is none any more.
    mutating func read(_ number: Int) -> [StreamFrame]? {
        guard let reader = readers[number], !reader.hasEnd else { return nil }
        var frames = opening(after: reader.after)
        // A reader may be ahead of what a restart has kept.
        readers[number]?.after = max(reader.after ?? 0, stream.log.count)
        if let end {
            frames.append(end)
            readers[number]?.hasEnd = true
        }
        return frames
    }

    /// The readers that wait and for whom there is something, with it.
    mutating func wake() -> [(waiter: Waiter, reading: StreamReading)] {
        var woken: [(Waiter, StreamReading)] = []
        for (number, reader) in readers {
            guard let waiter = reader.waiter, let frames = read(number), !frames.isEmpty else { continue }
            readers[number]?.waiter = nil
            woken.append((waiter, .frames(frames)))
        }
        return woken
    }
}
