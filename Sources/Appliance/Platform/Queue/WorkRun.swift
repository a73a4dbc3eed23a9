/// One attempt at one item: the worker within its time, and then the commit of what it leaves behind.
struct WorkRun: Sendable {
    /// How the attempt ended for the item.
    enum End: Sendable, Equatable {
        case succeeded
        case retried
        case dead
        /// It comes again, and this was none of its attempts.
        case snoozed
        /// Somebody wanted it to stop; what it did is not stored.
        case cancelled
        /// The process stops; the item was put back.
        case putBack
        /// Somebody else has the item now, or nobody: what this run did is not stored.
        case lost
        /// The end could not be written. The lease runs out, and the item comes again.
        case unrecorded
    }

    let item: WorkItem
    let worker: any Worker
    let lease: WorkLease
    let database: Database
    let clock: any PlatformClock
    let random: any RandomSource
    let log: Log
    /// Bytes of a result as JSON.
    let resultLimit: Int

    /// `worked` is called when the worker is done and only the commit is left: others may have its place.
    func run(worked: @Sendable () -> Void) async -> End {
        let outcome: WorkOutcome
        do {
            outcome = try await work()
        } catch {
            return await recordFailure(error)
        }
        worked()
        do {
            return try await store(outcome)
        } catch {
            return await recordFailure(error)
        }
    }

    private func recordFailure(_ error: any Error) async -> End {
        // Told to stop by the queue's own stop, or because the item was cancelled, which `whileHeld` sees.
        Task.isCancelled ? await putBack() : await fail(error)
    }

    /// The worker's own part, ended by the time limit, by the queue's stop or by whoever cancels the item.
    private func work() async throws -> WorkOutcome {
        let (item, worker, clock) = (item, worker, clock)
        return try await withThrowingTaskGroup(of: WorkOutcome.self) { group in
            group.addTask { try await worker.run(item) }
            group.addTask {
                try await clock.sleep(microseconds: Int64(worker.timeLimitSeconds) * 1_000_000)
                throw WorkQueueFailure.timeLimit(seconds: worker.timeLimitSeconds)
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    private func store(_ outcome: WorkOutcome) async throws -> End {
        let (item, limit) = (item, resultLimit)
        return try await whileHeld { transaction in
            let result = try outcome.store(transaction).jsonText
            if let seconds = outcome.snoozeSeconds {
                try WorkTable.snooze(item, until: transaction.now.adding(seconds: seconds), in: transaction)
                return .snoozed
            }
            guard result.utf8.count <= limit else { throw WorkQueueFailure.resultTooLarge(bytes: result.utf8.count, limit: limit) }
            try WorkTable.succeed(item, result: result, in: transaction)
            return .succeeded
        }
    }

    private func fail(_ error: any Error) async -> End {
        let known = error as? any WorkFailure
        let isLast = known?.isPermanent == true || item.attempt >= worker.maximumAttempts
        let retryAt =
            isLast
            ? nil
            : WorkBackoff.next(
                after: clock.now(), pauseSeconds: worker.pauseSeconds(afterAttempt: item.attempt),
                retryAfterSeconds: known?.retryAfterSeconds, random: random)
        let message: String = isLast ? "Work failed for good." : "Work failed; it is tried again."
        log.warning(
            message,
            [
                "task_id": .string(item.id.description), "kind": .string(item.kind), "attempt": .int(item.attempt),
                "error": .string("\(error)"),
            ])
        let item = self.item
        return await record { transaction in
            try WorkTable.fail(
                item, code: known?.workCode ?? "work_failed", detail: known?.workDetail ?? "The work could not be done.",
                retryAt: retryAt, in: transaction)
            return isLast ? .dead : .retried
        }
    }

    private func putBack() async -> End {
        let item = self.item
        return await record { transaction in
            try WorkTable.putBack(item, in: transaction)
            return .putBack
        }
    }

    /// Writes the end of a run; an error is told to the log, and the lease then frees the item.
    private func record(_ body: @escaping @Sendable (Transaction) throws -> End) async -> End {
        do {
            return try await whileHeld(body)
        } catch {
            log.error(
                "The end of an attempt could not be stored.", ["task_id": .string(item.id.description), "error": .string("\(error)")])
            return .unrecorded
        }
    }

    /// Runs `body` if this run still has its item; one that was cancelled ends so, whatever became of the work.
    private func whileHeld(_ body: @escaping @Sendable (Transaction) throws -> End) async throws -> End {
        let (item, lease) = (item, lease)
        return try await unhurried { transaction in
            switch try WorkTable.hold(item, by: lease, in: transaction) {
            case .lost: return .lost
            case .cancelled:
                try WorkTable.callOff(item, in: transaction)
                return .cancelled
            case .held: return try body(transaction)
            }
        }
    }

    /// A write that the cancellation of this task does not call off: what was worked for is worth its commit. A queue of
    /// writes that is full for a moment is no reason to do the work again either.
    private func unhurried(_ body: @escaping @Sendable (Transaction) throws -> End) async throws -> End {
        let (database, clock) = (database, clock)
        return try await Task {
            for _ in 0..<Self.patience {
                do { return try await database.write(body) } catch StorageError.queueFull {
                    try await clock.sleep(microseconds: 50_000)
                }
            }
            return try await database.write(body)
        }.value
    }

    private static let patience = 20
}
