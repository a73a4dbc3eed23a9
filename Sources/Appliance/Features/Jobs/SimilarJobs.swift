import Platform

/// Finds jobs that are like one: a source of ranking, behind which texts or vectors may be compared.
protocol SimilarJobs: Sendable {
    /// Row ids of active jobs other than this one, the most alike first; at most `limit`.
    func rowIDs(similarTo job: Job, limit: Int) async throws -> [Int64]
}

/// Compares by words: first jobs with the same title, then those that share words of the title and a skill, then those
/// that share anything of either.
struct TextSimilarJobs: SimilarJobs {
    let database: Database

    func rowIDs(similarTo job: Job, limit: Int) async throws -> [Int64] {
        let queries = Self.queries(job)
        let own = job.stored?.rowID
        return try await database.scan { reader in
            var found: [Int64] = []
            for query in queries where found.count < limit {
                // One more, as the job itself is among them.
                let best = try JobText.best(query, limit: limit + found.count + 1, in: reader)
                found += best.filter { $0 != own && !found.contains($0) }.prefix(limit - found.count)
            }
            return found
        }
    }

    private static let titleWords = 6
    private static let skills = 6

    static func queries(_ job: Job) -> [JobQuery] {
        var title = TextQuery(job.title).terms
        if title.isEmpty { title = Folding.words(job.title) }
        title = Array(title.prefix(titleWords))
        let skills = Array((job.skillsRequired + job.technologies + job.skillsPreferred).prefix(Self.skills))
        let wide = JobQuery(title + skills, joinedBy: "OR")
        let some = JobQuery(all: [JobQuery(title, joinedBy: "OR"), JobQuery(skills, joinedBy: "OR")])
        return [JobQuery(title, joinedBy: "AND"), skills.isEmpty ? nil : some, wide].compactMap { $0 }
    }
}
