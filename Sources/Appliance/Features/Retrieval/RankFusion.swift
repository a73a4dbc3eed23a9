/// Puts what was found by words and what was found by meaning into one order.
///
/// Ranks alone do not do it: equal weights hurt where one way of finding is much better than the other. So the score is
/// the cosine, to which words add a little: their relevance as a share of the best match's. The weight was tuned on
/// occupation titles looked for in descriptions, and package names in summaries, with all-MiniLM-L6-v2; on both it is
/// better than either way alone, and flat between 0.03 and 0.1 (`Tests/Benchmarks/retrieval.py`).
struct RankFusion: Sendable, Equatable {
    struct Candidate: Sendable, Equatable {
        let id: Int64
        /// The relevance by words, the larger the better; nil for what was not found by them.
        var words: Double?
        /// Nil for what has no vector yet.
        var cosine: Float?
    }

    struct Fused: Sendable, Equatable {
        let id: Int64
        let score: Double
    }

    /// What the best match by words is worth, as a cosine.
    var wordsWeight = 0.06

    /// The candidates, best first; of equals the older one. `unknown` stands in for a cosine that is not known.
    func order(_ candidates: [Candidate], unknown: Float) -> [Fused] {
        let best = candidates.reduce(0) { max($0, $1.words ?? 0) }
        let scored = candidates.map { candidate in
            let share = best > 0 ? (candidate.words ?? 0) / best : 0
            return Fused(id: candidate.id, score: Double(candidate.cosine ?? unknown) + wordsWeight * share)
        }
        return scored.sorted { ($0.score, $1.id) > ($1.score, $0.id) }
    }
}
