import Platform

/// Runs the alerts in the background: those that are due, on the schedule's order, and those that want to know of new
/// jobs at once, soon after jobs were added.
///
/// A second run of an item is harmless: an alert tells of no job twice (see `AlertRun`). The key of a schedule's item is its
/// scope; that of immediate alerts names ten seconds.
struct AlertWork: Worker {
    static let kind = "alerts.match"
    /// Jobs that are added one after another make one run, and one notification an alert.
    static let gatherSeconds: Int64 = 10

    let database: Database
    let clock: any PlatformClock

    var kind: String { Self.kind }
    var maximumAttempts: Int { 5 }

    /// A schedule's order: one is enough until it is done.
    static func order(_ scope: AlertRun.Scope) -> WorkOrder { WorkOrder(kind, payload: payload(scope), uniqueKey: scope.rawValue) }

    /// To be called in the transaction that adds jobs. Nothing is ordered when no alert waits for it.
    ///
    /// One item is ordered for each ten seconds, and is run when they are over: so all jobs that it is meant for are
    /// there before it begins, and an item that runs already is never taken for one that will.
    static func jobsAdded(in transaction: Transaction) throws {
        guard try AlertStore.hasImmediate(in: transaction) else { return }
        let interval = transaction.now.seconds / gatherSeconds
        try transaction.enqueue(
            WorkOrder(
                kind, payload: payload(.immediate), runAt: Timestamp(seconds: (interval + 1) * gatherSeconds),
                uniqueKey: "\(AlertRun.Scope.immediate.rawValue) \(interval)"))
    }

    private static func payload(_ scope: AlertRun.Scope) -> JSONValue { ["scope": .string(scope.rawValue)] }

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        let scope = item.payload["scope"]?.string.flatMap { AlertRun.Scope(rawValue: $0) } ?? .due
        let summary = try await AlertRun(database: database, now: clock.now()).run(scope)
        return WorkOutcome { _ in
            ["alerts": .integer(summary.alerts), "notifications": .integer(summary.notifications)]
        }
    }
}
