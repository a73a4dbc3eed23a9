import Platform

extension WorkOutcome {
    /// The word in a result for what came of the work. A result without one is `done`.
    static let notConfigured = "not_configured"

    /// Nothing was done, and nothing is made up, because something that has to be configured is not.
    static func notConfigured(missing: [String]) -> WorkOutcome {
        WorkOutcome { _ in ["outcome": .string(notConfigured), "missing": .list(missing)] }
    }
}

/// Work that needs an outside service for which nothing is built in or configured. It ends as `not_configured` and says what
/// is missing. It is no failure: a server that does without a service is in order, and its operator wants no dead letters.
///
/// It has no effect, so a second run is harmless. Its key is its kind: one item waits at a time.
struct UnconfiguredWork: Worker {
    let kind: String
    var queue: WorkQueueName = .ingest
    /// Asked for at each run, as a reload may have changed it.
    let missing: @Sendable () -> [String]

    static func order(_ kind: String) -> WorkOrder { WorkOrder(kind, payload: .object(JSONObject()), uniqueKey: kind) }

    func run(_ item: WorkItem) async throws -> WorkOutcome { .notConfigured(missing: missing()) }
}
