import Platform

/// What happened in an account in the seven days before a moment.
struct WeekActivity: Sendable, Equatable {
    var applications: Int
    var statusChanges: Int
    var recommendations: Int

    init(of owner: Owner, at now: Timestamp, in reader: Reader) throws {
        let since = now.adding(seconds: -7 * 86_400)
        (applications, statusChanges) = try ApplicationStore.activity(of: owner, since: since, in: reader)
        recommendations = try RecommendationStore.count(of: owner, since: since, in: reader)
    }

    var isEmpty: Bool { applications == 0 && statusChanges == 0 && recommendations == 0 }

    var notification: Notification.New {
        func some(_ count: Int, _ one: String, _ many: String) -> String { "\(count) \(count == 1 ? one : many)" }
        let parts = [
            some(applications, "application", "applications"), some(statusChanges, "change of status", "changes of status"),
            some(recommendations, "recommended job", "recommended jobs"),
        ]
        return Notification.New(
            kind: .systemMessage, title: "Your week in applications",
            message: "The last seven days: \(parts.joined(separator: ", ")).",
            data: .object(
                JSONObject([
                    ("applications", .integer(applications)), ("status_changes", .integer(statusChanges)),
                    ("recommendations", .integer(recommendations)),
                ])))
    }
}

/// Tells each account what it did in the last week, and those that did nothing nothing.
///
/// A second run is harmless: when an account was told last is stored with what it is told, and within half a week it is not
/// told again. Its key is its kind: one item waits at a time.
struct WeekSummaryWork: Worker {
    static let kind = "notifications.week"
    static let apart = 7 * 86_400 / 2

    let database: Database
    let log: Log

    var kind: String { Self.kind }
    var maximumAttempts: Int { 5 }

    static let order = WorkOrder(kind, payload: .object(JSONObject()), uniqueKey: kind)

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        let count = try await AccountWalk(database: database, log: log).run { account, transaction in
            let (owner, now) = (account.owner, transaction.now)
            let last = try NotificationMarkStore.mark(.week, of: owner, in: transaction).map { Timestamp(microseconds: $0) }
            // One from the time to come is of a clock that was ahead, and counts for nothing.
            if let last, last <= now, now < last.adding(seconds: Self.apart) { return false }
            let activity = try WeekActivity(of: owner, at: now, in: transaction)
            guard !activity.isEmpty else { return false }
            try NotificationStore.add(activity.notification, for: owner, in: transaction)
            try NotificationMarkStore.set(now.microseconds, .week, of: owner, in: transaction)
            return true
        }
        return WorkOutcome { _ in count.json }
    }
}
