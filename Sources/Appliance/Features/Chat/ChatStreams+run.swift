import Platform

/// How an answer is written: the model on one side, the database on the other.
extension ChatStreams {
    /// Asks the model and sees to it that the stream ends. It runs in a task that nobody cancels: whoever has asked may
    /// leave, and come back to it.
    func run(_ begun: Begun, of owner: Owner) async {
        let (id, turn, meter) = (begun.stream, turn(of: owner), AnswerMeter())
        // Looked at once: what is judged must not be shown before that, and what was shown cannot be judged.
        let judges = moderation.judgesAnswers
        let work = Task { try await ask(begun, turn, meter, isShown: !judges) }
        adopt(work, for: id)
        let seconds = Task {
            while (try? await clock.sleep(microseconds: 1_000_000)) != nil { await perform(happen(.tick, to: id), on: id) }
        }
        let result = await work.result
        seconds.cancel()
        switch result {
        case .success(let reply):
            await finish(id, with: reply, turn, isJudged: judges)
        case .failure(let error):
            // Nothing is spent on a question that the model never answered a word to, unless it was called off.
            if work.isCancelled || meter.hasText { await count(meter.tokens, turn) }
            // Whatever else is thrown is a cancellation, and then the stream has its end.
            await perform(happen(.refused(error as? AssistantFailure ?? .failed), to: id), on: id)
        }
        ended()
    }

    private func ask(_ begun: Begun, _ turn: ChatTurn, _ meter: AnswerMeter, isShown: Bool) async throws -> AssistantReply {
        let id = begun.stream
        let history = try await turn.history(upTo: begun.question, in: begun.session)
        let listener = AnswerListener(
            asking: { meter.asked($0) },
            piece: { [self] piece in
                meter.add(piece)
                if isShown { await perform(happen(.delta(piece), to: id), on: id) }
            })
        return try await assistant.answer(history, owner: turn.owner, listener: listener)
    }

    /// The stream may have been stopped before its work was known.
    private func adopt(_ work: Task<AssistantReply, any Error>, for id: Identifier) {
        let isOpen = state.withLock { state in
            state.lives[id]?.work = work
            return state.lives[id]?.stream.isOpen ?? false
        }
        if !isOpen { work.cancel() }
    }

    private func finish(_ id: Identifier, with answer: AssistantReply, _ turn: ChatTurn, isJudged: Bool) async {
        do throws(AssistantFailure) {
            try await turn.count(answer.tokens)
            let reply = isJudged ? try await moderation.release(answer, to: turn.owner) : answer
            let isShown = state.withLock { state in
                state.lives[id]?.reply = reply
                return state.lives[id]?.stream.log.isEmpty == false
            }
            // What had to be judged first, or was not written piece by piece.
            if !isShown { await perform(happen(.delta(reply.text), to: id), on: id) }
            await perform(happen(.answered, to: id), on: id)
        } catch {
            await perform(happen(.refused(error), to: id), on: id)
        }
    }

    private func count(_ tokens: Int, _ turn: ChatTurn) async {
        do { try await turn.count(tokens) } catch {
            log.error("The tokens of an answer that broke off could not be counted.", ["error": .string("\(error)")])
        }
    }

    // MARK: What a stream asks for

    func perform(_ actions: [AnswerStream.Action], on id: Identifier) async {
        for action in actions {
            switch action {
            case .cancel: state.withLock { $0.lives[id]?.work }?.cancel()
            // The model is not held up by the disk.
            case .store: Task { await store(id) }
            // A task of its own, since it must not end with a client that goes.
            case .settle(let ending): await Task { await settle(id, ending) }.value
            case .announce, .send, .close: break
            }
        }
    }

    private func store(_ id: Identifier) async {
        guard let pieces = state.withLock({ $0.lives[id]?.stream.log }) else { return }
        do {
            try await database.write { try ChatStreamStore.store(id, pieces, in: $0) }
            _ = happen(.stored(through: pieces.count), to: id)
        } catch {
            log.warning("An answer could not be stored while it is written.", ["error": .string("\(error)")])
            _ = happen(.notStored, to: id)
        }
    }

    private static let settlingAttempts = 3

    /// Writes the end, and tells it only when it is written.
    private func settle(_ id: Identifier, _ ending: StreamEnding) async {
        let found = state.withLock { state -> (StreamSettlement, Owner)? in
            state.lives[id].map { live in
                let settlement = StreamSettlement(
                    stream: id, session: live.session, question: live.question.id, ending: ending, log: live.stream.log,
                    reply: ending == .done ? live.reply : nil, model: assistant.model)
                return (settlement, live.owner)
            }
        }
        guard let (settlement, owner) = found else { return }
        let event = await write(settlement, of: owner)
        _ = happen(event, to: id)
        state.withLock { $0.clear(id) }
        wakeIdle()
    }

    /// It took long and cost something, so a database that is busy is asked again.
    private func write(_ settlement: StreamSettlement, of owner: Owner) async -> AnswerStream.Event {
        var attempt = 1
        while true {
            do {
                let message = try await database.write { try settlement.write(of: owner, in: $0) }
                state.withLock { $0.lives[settlement.stream]?.message = message }
                return .settled
            } catch is StreamSettlement.SessionGone {
                return .notSettled(.sessionDeleted)
            } catch {
                log.error("An answer could not be stored.", ["attempt": .int(attempt), "error": .string("\(error)")])
                attempt += 1
                guard attempt <= Self.settlingAttempts, (try? await clock.sleep(microseconds: 500_000)) != nil else {
                    return .notSettled(.notStored)
                }
            }
        }
    }
}
