import Platform

/// Makes recommendations for one account.
///
/// 1. At most `candidates` active jobs are looked at: those near to the profile in meaning, those
///    with its words, and the newest. What its owner
///    has applied to, dismissed or called irrelevant is not among them.
/// 2. Each is scored; the best `wanted` that reach `floor` are recommended.
/// 3. One transaction stores them, with a notification where a new one reaches the profile's `match_threshold`.
///
/// The floor is low, and the same for all: it keeps out what hardly suits. The threshold is not a cut, because with a
/// sparse profile hardly a job reaches it, and somebody who asks for recommendations wants the best there are; it says
/// from which score on a job is worth an interruption.
struct Recommender: Sendable {
    /// The numbers of jobs that are out of question for an account, whatever they score.
    typealias Exclusion = @Sendable (Owner, Reader) throws -> Set<Int64>

    static let wanted = 10
    static let candidates = 500
    static let candidatesByText = 300
    static let floor = 0.2

    let database: Database
    /// Nil in a process without vectors.
    var vectors: VectorSearch?
    /// The jobs that somebody has applied to.
    var excluded: Exclusion = { _, _ in [] }

    /// A recommendation that was made or renewed.
    struct Made: Sendable, Equatable {
        let id: Identifier
        let job: Suited
        let isNew: Bool

        var score: Double { job.score.value }
    }

    /// A job and how well it suits.
    struct Suited: Sendable, Equatable {
        let rowID: Int64
        let id: Identifier
        let title: String
        let score: MatchScore
    }

    private struct Found: Sendable {
        var best: [Suited] = []
        var threshold: Double
        var version = ""
    }

    /// Throws `RecommendationError.noProfile` where there is none. `tells` is false where somebody else tells the owner.
    func generate(for owner: Owner, tells: Bool = true) async throws -> [Made] {
        let found = try await database.scan { try self.find(for: owner, in: $0) }
        guard !found.best.isEmpty else { return [] }
        let version = found.version
        return try await database.write { transaction in
            // The account may have been deleted meanwhile.
            guard try AccountStore.account(owner, in: transaction) != nil else { return [] }
            let made = try found.best.compactMap { job -> Made? in
                let put = try RecommendationStore.put(job.score, version: version, job: job.rowID, for: owner, in: transaction)
                return put.map { Made(id: $0.id, job: job, isNew: $0.isNew) }
            }
            guard tells else { return made }
            let news = made.filter { $0.isNew && $0.score >= found.threshold }
            if !news.isEmpty { try NotificationStore.add(Self.notification(of: news), for: owner, in: transaction) }
            // Its owner has seen them all: what was not worth a notification now is not later either.
            let newest = try RecommendationStore.newestRowID(of: owner, in: transaction)
            try NotificationMarkStore.set(newest, .recommendations, of: owner, in: transaction)
            return made
        }
    }

    private func find(for owner: Owner, in reader: Reader) throws -> Found {
        guard let account = try AccountStore.account(owner, in: reader), let profile = try ProfileStore.profile(of: account, in: reader)
        else { throw RecommendationError.noProfile }
        let person = MatchPerson(profile)
        var found = Found(threshold: profile.matchThreshold)
        // A profile that says nothing of what its owner can do gets nothing.
        guard !person.words.isEmpty || !person.skills.isEmpty else { return found }
        let excluded = try RecommendationStore.settledJobs(of: owner, in: reader).union(self.excluded(owner, reader))
        let lines = try ProfileLines(profile, vectors, in: reader)
        let scorer = CriteriaScorer(comparesLines: lines != nil)
        found.version = scorer.version
        var suited: [Suited] = []
        try RecommendationStore.eachCandidate(
            person.search, near: lines?.nearJobs ?? [], byText: Self.candidatesByText, limit: Self.candidates, without: excluded, in: reader
        ) { job in
            var job = job
            job.lines = lines?.matches(job.rowID)
            guard let score = scorer.score(job, for: person), score.value >= Self.floor else { return }
            suited.append(Suited(rowID: job.rowID, id: job.id, title: job.title, score: score))
        }
        suited.sort { ($0.score.value, $0.rowID) > ($1.score.value, $1.rowID) }
        found.best = Array(suited.prefix(Self.wanted))
        return found
    }

    /// Not by mail: whoever has asked has them in the answer.
    private static func notification(of news: [Made]) -> Notification.New {
        Notification.New(
            kind: .recommendation, title: "New Job Recommendations - \(news.count) matches found",
            message: "The best of them: \(news[0].job.title).",
            data: .object(
                JSONObject([
                    ("recommendation_ids", .list(news.map(\.id.description))), ("job_ids", .list(news.map(\.job.id.description))),
                    ("count", .integer(news.count)),
                ])), skipped: [.mail])
    }
}
