import Testing

@testable import VecIndex

@Suite struct BatchSearchTests {
    private static let methods: [FlatSnapshot.BatchMethod] = [.products, .kernels]

    @Test("a batch answers each query as a single search does, to the bit", arguments: VectorMetric.allCases, [1, 3, 8, 31, 384])
    func equalsSingle(metric: VectorMetric, dimension: Int) throws {
        var generator = SeededGenerator(seed: UInt64(dimension) + 100)
        let (index, _) = try makePair(rows: 600, dimension: dimension, metric: metric, using: &generator)
        let queries = (0..<70).map { _ in generator.vector(dimension) }  // more than a group
        let snapshot = index.snapshot()
        let single = try queries.map { try index.search($0, k: 10) }
        #expect(try index.search(batch: queries, k: 10) == single)
        for method in Self.methods {
            #expect(try snapshot.search(batch: queries, k: 10, filter: nil, method: method) == single)
        }
    }

    @Test("a filtered batch answers as single searches do", arguments: [2, 20, 200])
    func filtered(oneIn: Int64) throws {
        var generator = SeededGenerator(seed: 5)
        let (index, _) = try makePair(rows: 1_500, dimension: 384, metric: .cosine, using: &generator)
        let snapshot = index.snapshot()
        let filter = snapshot.bitmap { ($0 + 50_000) % oneIn == 0 }
        let queries = (0..<6).map { _ in generator.vector(384) }
        let single = try queries.map { try snapshot.search($0, k: 10, filter: filter) }
        #expect(single.allSatisfy { $0.count == min(10, filter.count) })
        #expect(try snapshot.search(batch: queries, k: 10, filter: filter) == single)
        for method in Self.methods {
            #expect(try snapshot.search(batch: queries, k: 10, filter: filter, method: method) == single)
        }
    }

    @Test("near ties that a matrix product would swap come out as in a single search", arguments: VectorMetric.allCases)
    func nearTies(metric: VectorMetric) throws {
        var generator = SeededGenerator(seed: 6)
        let index = try FlatIndex(dimension: 31, metric: metric)
        let centre = generator.vector(31).map { $0 * 1_000 }
        for id in 0..<500 as Range<Int64> {
            try index.add(id, centre.map { $0 * (1 + Float(Int.random(in: -2...2, using: &generator)) * 0x1p-23) })
        }
        let queries = [centre] + (0..<5).map { _ in generator.vector(31) }
        let single = try queries.map { try index.search($0, k: 50) }
        for method in Self.methods {
            #expect(try index.snapshot().search(batch: queries, k: 50, filter: nil, method: method) == single)
        }
    }

    @Test("no queries give no answers, and one thread can be asked for at any time")
    func noQueries() throws {
        let index = try FlatIndex(dimension: 2, metric: .l2)
        try index.add(1, [1, 2])
        #expect(try index.search(batch: [], k: 3).isEmpty)
        #expect(VecBLAS.useOneThread() == (VecBLAS.library.name == "OpenBLAS"))
    }

    @Test("the process tells which BLAS it has, and whether that is the slow one")
    func library() {
        #expect(VecBLAS.library.file?.contains("blas") == true)
        #expect(VecBLAS.library.isReference == (VecBLAS.library.name == "reference BLAS"))
        #expect(VecBLAS.isFast == !VecBLAS.library.isReference)
    }
}
