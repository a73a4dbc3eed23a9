import Platform

/// What the common routes are told of the recommendations.
struct KnownRecommendations: RecommendationFigures {
    func total(in reader: Reader) throws -> Int { Int(try RecommendationStore.count(in: reader)) }

    func counts(of owner: Owner, in reader: Reader) throws -> RecommendationCounts {
        let counts = try RecommendationStore.counts(of: owner, in: reader)
        return RecommendationCounts(
            total: counts.total, pending: counts.pending, viewed: counts.viewed, dismissed: counts.dismissed,
            lastUpdated: counts.lastUpdated)
    }
}
