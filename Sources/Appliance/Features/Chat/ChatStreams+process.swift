import Platform

/// How streams begin and end with the process.
extension ChatStreams {
    private static let recoveredAtOnce = 50

    /// Ends what an earlier process has left open, because it was killed: what was stored of each answer is kept, and is
    /// marked as a part. To be called before anybody can ask for one.
    func recover() async throws {
        let (boot, model) = (self.boot, assistant.model)
        var recovered = 0
        // A start with nothing to recover writes nothing.
        while case let abandoned = try await database.scan({
            try ChatStreamStore.abandoned(before: boot, limit: Self.recoveredAtOnce, in: $0)
        }), !abandoned.isEmpty {
            try await database.write { transaction in
                for (stream, owner) in abandoned {
                    let settlement = StreamSettlement(
                        stream: stream.id, session: stream.session, question: stream.question, ending: .failed(.interrupted),
                        log: stream.log, model: model)
                    _ = try settlement.write(of: owner, in: transaction)
                }
            }
            recovered += abandoned.count
        }
        if recovered > 0 {
            log.warning("Answers that an earlier run did not finish were marked as interrupted.", ["answers": .int(recovered)])
        }
    }

    /// Lets answers that are being written come to their end within so many seconds, and interrupts the others. New ones
    /// are refused from now on.
    func drain(seconds: Int) async {
        state.withLock { $0.isStopping = true }
        let patience = Task {
            try await clock.sleep(microseconds: Int64(seconds) * 1_000_000)
            abandon(.interrupted) { _, _ in true }
        }
        await idle()
        patience.cancel()
    }

    /// Returns when no model is being asked and every stream has its end.
    private func idle() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if !state.isIdle { state.idleWaiters.append(continuation) }
                return state.isIdle
            }
            if isIdle { continuation.resume() }
        }
    }

    /// One answer less is being asked for.
    func ended() {
        state.withLock { $0.running -= 1 }
        wakeIdle()
    }

    func wakeIdle() {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard state.isIdle else { return [] }
            defer { state.idleWaiters = [] }
            return state.idleWaiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

extension ChatStreams.State {
    fileprivate var isIdle: Bool { running == 0 && !lives.values.contains { $0.stream.ending == nil } }
}
