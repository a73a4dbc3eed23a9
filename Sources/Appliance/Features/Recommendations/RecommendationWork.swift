import Platform

/// Makes recommendations for all active accounts in the background, some accounts an item; each item orders the next. It tells
/// nobody: `RecommendationNews` does.
///
/// A second run of an item is harmless: it scores the same jobs anew, and a job is recommended to an account once. The key of
/// an item is the account that it begins behind.
struct RecommendationWork: Worker {
    static let kind = "recommendations.generate"

    let database: Database
    let recommender: Recommender
    let log: Log
    /// Accounts of one item.
    var slice = 100

    var kind: String { Self.kind }
    var maximumAttempts: Int { 5 }

    /// The schedule's order: the accounts from the first on.
    static let all = order(after: 0)

    private static func order(after account: Int64) -> WorkOrder {
        WorkOrder(kind, payload: ["after": .integer(Int(account))], uniqueKey: "after \(account)")
    }

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        let after = Int64(item.payload["after"]?.int ?? 0)
        let owners = try await database.scan { try AccountStore.active(after: after, limit: slice, in: $0) }
        var (made, failed) = (0, 0)
        for owner in owners {
            try Task.checkCancellation()
            do {
                made += try await recommender.generate(for: owner, tells: false).count
            } catch RecommendationError.noProfile {
                continue
            } catch let error as StorageError where error.status == 500 {
                // One account's broken row is no reason to leave the others without.
                failed += 1
                log.error("Recommendations could not be made for an account.", ["error": .string("\(error)")])
            }
        }
        let (recommendations, failures) = (made, failed)
        return WorkOutcome { transaction in
            if let last = owners.last, owners.count == slice { try transaction.enqueue(Self.order(after: last.rowID)) }
            return ["accounts": .integer(owners.count), "recommendations": .integer(recommendations), "failures": .integer(failures)]
        }
    }
}
