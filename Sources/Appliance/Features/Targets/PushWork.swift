import Platform

/// Sends one notification to one target of an account, or a test to a target.
///
/// Its idempotency key is the target's id with the notification's. What the log says was taken is not sent again, and a
/// webhook gets the same `webhook-id` each time, by which its receiver drops the second: the process can die between the
/// receiver's yes and the commit. A replay is wanted, and goes out all the same. A test has no key; it is sent once.
///
/// Every answer but 2xx and every failure to get one is tried again, after the pauses below. When these are used up, the
/// item ends, and its result says how: an address that a user has set is not the operator's to mend, so it is no dead
/// letter.
struct PushWork: Worker {
    static let kind = "notifications.push"
    /// In seconds: the retries that the Standard Webhooks specification gives as its example, three days and a bit.
    static let pauses = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]

    let database: Database
    let outbound: Outbound
    let counters: PushCounters
    let clock: any PlatformClock
    let random: any RandomSource
    let log: Log
    let configuration: @Sendable () -> Configuration

    var kind: String { Self.kind }
    var queue: WorkQueueName { .webhook }
    var maximumAttempts: Int { Self.pauses.count + 1 }
    var timeLimitSeconds: Int { 60 }

    func pauseSeconds(afterAttempt attempt: Int) -> Int { Self.pauses[min(max(attempt, 1), Self.pauses.count) - 1] }

    // MARK: Ordering

    static func order(
        _ notification: Identifier, to target: Identifier, of owner: Owner, at moment: Timestamp? = nil, isReplay: Bool = false
    ) -> WorkOrder {
        WorkOrder(
            kind,
            payload: [
                "target_id": .string(target.description), "notification_id": .string(notification.description), "replay": .bool(isReplay),
            ], owner: owner, runAt: moment, uniqueKey: "\(isReplay ? "replay/" : "")\(target)/\(notification)")
    }

    /// Of tests of one target one at a time is enough.
    static func test(of target: Identifier, of owner: Owner) -> WorkOrder {
        WorkOrder(
            kind, payload: ["target_id": .string(target.description), "notification_id": .null], owner: owner, uniqueKey: "test/\(target)")
    }

    // MARK: Running

    /// What is known before anything is sent.
    private struct Errand: Sendable {
        let owner: Owner
        let target: NotificationTarget
        let keys: TargetKeys
        let message: PushMessage
    }

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        let begun = try await database.readPatiently { try Self.begin(item, in: $0) }
        guard case .success(let errand) = begun else {
            if case .failure(let end) = begun { return WorkOutcome { _ in ["outcome": .string(end.rawValue)] } }
            return .nothing
        }
        let started = clock.now()
        let settings = configuration()
        let request = PushRequest.make(
            errand.message, to: errand.target, errand.keys, settings.mailLinks, at: started,
            reach: settings.notifications.allowPrivateTargets ? .anywhere : .publicOnly)
        let answer = try await ask(request)
        let attempt = DeliveryAttempt(
            id: Identifier(v7: started, random: random), target: errand.target.id, number: item.attempt, status: answer.status,
            milliseconds: max(0, Int((clock.now().microseconds - started.microseconds) / 1000)))
        guard let failure = answer.failure else {
            counters.note(.sent, errand.target.kind)
            return WorkOutcome { transaction in try Self.noteSuccess(errand, attempt, in: transaction) }
        }
        return try await fail(errand, attempt, failure)
    }

    /// Why there is nothing to send.
    private enum End: String, Error {
        case gone
        case disabled
        case taken
    }

    private static func begin(_ item: WorkItem, in reader: Reader) throws -> Result<Errand, End> {
        func id(_ name: String) -> Identifier? { item.payload[name]?.string.flatMap { Identifier($0) } }
        guard let owner = item.owner, let account = try AccountStore.account(owner, in: reader), account.isActive,
            let target = try id("target_id").flatMap({ try TargetStore.target($0, of: owner, in: reader) })
        else { return .failure(.gone) }
        let keys = try TargetStore.keys(of: target, in: reader)
        guard let wanted = id("notification_id") else {
            return .success(Errand(owner: owner, target: target, keys: keys, message: .test(item.id, at: item.createdAt)))
        }
        guard let notification = try NotificationStore.notification(wanted, of: owner, in: reader) else { return .failure(.gone) }
        guard target.isEnabled else { return .failure(.disabled) }
        let isTaken = try NotificationDeliveryStore.hasTaken(notification, targetRowID: target.rowID, in: reader)
        guard !isTaken || item.payload["replay"] == true else { return .failure(.taken) }
        return .success(Errand(owner: owner, target: target, keys: keys, message: PushMessage(notification)))
    }

    /// What the target said. Its body is read to the end, within limits, so that it need not take us for a broken client; nothing
    /// of it is kept.
    private func ask(_ request: OutboundRequest) async throws -> (status: Int?, failure: PushFailure?) {
        do throws(OutboundError) {
            let stream = try await outbound.stream(request)
            do throws(OutboundError) {
                _ = try await stream.body.collect()
            } catch {
                // The target has said what counts in its head.
                if error == .cancelled { throw error }
            }
            guard !(200..<300 ~= stream.status) else { return (stream.status, nil) }
            let wait = RetryAfter.seconds(stream.headers["retry-after"], now: clock.now())
            return (stream.status, .answered(status: stream.status, retryAfterSeconds: wait))
        } catch {
            if error == .cancelled { throw CancellationError() }
            return (nil, PushFailure(error))
        }
    }
}

// MARK: - What becomes of it

extension PushWork {
    private static func noteSuccess(_ errand: Errand, _ attempt: DeliveryAttempt, in transaction: Transaction) throws -> JSONValue {
        try note(.sent, errand, attempt, "", in: transaction)
        if var target = try TargetStore.target(errand.target.id, of: errand.owner, in: transaction), target.url == errand.target.url {
            target.noteSuccess(at: transaction.now)
            try TargetStore.set(target, in: transaction)
        }
        return result("sent", attempt)
    }

    /// Notes a failed attempt at once, as an item that is tried again stores nothing by itself.
    private func fail(_ errand: Errand, _ attempt: DeliveryAttempt, _ failure: PushFailure) async throws -> WorkOutcome {
        let isDisabled = try await database.write { try Self.noteFailure(errand, attempt, failure, in: $0) }
        if isDisabled {
            counters.noteDisabled()
            log.info(
                "A notification target failed for good, and was switched off.",
                ["target_id": .string(errand.target.id.description), "kind": .string(errand.target.kind.rawValue)])
        }
        let isLast = isDisabled || failure.isGone || errand.message.isTest || attempt.number >= errand.target.kind.attempts
        counters.note(isLast ? .failed : .deferred, errand.target.kind)
        guard isLast else { throw failure }
        return WorkOutcome { _ in Self.result("failed", attempt, failure) }
    }

    /// True when the target is switched off by it. Its owner is told in the same transaction; as it is switched off by then,
    /// the news of it does not go there.
    private static func noteFailure(
        _ errand: Errand, _ attempt: DeliveryAttempt, _ failure: PushFailure, in transaction: Transaction
    ) throws -> Bool {
        try note(.failed, errand, attempt, failure.workDetail, in: transaction)
        // A test of what is just being set up counts for nothing, nor does what went to an address that it has no longer.
        guard !errand.message.isTest, var target = try TargetStore.target(errand.target.id, of: errand.owner, in: transaction),
            target.url == errand.target.url
        else { return false }
        let isDisabled = target.noteFailure(isGone: failure.isGone, at: transaction.now)
        try TargetStore.set(target, in: transaction)
        if isDisabled { try NotificationStore.add(target.disabledNotice, for: errand.owner, in: transaction) }
        return isDisabled
    }

    /// A test is in no log: there is no notification whose entry it could be, and its task tells how it ended.
    private static func note(
        _ outcome: NotificationDelivery.Outcome, _ errand: Errand, _ attempt: DeliveryAttempt, _ detail: String, in transaction: Transaction
    ) throws {
        guard !errand.message.isTest else { return }
        try NotificationDeliveryStore.add(
            outcome, attempt, targetRowID: errand.target.rowID, of: errand.message.notification, by: errand.target.kind.channel,
            detail: detail, in: transaction)
    }

    private static func result(_ outcome: String, _ attempt: DeliveryAttempt, _ failure: PushFailure? = nil) -> JSONValue {
        [
            "outcome": .string(outcome), "status": attempt.status.map { .integer($0) } ?? .null,
            "milliseconds": .integer(attempt.milliseconds), "detail": failure.map { .string($0.workDetail) } ?? .null,
        ]
    }
}
