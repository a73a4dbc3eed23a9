import Platform

/// Sees to it that nothing of a deleted account is left in the database's files.
///
/// The deletion itself orders it, in its own transaction, and answers after that commit: from then on no request finds
/// anything of the account, and what its rows leave behind in the log, in pages and in the last snapshot goes within
/// seconds, also when the process is killed in between.
///
/// Its idempotency key is the number of the commit that deleted: a second run does nothing, or the same once more. Orders of
/// several deletions share one run.
struct AccountScrub: Worker {
    static let kind = "accounts.scrub"

    let database: Database
    let log: Log

    var kind: String { Self.kind }

    /// A scan that takes long may be in the way, and then the next attempt should not be far off.
    func pauseSeconds(afterAttempt attempt: Int) -> Int { WorkBackoff.doubling(first: 2, afterAttempt: attempt) }

    /// The order that goes with what this transaction deletes. It names a commit and nobody's account.
    static func order(in transaction: Transaction) throws -> WorkOrder {
        WorkOrder(kind, payload: .object(JSONObject([("commit", .integer(Int(try transaction.commitNumber)))])))
    }

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        // An order that names no commit is not ours; everything up to now is certainly enough for it.
        let commit = item.payload["commit"]?.int.map { Int64($0) } ?? .max
        if let report = try await database.scrub(through: commit) {
            log.info(
                "Deleted accounts were removed from the database's files, and a new snapshot was taken.",
                ["pages": .int(report.pages), "bytes": .int(report.bytes)])
        }
        return .nothing
    }
}
