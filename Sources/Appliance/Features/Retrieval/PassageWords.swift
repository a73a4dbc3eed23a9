import Platform

/// Passages found by their words: public ones by the full-text index, an owner's private ones by a walk over them.
enum PassageWords {
    struct Match: Sendable, Equatable {
        let passage: Passage
        /// The larger the better.
        let relevance: Double
        /// Whether it holds as many of the words as an answer must.
        let isEnough: Bool
    }

    /// The best of each kind; what is found in private text has no rank of an index, so the share of the words that are in
    /// it stands in for one.
    static func matches(_ query: TextQuery, in scope: PassageScope, limit: Int, in reader: Reader) throws -> [Match] {
        var found = try TextIndex.ranked(query.expression, in: scope, limit: limit, in: reader).compactMap { match -> Match? in
            guard let passage = try PassageStore.passages([match.rowID], in: reader).first else { return nil }
            return Match(passage: passage, relevance: match.relevance, isEnough: matchCount(query, passage) >= query.needed)
        }
        if let owner = scope.owner, !scope.privateSources.isEmpty {
            let best = found.first?.relevance ?? 1
            let own = try PassageStore.own(of: owner, sources: scope.privateSources, in: reader).compactMap { passage -> Match? in
                let count = matchCount(query, passage)
                guard count > 0 else { return nil }
                let share = Double(count) / Double(query.terms.count)
                return Match(passage: passage, relevance: best * share, isEnough: count >= query.needed)
            }
            found += own.sorted { ($0.relevance, $1.passage.rowID) > ($1.relevance, $0.passage.rowID) }.prefix(limit)
        }
        return found
    }

    private static func matchCount(_ query: TextQuery, _ passage: Passage) -> Int {
        query.matches(in: passage.title + " " + passage.body)
    }
}
