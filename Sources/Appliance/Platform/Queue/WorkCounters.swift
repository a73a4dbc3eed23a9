import Synchronization

/// What the queue has done since the process started, by kind.
package final class WorkCounters: Sendable {
    package struct Kind: Sendable, Equatable {
        package var succeeded = 0
        /// Attempts that failed and come again.
        package var retried = 0
        package var dead = 0
        /// Time spent in attempts, in microseconds.
        package var busyMicroseconds: Int64 = 0
    }

    private let kinds = Mutex<[String: Kind]>([:])

    package var all: [String: Kind] { kinds.withLock { $0 } }

    func note(_ kind: String, _ change: (inout Kind) -> Void) {
        kinds.withLock { change(&$0[kind, default: Kind()]) }
    }
}
