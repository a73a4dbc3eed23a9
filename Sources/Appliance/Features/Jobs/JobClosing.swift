import Platform

/// Closes jobs whose deadline has passed, and those that have grown old. They stay, with their applications; they are no
/// longer found, matched or recommended.
///
/// A second run is harmless: it finds fewer to close. Its key is its kind: one item waits at a time.
struct JobClosing: Worker {
    static let kind = "jobs.close"
    /// Each takes its words out of the index, which is about a millisecond of the writer's.
    static let closedAtOnce = 10

    let database: Database
    let clock: any PlatformClock
    /// Zero: age closes none.
    let days: @Sendable () -> Int

    var kind: String { Self.kind }
    var maximumAttempts: Int { 5 }

    static let order = WorkOrder(kind, payload: .object(JSONObject()), uniqueKey: kind)

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        let expired = try await all { try JobStore.closeExpired(limit: Self.closedAtOnce, in: $0) }
        let days = days()
        var old = 0
        if days > 0 {
            let moment = clock.now().adding(seconds: -days * 86_400)
            old = try await all { try JobStore.closeOld(before: moment, limit: Self.closedAtOnce, in: $0) }
        }
        let total = (expired: expired, old: old)
        return WorkOutcome { _ in ["past_deadline": .integer(total.expired), "old": .integer(total.old)] }
    }

    private func all(_ some: @escaping @Sendable (Transaction) throws -> Int) async throws -> Int {
        var closed = 0
        while true {
            try Task.checkCancellation()
            let count = try await database.write(some)
            closed += count
            if count < Self.closedAtOnce { return closed }
        }
    }
}
