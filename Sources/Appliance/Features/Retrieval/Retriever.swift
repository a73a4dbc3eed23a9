import Platform

/// Finds the passages that a question is about.
///
/// By words always; by vectors too, when an embeddings provider is configured
/// and answers. Where both find something their ranks are fused (reciprocal rank
/// fusion, Cormack et al. 2009); a provider that fails costs only its half.
struct Retriever: Sendable {
    let database: Database
    let vectors: VectorSearch?

    func search(_ question: String, limit: Int = 5) async throws -> [Passage] {
        let query = TextQuery(question)
        let byWords = query.isEmpty ? [] : try await self.byWords(query, limit: limit * 4)
        guard let nearest = await vectors?.nearest(to: question, limit: limit * 4), !nearest.isEmpty else {
            return Array(byWords.prefix(limit))
        }
        let fused = Self.fuse([byWords.map(\.rowID), nearest]).prefix(limit)
        return try await database.scan { reader in try PassageStore.passages(Array(fused), in: reader) }
    }

    private func byWords(_ query: TextQuery, limit: Int) async throws -> [Passage] {
        let candidates = try await database.scan { reader in
            try PassageStore.matching(query.expression, limit: limit, in: reader)
        }
        return candidates.filter { query.matches(in: $0.title + " " + $0.body) >= query.needed }
    }

    /// Reciprocal rank fusion: each list gives 1 / (60 + rank); ties go to the older passage.
    static func fuse(_ rankings: [[Int64]]) -> [Int64] {
        var scores: [Int64: Double] = [:]
        for ranking in rankings {
            for (rank, rowID) in ranking.enumerated() { scores[rowID, default: 0] += 1 / Double(61 + rank) }
        }
        return scores.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map(\.key)
    }
}
