import Synchronization

/// What the queue has done since the process started, by kind.
package final class WorkCounters: Sendable {
    package struct Kind: Sendable, Equatable {
        package var succeeded = 0
        /// Attempts that failed and come again.
        package var retried = 0
        package var dead = 0
        /// Runs that were none of their item's attempts.
        package var snoozed = 0
        package var cancelled = 0
        /// Time spent in attempts, in microseconds.
        package var busyMicroseconds: Int64 = 0

        /// The counts under the names that metrics have for them.
        var outcomes: [(outcome: String, count: Int)] {
            [("succeeded", succeeded), ("retried", retried), ("dead", dead), ("snoozed", snoozed), ("cancelled", cancelled)]
        }
    }

    /// How long items waited from the moment they were due, or ordered if that was later, until they began.
    let delay = Histogram()

    private let kinds = Mutex<[String: Kind]>([:])

    package var all: [String: Kind] { kinds.withLock { $0 } }

    func note(_ kind: String, _ change: (inout Kind) -> Void) {
        kinds.withLock { change(&$0[kind, default: Kind()]) }
    }
}
