import Platform

/// Finds jobs that are like one: a source of ranking, behind which texts or vectors may be compared.
protocol SimilarJobs: Sendable {
    /// Row ids of active jobs other than this one, the most alike first; at most `limit`.
    func rowIDs(similarTo job: Job, limit: Int) async throws -> [Int64]
}

/// Compares by meaning: the jobs whose passages are nearest to the middle of this job's. Where there are too few of them, as
/// of a job that waits for its vectors, those follow that are alike by words.
struct VectorSimilarJobs: SimilarJobs {
    let database: Database
    let vectors: VectorSearch
    let words: any SimilarJobs

    func rowIDs(similarTo job: Job, limit: Int) async throws -> [Int64] {
        guard let own = job.stored?.rowID, let shelves = vectors.shelves, let middle = Self.middle(shelves.vectors(ofRow: own, of: .job))
        else { return try await words.rowIDs(similarTo: job, limit: limit) }
        let near = try await database.scan { reader in
            // Some more, as the job itself is among them, and others may just have been closed.
            try shelves.nearestRows(to: middle, of: .job, limit: limit + 8).map(\.group)
                .filter { try $0 != own && JobListStore.isActive($0, in: reader) }.prefix(limit)
        }
        guard near.count < limit else { return Array(near) }
        let others = try await words.rowIDs(similarTo: job, limit: limit).filter { !near.contains($0) }
        return Array(near) + others.prefix(limit - near.count)
    }

    /// The mean of vectors of unit length; nil without any.
    static func middle(_ vectors: [[Float]]) -> [Float]? {
        guard var sum = vectors.first else { return nil }
        for vector in vectors.dropFirst() where vector.count == sum.count {
            for place in sum.indices { sum[place] += vector[place] }
        }
        return sum
    }
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
