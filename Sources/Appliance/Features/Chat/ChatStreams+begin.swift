import Platform

/// How answers are asked for, and stopped.
extension ChatStreams {
    /// A question that was taken in, and the stream of its answer.
    struct Begun: Sendable {
        let stream: Identifier
        let session: ChatSession
        let question: ChatMessage
    }

    /// Takes a question in and begins its answer; both are in the database when it returns. A repeat finds the answer of
    /// the first try, however far that is.
    func begin(_ asked: ChatTurn.Question, of owner: Owner) async throws -> Begun {
        try demandRoom(of: owner)
        try await turn(of: owner).admit(asked)
        let boot = self.boot
        let (stored, known, stream) = try await database.write { [self] transaction in
            let stored = try ChatTurn.store(
                asked, of: owner, title: ChatTurn.title(at: transaction.now), otherwise: ChatError.sessionNotFound, in: transaction)
            let (session, question) = (stored.session, stored.question)
            let known = stored.isNew ? nil : try earlierStream(answering: question, in: session, transaction)
            let stream =
                try known ?? ChatStreamStore.create(in: session, question: question.id, boot: boot, transaction: transaction)
            return (stored, known != nil, stream)
        }
        let begun = Begun(stream: stream, session: stored.session, question: stored.question)
        if !known { start(begun, of: owner, isNew: stored.isNew) }
        return begun
    }

    /// The stream in which a repeated question was, or is being, answered. One that broke off is none, and neither is one
    /// whose end could not be written.
    private func earlierStream(
        answering question: ChatMessage, in session: ChatSession, _ transaction: Transaction
    ) throws -> Identifier? {
        if let stream = try ChatStreamStore.newest(answering: question.id, in: session, reader: transaction),
            stream.ending?.isAccepted ?? isAnswering(question.id)
        {
            return stream.id
        }
        guard let answer = try ChatStore.answer(to: question, in: session, reader: transaction) else { return nil }
        return try ChatStreamStore.create(of: answer, in: session, question: question.id, boot: boot, transaction: transaction)
    }

    /// Answers the last question of a session anew. The answer that it has is replaced when there is another.
    func regenerate(_ session: Identifier, of owner: Owner) async throws -> Begun {
        try demandRoom(of: owner)
        let found = try database.read { reader -> (ChatSession, ChatMessage?)? in
            try ChatStore.session(session, of: owner, in: reader).map { ($0, try ChatStore.lastQuestion(in: $0, reader: reader)) }
        }
        guard let (session, question) = found else { throw HTTPError.noMatch(model: "ChatSession") }
        guard let question else { throw ChatError.noQuestion }
        try await turn(of: owner).admit(ChatTurn.Question(content: question.content))
        guard reserve(question.id) else { throw ChatError.alreadyAnswering }
        defer { state.withLock { _ = $0.reserved.remove(question.id) } }
        let boot = self.boot
        let stream = try await database.write { transaction in
            guard try ChatStore.message(question.id, in: session, reader: transaction) != nil else {
                throw HTTPError.noMatch(model: "ChatSession")
            }
            return try ChatStreamStore.create(in: session, question: question.id, boot: boot, transaction: transaction)
        }
        let begun = Begun(stream: stream, session: session, question: question)
        start(begun, of: owner, isNew: false)
        return begun
    }

    /// Stops an answer, and returns its end, which is in the database by then; that of one that has ended before is what it
    /// was. Nil when the owner has no such stream.
    func stop(_ id: Identifier, for caller: Caller) async throws -> StreamFrame? {
        guard let reader = try reader(of: id, for: caller, after: .max, isCounted: false) else { return nil }
        await perform(happen(.stop, to: id), on: id)
        return await reader.end()
    }

    /// What happens to all the answers of somebody, or of a session, that is gone.
    func abandon(_ failure: StreamFailure, where isGone: (_ owner: Owner, _ session: Identifier) -> Bool) {
        let gone = state.withLock { $0.lives.values.filter { isGone($0.owner, $0.session) }.map(\.id) }
        for id in gone {
            let later = happen(.abandon(failure), to: id)
            Task { await perform(later, on: id) }
        }
    }

    func turn(of owner: Owner) -> ChatTurn {
        ChatTurn(database: database, assistant: assistant, moderation: moderation, owner: owner)
    }

    private func isAnswering(_ question: Identifier) -> Bool {
        state.withLock { $0.lives.values.contains { $0.question.id == question && $0.stream.ending == nil } }
    }

    /// Of two who want another answer at the same moment, one gets it.
    private func reserve(_ question: Identifier) -> Bool {
        state.withLock { state in
            guard !state.lives.values.contains(where: { $0.question.id == question && $0.stream.ending == nil }) else { return false }
            return state.reserved.insert(question).inserted
        }
    }

    private func demandRoom(of owner: Owner) throws {
        try state.withLock { state in
            guard !state.isStopping else { throw ChatError.stopping }
            let open = state.lives.values.filter { $0.stream.ending == nil }
            guard open.count < limits.streams, open.count(where: { $0.owner == owner }) < limits.streamsPerAccount else {
                throw ChatError.tooManyStreams
            }
        }
    }

    /// Opens the stream: from here on it ends, whatever happens.
    private func start(_ begun: Begun, of owner: Owner, isNew: Bool) {
        state.withLock { state in
            state.running += 1
            var live = LiveAnswer(id: begun.stream, owner: owner, session: begun.session.id, question: begun.question)
            let actions = live.stream.handle(.begin)
            state.lives[begun.stream] = live
            if isNew {
                let frame = RoomFrame.message(begun.question)
                for listener in state.rooms[begun.session.id, default: [:]].values { listener.hear(frame) }
            }
            // Under the same lock: who enters between the two would hear of the beginning twice.
            for action in actions { _ = state.tell(action, of: begun.stream) }
        }
        Task { await run(begun, of: owner) }
    }
}
