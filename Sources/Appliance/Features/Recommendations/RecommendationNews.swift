import Platform

/// Tells accounts of the recommendations that were made for them since the last time: once a day, or once a week where
/// their owner asked for weekly news. Only what reaches the profile's `match_threshold` is worth an interruption.
///
/// A second run is harmless: how far an account has been told is stored with what it is told (`NotificationMark`).
/// Its key is the rhythm: one item of each waits at a time.
struct RecommendationNews: Worker {
    static let kind = "recommendations.tell"
    /// The jobs that a notification names.
    static let named = 5

    enum Rhythm: String, Sendable {
        case daily, weekly

        /// Who asks for news at once gets these daily: they are found once a day.
        func suits(_ settings: NotificationSettings) -> Bool { (settings.frequency == "weekly") == (self == .weekly) }
    }

    let database: Database
    let log: Log

    var kind: String { Self.kind }
    var maximumAttempts: Int { 5 }

    static func order(_ rhythm: Rhythm) -> WorkOrder {
        WorkOrder(kind, payload: ["rhythm": .string(rhythm.rawValue)], uniqueKey: rhythm.rawValue)
    }

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        let rhythm = item.payload["rhythm"]?.string.flatMap { Rhythm(rawValue: $0) } ?? .daily
        let count = try await AccountWalk(database: database, log: log).run { account, transaction in
            guard try rhythm.suits(NotificationSettingsStore.settings(of: account.owner, in: transaction)) else { return false }
            return try Self.tell(account, in: transaction)
        }
        return WorkOutcome { _ in count.json }
    }

    private static func tell(_ account: Account, in transaction: Transaction) throws -> Bool {
        guard let profile = try ProfileStore.profile(of: account, in: transaction) else { return false }
        let told = try NotificationMarkStore.mark(.recommendations, of: account.owner, in: transaction) ?? 0
        let newest = try RecommendationStore.newestRowID(of: account.owner, in: transaction)
        guard newest > told else { return false }
        let news = try RecommendationStore.news(of: account.owner, after: told, from: profile.matchThreshold, in: transaction)
        try NotificationMarkStore.set(newest, .recommendations, of: account.owner, in: transaction)
        guard !news.isEmpty else { return false }
        try NotificationStore.add(notification(of: news), for: account.owner, in: transaction)
        return true
    }

    /// The best first. The title and what leads to the jobs are those of a recommendation that was asked for.
    static func notification(of news: [RecommendationStore.News]) -> Notification.New {
        let best = news.prefix(named)
        return Notification.New(
            kind: .recommendation, title: "New Job Recommendations - \(news.count) matches found",
            message: "The best of them: \(best.map(\.job.title).joined(separator: ", ")).",
            data: .object(
                JSONObject([
                    ("recommendation_ids", .list(best.map(\.id.description))), ("job_ids", .list(best.map(\.job.id.description))),
                    ("count", .integer(news.count)),
                ])), mail: .recommendations(best.map { MailDraft.JobLine($0.job, score: $0.score) }, count: news.count))
    }
}
