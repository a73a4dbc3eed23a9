/// Does one kind of work.
///
/// Its doc comment says what makes a second run of the same item harmless, for an item can come twice: its process
/// may die between the outside effect and the commit.
package protocol Worker: Sendable {
    /// The name under which items are stored. It outlives releases, so it never changes.
    var kind: String { get }

    /// Where items of the kind wait, and with what they share places.
    var queue: WorkQueueName { get }

    /// How often an item is tried in all.
    var maximumAttempts: Int { get }

    /// How long one attempt may take; then it is cancelled and counts as failed.
    var timeLimitSeconds: Int { get }

    /// The pause after so many failed attempts.
    func pauseSeconds(afterAttempt attempt: Int) -> Int

    /// Works, without any transaction open, and returns what is to be stored. It must heed cancellation.
    func run(_ item: WorkItem) async throws -> WorkOutcome
}

extension Worker {
    package var queue: WorkQueueName { .maintenance }
    package var maximumAttempts: Int { 20 }
    package var timeLimitSeconds: Int { 1800 }
    package func pauseSeconds(afterAttempt attempt: Int) -> Int { WorkBackoff.standard(afterAttempt: attempt) }
}

/// What a worker leaves behind: changes that are committed together with the end of its item, or of this run of it.
package struct WorkOutcome: Sendable {
    /// Writes, and returns what the item's owner may see of the result. It may be run again, as every write.
    package let store: @Sendable (Transaction) throws -> JSONValue
    /// The item is not done: it comes again after so many seconds, as if this run had been none of its attempts.
    package private(set) var snoozeSeconds: Int?

    package init(_ store: @escaping @Sendable (Transaction) throws -> JSONValue) { self.store = store }

    package static let nothing = WorkOutcome { _ in .null }

    /// For what is not to be had yet: a state that is asked for again later. What `store` writes is kept, what it
    /// returns is not. `WorkItem.snoozes` tells how often it was so.
    package static func snooze(
        seconds: Int, _ store: @escaping @Sendable (Transaction) throws -> Void = { _ in }
    ) -> WorkOutcome {
        var outcome = WorkOutcome { transaction in
            try store(transaction)
            return .null
        }
        outcome.snoozeSeconds = max(1, seconds)
        return outcome
    }
}

/// What an error must tell so that a queue knows what to do with its item.
///
/// Errors that do not conform are tried again, and their owner learns only that there was one.
package protocol WorkFailure: Error {
    /// A word for programs: `provider_timeout`.
    var workCode: String { get }
    /// A sentence for the item's owner. It must hold nothing that the owner may not see.
    var workDetail: String { get }
    /// Whether another attempt is of no use.
    var isPermanent: Bool { get }
    /// Whoever refused said when to come again.
    var retryAfterSeconds: Int? { get }
}

extension WorkFailure {
    package var isPermanent: Bool { false }
    package var retryAfterSeconds: Int? { nil }
}

/// The failures that the queue itself knows.
enum WorkQueueFailure: WorkFailure, Equatable {
    case timeLimit(seconds: Int)
    case resultTooLarge(bytes: Int, limit: Int)

    var workCode: String {
        switch self {
        case .timeLimit: "time_limit_exceeded"
        case .resultTooLarge: "result_too_large"
        }
    }

    var workDetail: String {
        switch self {
        case .timeLimit(let seconds): "The work was not done within \(seconds) seconds."
        case .resultTooLarge(let bytes, let limit): "The result has \(bytes) bytes; at most \(limit) are kept."
        }
    }

    var isPermanent: Bool {
        if case .resultTooLarge = self { return true }
        return false
    }
}
