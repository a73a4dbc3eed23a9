import Platform

/// Finds the passages that a question is about.
///
/// By words always; by meaning too, when there are vectors and something that embeds the question. What is found both
/// ways is put into one order by `RankFusion`; an embedder that fails costs only its half. A passage counts as an answer
/// when it is near enough to the question (the model's floor), or when it holds enough of its words and is not about
/// something else altogether; without vectors the words decide alone. So an off-topic question finds nothing.
struct Retriever: Sendable {
    /// A passage, how well it matches, and whether that is well enough for an answer.
    struct Ranked: Sendable, Equatable {
        let passage: Passage
        let score: Double
        let isAnswer: Bool
    }

    let database: Database
    let vectors: VectorSearch?
    var metrics = RetrievalMetrics()
    var fusion = RankFusion()

    /// Candidates of each way of finding.
    static let candidates = 50
    /// Passages of one document that an answer may be made from.
    private static let perDocument = 2

    /// The passages that answer a question, best first; none for one that is off topic.
    func search(
        _ question: String, in scope: PassageScope = .everybodys, mode: RetrievalMode = .hybrid, limit: Int = 5
    ) async throws -> [Passage] {
        let ranked = try await rank(question, in: scope, mode: mode)
        var taken: [[String]: Int] = [:]
        let answers = ranked.filter { found in
            guard found.isAnswer else { return false }
            taken[[found.passage.source.rawValue, found.passage.sourceID], default: 0] += 1
            return taken[[found.passage.source.rawValue, found.passage.sourceID], default: 0] <= Self.perDocument
        }
        return answers.prefix(limit).map(\.passage)
    }

    /// All candidates in their order, those among them that are no answer too.
    func rank(_ question: String, in scope: PassageScope, mode: RetrievalMode = .hybrid) async throws -> [Ranked] {
        let watch = metrics.watch(mode)
        let query = mode == .semantic ? TextQuery("") : TextQuery(question)
        let prepared = mode == .text ? nil : await vectors?.prepare(question)
        let fusion = self.fusion
        let ranked = try await database.scan { reader in
            let words = query.isEmpty ? [] : try PassageWords.matches(query, in: scope, limit: Self.candidates, in: reader)
            return try Self.rank(words, prepared, scope, fusion, in: reader)
        }
        watch.ended(isEmpty: !ranked.contains(where: \.isAnswer))
        return ranked
    }

    private static func rank(
        _ words: [PassageWords.Match], _ question: VectorSearch.Question?, _ scope: PassageScope, _ fusion: RankFusion, in reader: Reader
    ) throws -> [Ranked] {
        let near = question.map { $0.shelves.nearest(to: $0.vector, in: scope, limit: candidates) } ?? []
        var cosines = Dictionary(near.map { ($0.passage, $0.cosine) }) { first, _ in first }
        if let question {
            let others = Set(words.map(\.passage.rowID)).subtracting(cosines.keys)
            cosines.merge(question.shelves.cosines(of: others, to: question.vector, in: scope)) { first, _ in first }
        }
        let byWords = Dictionary(words.map { ($0.passage.rowID, $0) }) { first, _ in first }
        let known = words.map(\.passage.rowID) + near.map(\.passage).filter { byWords[$0] == nil }
        let order = fusion.order(
            known.map { RankFusion.Candidate(id: $0, words: byWords[$0]?.relevance, cosine: cosines[$0]) },
            unknown: question?.model.floor ?? 0)
        return try order.compactMap { fused in
            guard let passage = try byWords[fused.id]?.passage ?? PassageStore.passages([fused.id], in: reader).first else { return nil }
            let isAnswer = isAnswer(hasWords: byWords[fused.id]?.isEnough ?? false, cosine: cosines[fused.id], model: question?.model)
            return Ranked(passage: passage, score: fused.score, isAnswer: isAnswer)
        }
    }

    /// A passage that has no vector yet is judged by its words alone.
    static func isAnswer(hasWords: Bool, cosine: Float?, model: EmbeddingModel?) -> Bool {
        guard let model, let cosine else { return hasWords }
        return cosine >= model.floor || (hasWords && cosine >= model.wordsFloor)
    }
}
