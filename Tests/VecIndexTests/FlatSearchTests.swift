import Testing

@testable import VecIndex

@Suite struct FlatSearchTests {
    @Test("finds what a naive search finds", arguments: VectorMetric.allCases, [1, 3, 8, 31, 384])
    func agreesWithNaive(metric: VectorMetric, dimension: Int) throws {
        var generator = SeededGenerator(seed: UInt64(dimension))
        // 600 rows of 384 fill three segments.
        let (index, naive) = try makePair(rows: 600, dimension: dimension, metric: metric, using: &generator)
        #expect(index.count == 600)
        for k in [1, 10, 600, 1_000] {
            let query = generator.vector(dimension)
            #expect(naive.complaint(try index.search(query, k: k), query: query, k: k) == nil)
        }
    }

    @Test("ranks only rows that the filter allows", arguments: VectorMetric.allCases, [2, 20, 200])
    func filters(metric: VectorMetric, oneIn: Int64) throws {
        var generator = SeededGenerator(seed: UInt64(oneIn))
        let (index, naive) = try makePair(rows: 2_000, dimension: 31, metric: metric, using: &generator)
        let allowed = { @Sendable (id: Int64) in (id + 50_000) % oneIn == 0 }
        let ids = Set(naive.vectors.keys.filter(allowed)).union([1 << 40])
        for _ in 0..<5 {
            let query = generator.vector(31)
            let byRule = try index.search(query, k: 10, filter: .matching(allowed))
            #expect(naive.complaint(byRule, query: query, k: 10, where: allowed) == nil)
            #expect(try index.search(query, k: 10, filter: .ids(ids)) == byRule)
            let snapshot = index.snapshot()
            #expect(try snapshot.search(query, k: 10, filter: snapshot.bitmap(of: ids)) == byRule)
        }
    }

    @Test("a set of ids too large to look up under the lock filters all the same")
    func largeIDSet() throws {
        var generator = SeededGenerator(seed: 3)
        let (index, naive) = try makePair(rows: 100, dimension: 3, metric: .l2, using: &generator)
        let half = Set(naive.vectors.keys.filter { $0 > 0 })
        let padded = half.union((0...Int64(FlatIndex.lookupLimit)).map { 1 << 40 + $0 })
        let query = generator.vector(3)
        let answer = try index.search(query, k: 100, filter: .ids(padded))
        #expect(answer.count == half.count)
        #expect(try index.search(query, k: 100, filter: .ids(half)) == answer)
    }

    @Test("a filter that allows nothing gives nothing")
    func emptyFilter() throws {
        var generator = SeededGenerator(seed: 4)
        let (index, _) = try makePair(rows: 100, dimension: 3, metric: .cosine, using: &generator)
        #expect(try index.search([1, 0, 0], k: 5, filter: .ids([])).isEmpty)
        #expect(try index.search(batch: [[1, 0, 0]], k: 5, filter: .matching { _ in false }) == [[]])
    }

    @Test("an empty index, k = 0 and a negative k give nothing")
    func nothing() throws {
        let index = try FlatIndex(dimension: 2, metric: .cosine)
        #expect(try index.search([1, 0], k: 3).isEmpty)
        #expect(try index.search(batch: [[1, 0], [0, 1]], k: 3) == [[], []])
        try index.add(1, [1, 0])
        #expect(try index.search([1, 0], k: 0).isEmpty)
        #expect(try index.search([1, 0], k: -1).isEmpty)
        #expect(try index.search([1, 0], k: .max) == [VectorMatch(id: 1, score: 1)])
    }

    @Test("equal scores go to the lower id", arguments: VectorMetric.allCases)
    func ties(metric: VectorMetric) throws {
        let index = try FlatIndex(dimension: 2, metric: metric)
        for id in [9, -4, 7, 2, 8, 5] as [Int64] { try index.add(id, [3, 4]) }
        try index.add(1, [-3, -4])
        #expect(try index.search([3, 4], k: 4).map(\.id) == [-4, 2, 5, 7])
        #expect(try index.search(batch: [[3, 4]], k: 4)[0].map(\.id) == [-4, 2, 5, 7])
    }

    @Test("scores mean what the metric says")
    func scores() throws {
        let expected: [VectorMetric: Float] = [.cosine: 0.6, .innerProduct: 6, .l2: 17]
        for (metric, score) in expected {
            let index = try FlatIndex(dimension: 2, metric: metric)
            try index.add(1, [3, 4])
            let match = try #require(try index.search([2, 0], k: 1).first)
            #expect(abs(match.score - score) < 1e-5)
        }
        let index = try FlatIndex(dimension: 2, metric: .l2)
        try index.add(1, [3, 4])
        #expect(try index.search([3, 4], k: 1)[0].score.sign == .plus)
    }

    @Test("very long and very short vectors keep their scores finite and right")
    func extremes() throws {
        let (long, short): (Float, Float) = (0x1p59, 0x1p-59)
        for metric in VectorMetric.allCases {
            let index = try FlatIndex(dimension: 2, metric: metric)
            try index.add(1, [long, long])
            try index.add(2, [short, -short])
            try index.add(3, [-long, -long])
            for query in [[long, long], [short, short]] {
                let answer = try index.search(query, k: 3)
                #expect(answer.allSatisfy { $0.score.isFinite })
                #expect(answer == (try index.snapshot().search(batch: [query], k: 3, filter: nil, method: .products)[0]))
                if metric != .l2 { #expect(answer.map(\.id) == [1, 2, 3]) }
            }
        }
    }

    @Test("an invalid query is refused", arguments: VectorMetric.allCases)
    func invalidQueries(metric: VectorMetric) throws {
        let index = try FlatIndex(dimension: 2, metric: metric)
        #expect(throws: VecIndexError.wrongDimension(expected: 2, got: 3)) { try index.search([1, 2, 3], k: 1) }
        #expect(throws: VecIndexError.notFinite) { try index.search([1, .nan], k: 1) }
        #expect(throws: VecIndexError.tooLong) { try index.search([0x1p60, 0x1p60], k: 1) }
        #expect(throws: VecIndexError.notFinite) { try index.search(batch: [[1, 2], [.infinity, 0]], k: 1) }
        if metric == .cosine {
            #expect(throws: VecIndexError.zeroVector) { try index.search([0, 0], k: 1) }
        } else {
            #expect(try index.search([0, 0], k: 1).isEmpty)
        }
    }
}
