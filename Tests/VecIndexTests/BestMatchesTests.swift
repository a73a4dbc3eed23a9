import Testing

@testable import VecIndex

@Suite struct BestMatchesTests {
    @Test("keeps the best of a random sequence, whatever its order", arguments: [1, 2, 7, 100, 1_000])
    func keepsBest(capacity: Int) {
        var generator = SeededGenerator(seed: UInt64(capacity))
        // Few different ranks, so that many are equal and ids decide.
        var offers = (0..<500).map { (rank: Float(Int.random(in: 0..<20, using: &generator)), id: Int64($0)) }
        offers.shuffle(using: &generator)
        var best = BestMatches(capacity: capacity)
        for offer in offers { best.offer(rank: offer.rank, id: offer.id) }
        let expected = offers.sorted { $0.rank != $1.rank ? $0.rank > $1.rank : $0.id < $1.id }.prefix(capacity)
        #expect(best.matches(metric: .innerProduct).map(\.id) == expected.map(\.id))
        #expect(best.floor == (capacity <= 500 ? expected.last?.rank : nil))
    }
}
