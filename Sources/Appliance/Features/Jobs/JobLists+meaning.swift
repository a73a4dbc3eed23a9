import Platform

/// Jobs by meaning, and by words and meaning together.
///
/// What is near is looked for among the jobs that the filters leave, and nowhere else; at most `nearest` of them that reach
/// the model's floor count as found. Together with words, all that has them is found as well, and the order is
/// `RankFusion`'s; of very many matches the newest are put in order, and the others follow, as they do without meaning.
extension JobLists {
    /// Jobs that one search may find by meaning.
    static let nearest = 300

    func find(
        _ request: Request, near question: VectorSearch.Question, mode: RetrievalMode, limit: Int, offset: Int
    ) async throws -> Found {
        try await database.scan { reader in
            let filter = request.filter
            let query = mode == .semantic ? nil : filter.words?.query
            let set = try chosen(filter.withoutWords, in: reader)
            let near = try Self.near(question, set, in: reader)
            let order = try fused(query, set, near, question, in: reader)
            let rowIDs = try page(order, query, set, limit: limit, offset: offset, in: reader)
            var found = Found(count: order.count, items: try items(rowIDs, request, hasWords: query != nil, in: reader))
            if request.wantsFacets { found.facets = try facets(query == nil ? nil : filter, and: order.added, in: reader) }
            return found
        }
    }

    /// What was found, as far as it is in order.
    private struct Order {
        var ranked: [Int64]
        var count: Int
        /// Those among them that words did not find.
        var added: [Int64]
        /// Matches by words that are in order; behind them are more when they are as many as are ranked.
        var words = 0
    }

    /// The nearest of the jobs that are allowed and near enough. The index in memory may be a moment behind the database.
    private static func near(_ question: VectorSearch.Question, _ set: JobMark?, in reader: Reader) throws -> [PassageMatch] {
        let allowed = set.map { Set($0.rowIDs) }
        let found = question.shelves.nearestRows(to: question.vector, of: .job, allowed: allowed, limit: nearest)
        return try found.filter { try $0.cosine >= question.model.floor && JobListStore.isActive($0.group, in: reader) }
    }

    private func fused(
        _ query: JobQuery?, _ set: JobMark?, _ near: [PassageMatch], _ question: VectorSearch.Question, in reader: Reader
    ) throws -> Order {
        guard let query else { return Order(ranked: near.map(\.group), count: near.count, added: near.map(\.group)) }
        let words = try JobText.scored(query, within: set, limit: rankedMatches, in: reader)
        let matched = Set(words.map(\.rowID))
        let isComplete = words.count < rankedMatches
        let count = try isComplete ? words.count : JobText.count(query, within: set, in: reader)
        // What has the words but is not among the ranked comes behind them, once.
        let added = try near.filter { match in
            try !matched.contains(match.group) && (isComplete || !JobText.isMatch(query, match.group, in: reader))
        }
        var cosines = question.shelves.cosines(ofRows: matched, of: .job, to: question.vector)
        for match in added { cosines[match.group] = match.cosine }
        let candidates =
            words.map { RankFusion.Candidate(id: $0.rowID, words: -$0.score, cosine: cosines[$0.rowID]) }
            + added.map { RankFusion.Candidate(id: $0.group, cosine: $0.cosine) }
        let order = RankFusion().order(candidates, unknown: question.model.floor)
        return Order(ranked: order.map(\.id), count: count + added.count, added: added.map(\.group), words: words.count)
    }

    private func page(
        _ order: Order, _ query: JobQuery?, _ set: JobMark?, limit: Int, offset: Int, in reader: Reader
    ) throws -> [Int64] {
        let first = Array(order.ranked.dropFirst(offset).prefix(limit))
        guard let query, first.count < limit, order.words == rankedMatches else { return first }
        let behind = max(offset, order.ranked.count) - order.added.count
        return first + (try JobText.unranked(query, within: set, limit: limit - first.count, offset: behind, in: reader))
    }
}
