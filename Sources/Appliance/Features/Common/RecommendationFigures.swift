import Platform

/// How many recommendations an account has, by what its owner did with them.
struct RecommendationCounts: Sendable, Equatable {
    var total = 0
    var pending = 0
    var viewed = 0
    var dismissed = 0
    /// When one of them last came or changed; nil where there is none.
    var lastUpdated: Timestamp?
}

/// What the common routes ask of whoever keeps the recommendations.
protocol RecommendationFigures: Sendable {
    /// Of all accounts together.
    func total(in reader: Reader) throws -> Int
    func counts(of owner: Owner, in reader: Reader) throws -> RecommendationCounts
}

/// For a server without recommendations.
struct NoRecommendations: RecommendationFigures {
    func total(in reader: Reader) -> Int { 0 }
    func counts(of owner: Owner, in reader: Reader) -> RecommendationCounts { RecommendationCounts() }
}
