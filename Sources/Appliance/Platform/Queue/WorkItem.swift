/// A unit of background work, as a worker gets it.
///
/// Delivery is at least once: an item whose process dies comes again. What a worker writes through its `WorkOutcome`,
/// though, is committed together with the item's end, and so happens once.
package struct WorkItem: Sendable, Equatable {
    let rowID: Int64
    /// The wire's `task_id`.
    package let id: Identifier
    package let kind: String
    /// Whose work it is; nil for the instance's own.
    package let owner: Owner?
    package let payload: JSONValue
    /// Counts from 1, and was written before this run.
    package let attempt: Int
    package let createdAt: Timestamp
    /// How often it was put off, which costs no attempt; for a worker that does not want to ask for ever.
    package var snoozes = 0
    /// Runs of it that ended with their process.
    var interruptions = 0
    /// Since when it could have run.
    var dueAt: Timestamp?

    /// Whether it is suspected of ending processes, and so kept apart.
    var isQuarantined: Bool { interruptions >= WorkTable.quarantineAt }

    /// Where an item is on its way.
    package enum State: String, Sendable, CaseIterable {
        /// Not begun.
        case pending
        /// Leased by a process that runs it.
        case running
        /// Failed, and due again later.
        case retry
        case succeeded
        /// Failed for good; kept for the operator.
        case dead
        /// Called off before it was done.
        case cancelled

        /// The word by which clients know the state.
        package var status: String {
            switch self {
            case .pending: "PENDING"
            case .running: "STARTED"
            case .retry: "RETRY"
            case .succeeded: "SUCCESS"
            case .dead: "FAILURE"
            case .cancelled: "REVOKED"
            }
        }

        /// Whether nothing more will happen to it by itself.
        package var isFinal: Bool { self == .succeeded || self == .dead || self == .cancelled }
    }
}

/// What is to be done: the row that `Transaction.enqueue` writes.
package struct WorkOrder: Sendable {
    package var kind: String
    package var payload: JSONValue
    package var owner: Owner?
    /// Not before this moment; nil is at once.
    package var runAt: Timestamp?
    /// At most one unfinished item of a kind has this key; a second order gets the id of the first.
    package var uniqueKey: String?
    /// Before which others of its queue it goes.
    package var priority: WorkPriority

    package init(
        _ kind: String, payload: JSONValue, owner: Owner? = nil, runAt: Timestamp? = nil, uniqueKey: String? = nil,
        priority: WorkPriority = .normal
    ) {
        self.kind = kind
        self.payload = payload
        self.owner = owner
        self.runAt = runAt
        self.uniqueKey = uniqueKey
        self.priority = priority
    }
}

/// There is something new in the queue, or something that was held back may run.
package struct WorkEnqueued: BusEvent {}

/// Somebody wants a piece of running work to stop.
package struct WorkCancelAsked: BusEvent {
    let rowID: Int64
}
