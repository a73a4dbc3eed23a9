/// One attempt at one item: the worker within its time, and then the commit of what it leaves behind.
struct WorkRun: Sendable {
    /// How the attempt ended for the item.
    enum End: Sendable, Equatable {
        case succeeded
        case retried
        case dead
        /// The process stops; the item was put back.
        case putBack
        /// Somebody else has the item now, or nobody: what this run did is not stored.
        case lost
        /// The end could not be written. The lease runs out, and the item comes again.
        case unrecorded
    }

    /// The lease is another's by now.
    private struct Lost: Error {}

    let item: WorkItem
    let worker: any Worker
    let lease: WorkLease
    let database: Database
    let clock: any PlatformClock
    let random: any RandomSource
    let log: Log
    /// Bytes of a result as JSON.
    let resultLimit: Int

    func run(isStopping: @Sendable () -> Bool) async -> End {
        do {
            let outcome = try await work()
            try await store(outcome)
            return .succeeded
        } catch is Lost {
            return .lost
        } catch {
            if isStopping() && Task.isCancelled { return await putBack() }
            return await fail(error)
        }
    }

    /// The worker's own part, ended by the time limit or by the queue's stop.
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

    private func store(_ outcome: WorkOutcome) async throws {
        let (item, lease, limit) = (item, lease, resultLimit)
        try await unhurried { transaction in
            guard try WorkTable.isHeld(item, by: lease, in: transaction) else { throw Lost() }
            let result = try outcome.store(transaction).jsonText
            guard result.utf8.count <= limit else { throw WorkQueueFailure.resultTooLarge(bytes: result.utf8.count, limit: limit) }
            try WorkTable.succeed(item, result: result, in: transaction)
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
        let (item, lease) = (item, lease)
        let recorded = await record { transaction in
            guard try WorkTable.isHeld(item, by: lease, in: transaction) else { throw Lost() }
            try WorkTable.fail(
                item, code: known?.workCode ?? "work_failed", detail: known?.workDetail ?? "The work could not be done.",
                retryAt: retryAt, in: transaction)
        }
        return recorded ?? (isLast ? .dead : .retried)
    }

    private func putBack() async -> End {
        let (item, lease) = (item, lease)
        let recorded = await record { transaction in
            guard try WorkTable.isHeld(item, by: lease, in: transaction) else { throw Lost() }
            try WorkTable.putBack(item, in: transaction)
        }
        return recorded ?? .putBack
    }

    /// Nil when the write went through.
    private func record(_ body: @escaping @Sendable (Transaction) throws -> Void) async -> End? {
        do {
            try await unhurried(body)
            return nil
        } catch is Lost {
            return .lost
        } catch {
            log.error(
                "The end of an attempt could not be stored.", ["task_id": .string(item.id.description), "error": .string("\(error)")])
            return .unrecorded
        }
    }

    /// A write that the cancellation of this task does not call off: what was worked for is worth its commit.
    private func unhurried(_ body: @escaping @Sendable (Transaction) throws -> Void) async throws {
        let database = self.database
        try await Task { try await database.write(body) }.value
    }
}
