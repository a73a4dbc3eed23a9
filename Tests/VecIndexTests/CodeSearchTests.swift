import CBlas
import Testing

@testable import VecIndex

@Suite struct CodeSearchTests {
    static let kinds: [VectorCodes] = [.int8, .bits]
    private static let rows = 3_000

    /// An index of rows in clouds far from the origin, as embeddings lie; its codes are built.
    private func makeIndex(
        rows: Int = rows, dimension: Int, metric: VectorMetric, codes: VectorCodes, using generator: inout SeededGenerator
    ) throws -> FlatIndex {
        let index = try FlatIndex(dimension: dimension, metric: metric, codes: codes)
        let origin = generator.vector(dimension)
        let clouds = (0..<20).map { _ in generator.vector(dimension) }
        for id in 0..<rows {
            var vector = generator.vector(dimension)
            cblas_saxpy(Int32(dimension), 1, origin, 1, &vector, 1)
            cblas_saxpy(Int32(dimension), 0.5, clouds[id % 20], 1, &vector, 1)
            try index.add(Int64(id), vector)
        }
        #expect(index.buildCodes())
        return index
    }

    /// The share of the true answers that searches find. Checks that each score is the true one, to the bit.
    private func recall(_ index: FlatIndex, queries: [[Float]], k: Int, filter: RowFilter? = nil) throws -> Double {
        var found = 0
        var wanted = 0
        for query in queries {
            let truth = try index.search(query, k: k, filter: filter, recall: 1)
            let answer = try index.search(query, k: k, filter: filter)
            #expect(answer.count == truth.count)
            #expect(answer == answer.sorted { index.metric == .l2 ? $0.score < $1.score : $0.score > $1.score })
            let scores = Dictionary(uniqueKeysWithValues: truth.map { ($0.id, $0.score) })
            for match in answer {
                guard let score = scores[match.id] else { continue }
                #expect(match.score == score)
                found += 1
            }
            wanted += truth.count
        }
        return Double(found) / Double(wanted)
    }

    @Test("finds what an exact search finds", arguments: VectorMetric.allCases, kinds)
    func recall(metric: VectorMetric, codes: VectorCodes) throws {
        for dimension in [64, 384] {
            var generator = SeededGenerator(seed: UInt64(dimension))
            let index = try makeIndex(dimension: dimension, metric: metric, codes: codes, using: &generator)
            let queries = (0..<8).map { _ in generator.vector(dimension) }
            // One answer of 80, two of 400: chance leaves out one in a thousand at most, and the seed is fixed.
            #expect(try recall(index, queries: queries, k: 10) >= 0.985)
            #expect(try recall(index, queries: queries, k: 50) >= 0.995)
        }
    }

    @Test("ranks only rows that the filter allows, at every selectivity", arguments: kinds)
    func filters(codes: VectorCodes) throws {
        var generator = SeededGenerator(seed: 11)
        let index = try makeIndex(dimension: 128, metric: .cosine, codes: codes, using: &generator)
        let queries = (0..<10).map { _ in generator.vector(128) }
        for oneIn: Int64 in [1, 2, 3, 20, 200, 1_000] {
            let rule = RowFilter.matching { $0 % oneIn == 0 }
            #expect(try recall(index, queries: queries, k: 10, filter: rule) >= 0.99)
            let answer = try index.search(queries[0], k: 10, filter: rule)
            #expect(answer.allSatisfy { $0.id % oneIn == 0 })
            #expect(answer.count == min(10, Self.rows / Int(oneIn)))
        }
    }

    @Test("a full recall asks for the exact search; a batch answers as single searches do", arguments: kinds)
    func exact(codes: VectorCodes) throws {
        var generator = SeededGenerator(seed: 12)
        let index = try makeIndex(dimension: 100, metric: .l2, codes: codes, using: &generator)
        let plain = try FlatIndex(dimension: 100, metric: .l2)
        for id in 0..<Int64(Self.rows) { try plain.add(id, try #require(index.vector(for: id))) }
        let queries = (0..<3).map { _ in generator.vector(100) }
        for query in queries {
            #expect(try index.search(query, k: 10, recall: 1) == plain.search(query, k: 10))
        }
        #expect(try index.search(batch: queries, k: 10) == queries.map { try index.search($0, k: 10) })
        #expect(try index.search(batch: queries, k: 10, recall: 1) == queries.map { try index.search($0, k: 10, recall: 1) })
    }

    @Test("a lower recall scores fewer rows")
    func width() throws {
        var generator = SeededGenerator(seed: 13)
        let index = try makeIndex(dimension: 384, metric: .cosine, codes: .bits, using: &generator)
        let query = try PreparedQuery(generator.vector(384), dimension: 384, metric: .cosine)
        let scored = [0.5, 0.9, 0.999, 0.999_999].map { recall in
            var search = CodeSearch(
                query, of: index.snapshot(), capacity: 10, filter: nil, deviations: RecallTarget.deviations(recall) ?? .nan)
            search.run()
            return search.rescored
        }
        #expect(scored == scored.sorted() && scored[0] < scored[3])
        #expect(scored[0] >= 10 && scored[3] < Self.rows)
    }

    @Test("of equal rows the lower ids are found", arguments: VectorMetric.allCases, kinds)
    func ties(metric: VectorMetric, codes: VectorCodes) throws {
        var generator = SeededGenerator(seed: 14)
        let index = try FlatIndex(dimension: 64, metric: metric, codes: codes)
        let vector = generator.vector(64)
        for id in 0..<3_000 as Range<Int64> { try index.add(2_999 - id, vector) }
        #expect(index.buildCodes())
        #expect(try index.search(generator.vector(64), k: 5).map(\.id) == [0, 1, 2, 3, 4])
        #expect(try index.search(vector, k: 5).map(\.id) == [0, 1, 2, 3, 4])
    }

    @Test("rows whose bounds tell nothing are all scored", arguments: kinds)
    func secondPass(codes: VectorCodes) throws {
        var generator = SeededGenerator(seed: 15)
        let index = try FlatIndex(dimension: 64, metric: .l2, codes: codes)
        // All in one place, as seen from the query: a millionth of its distance apart.
        for id in 0..<3_000 as Range<Int64> {
            var vector = generator.vector(64)
            cblas_sscal(64, 1e-6, &vector, 1)
            try index.add(id, vector)
        }
        #expect(index.buildCodes())
        let query = generator.vector(64)
        #expect(try index.search(query, k: 20) == index.search(query, k: 20, recall: 1))
        var search = CodeSearch(
            try PreparedQuery(query, dimension: 64, metric: .l2), of: index.snapshot(), capacity: 20, filter: nil, deviations: 3)
        search.run()
        if codes == .bits { #expect(search.rescored > 1_000) }
    }

    @Test("rows of very different lengths are found", arguments: VectorMetric.allCases, kinds)
    func extremes(metric: VectorMetric, codes: VectorCodes) throws {
        var generator = SeededGenerator(seed: 16)
        let index = try FlatIndex(dimension: 64, metric: metric, codes: codes)
        for id in 0..<2_500 as Range<Int64> {
            let length: Float = id % 3 == 0 ? 0x1p56 : id % 3 == 1 ? 0x1p-56 : 1
            var vector = generator.vector(64)
            cblas_sscal(64, length, &vector, 1)
            try index.add(id, vector)
        }
        #expect(index.buildCodes())
        for length: Float in [0x1p56, 1, 0x1p-56] {
            let query = generator.vector(64).map { $0 * length }
            let answer = try index.search(query, k: 10)
            #expect(answer == (try index.search(query, k: 10, recall: 1)))
            #expect(answer.allSatisfy { $0.score.isFinite })
        }
    }

    @Test("many answers are as true as few", arguments: kinds)
    func manyAnswers(codes: VectorCodes) throws {
        var generator = SeededGenerator(seed: 17)
        let index = try makeIndex(dimension: 64, metric: .cosine, codes: codes, using: &generator)
        let query = generator.vector(64)
        #expect(try recall(index, queries: [query], k: 400) >= 0.995)
        #expect(try index.search(query, k: 2_999).count == 2_999)
        #expect(try index.search(query, k: .max).count == Self.rows)
        #expect(try index.search(query, k: 0).isEmpty)
    }
}
