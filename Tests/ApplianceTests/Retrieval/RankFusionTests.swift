import Testing

@testable import Appliance

@Suite struct RankFusionTests {
    private typealias Candidate = RankFusion.Candidate

    private func order(_ candidates: [RankFusion.Candidate], unknown: Float = 0.3) -> [Int64] {
        RankFusion().order(candidates, unknown: unknown).map(\.id)
    }

    @Test("Meaning decides where it is clear, and words where it is not")
    func mixture() {
        #expect(order([Candidate(id: 1, words: 9, cosine: 0.4), Candidate(id: 2, cosine: 0.7)]) == [2, 1])
        #expect(order([Candidate(id: 1, words: 9, cosine: 0.68), Candidate(id: 2, cosine: 0.7)]) == [1, 2])
        #expect(
            order([Candidate(id: 1, words: 1, cosine: 0.68), Candidate(id: 2, cosine: 0.7), Candidate(id: 3, words: 9, cosine: 0.1)]) == [
                2, 1, 3,
            ])
    }

    @Test("Words alone rank by words, meaning alone by meaning, and equals by age")
    func alone() {
        #expect(order([Candidate(id: 1, words: 2), Candidate(id: 2, words: 5), Candidate(id: 3, words: 5)]) == [2, 3, 1])
        #expect(order([Candidate(id: 1, cosine: 0.2), Candidate(id: 2, cosine: 0.5)]) == [2, 1])
        #expect(order([]) == [])
    }

    @Test("Without a vector the floor stands in for the cosine")
    func unknown() {
        #expect(order([Candidate(id: 1, words: 5), Candidate(id: 2, cosine: 0.5)], unknown: 0.4) == [2, 1])
        #expect(order([Candidate(id: 1, words: 5), Candidate(id: 2, cosine: 0.42)], unknown: 0.4) == [1, 2])
    }

    @Test("More relevance by words never lowers a place, at whatever scale the index ranks")
    func monotone() {
        for scale in [0.001, 1, 1000] {
            let before = order([Candidate(id: 1, words: 3 * scale, cosine: 0.5), Candidate(id: 2, words: 10 * scale, cosine: 0.5)])
            let after = order([Candidate(id: 1, words: 12 * scale, cosine: 0.5), Candidate(id: 2, words: 10 * scale, cosine: 0.5)])
            #expect(before == [2, 1] && after == [1, 2])
        }
    }

    @Test(
        "An answer is near enough, or has the words and is not about something else",
        arguments: [
            (false, 0.41, true), (false, 0.39, false), (true, 0.3, true), (true, 0.2, false), (true, nil, true), (false, nil, false),
        ] as [(Bool, Float?, Bool)])
    func answers(hasWords: Bool, cosine: Float?, isAnswer: Bool) {
        let model = EmbeddingModel(name: "m", dimensions: 2, floor: 0.4)
        #expect(Retriever.isAnswer(hasWords: hasWords, cosine: cosine, model: model) == isAnswer)
        #expect(Retriever.isAnswer(hasWords: hasWords, cosine: cosine, model: nil) == hasWords)
    }
}
