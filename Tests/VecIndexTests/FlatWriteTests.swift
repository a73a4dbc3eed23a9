import Testing

@testable import VecIndex

@Suite struct FlatWriteTests {
    @Test("keeps vectors as they were given", arguments: VectorMetric.allCases)
    func keepsVectors(metric: VectorMetric) throws {
        let index = try FlatIndex(dimension: 3, metric: metric)
        try index.add(.max, [1, 2, 3])
        #expect(index.vector(for: .max) == [1, 2, 3])
        #expect(index.contains(.max))
        #expect(index.vector(for: 1) == nil)
        #expect(!index.contains(1))
    }

    @Test("the dimension is 1 to 4096")
    func dimensions() throws {
        for dimension in [-1, 0, 4097] {
            #expect(throws: VecIndexError.invalidDimension(dimension)) { try FlatIndex(dimension: dimension, metric: .l2) }
        }
        let index = try FlatIndex(dimension: 4096, metric: .innerProduct)
        for id in 0..<130 as Range<Int64> { try index.add(id, [Float](repeating: Float(id), count: 4096)) }
        let ones = [Float](repeating: 1, count: 4096)
        #expect(try index.search(ones, k: 2) == [VectorMatch(id: 129, score: 129 * 4096), VectorMatch(id: 128, score: 128 * 4096)])
    }

    @Test("an invalid vector is refused and changes nothing")
    func invalidVectors() throws {
        let index = try FlatIndex(dimension: 2, metric: .cosine)
        try index.add(1, [1, 0])
        let refusals: [([Float], VecIndexError)] = [
            ([1], .wrongDimension(expected: 2, got: 1)), ([], .wrongDimension(expected: 2, got: 0)), ([.nan, 1], .notFinite),
            ([1, -.infinity], .notFinite), ([0, 0], .zeroVector), ([0x1p-61, 0], .zeroVector), ([.greatestFiniteMagnitude, 0], .tooLong),
        ]
        for (vector, error) in refusals {
            #expect(throws: error) { try index.add(2, vector) }
            #expect(throws: error) { try index.replace(1, with: vector) }
        }
        #expect(index.count == 1)
        #expect(index.vector(for: 1) == [1, 0])
        let other = try FlatIndex(dimension: 2, metric: .l2)
        try other.add(1, [0, 0])
        #expect(other.vector(for: 1) == [0, 0])
    }

    @Test("an id can be added once, and replaced or removed only while it is there")
    func ids() throws {
        let index = try FlatIndex(dimension: 1, metric: .l2)
        try index.add(1, [5])
        #expect(throws: VecIndexError.duplicateID(1)) { try index.add(1, [6]) }
        #expect(throws: VecIndexError.unknownID(2)) { try index.replace(2, with: [6]) }
        #expect(throws: VecIndexError.unknownID(2)) { try index.remove(2) }
        #expect(index.vector(for: 1) == [5])
        try index.replace(1, with: [7])
        #expect(try index.search([7], k: 1) == [VectorMatch(id: 1, score: 0)])
        try index.remove(1)
        #expect(throws: VecIndexError.unknownID(1)) { try index.remove(1) }
        #expect(index.count == 0)
        try index.add(1, [8])
        #expect(index.vector(for: 1) == [8])
    }

    @Test("putting several adds and replaces, and tells which it cannot take")
    func putSeveral() throws {
        let index = try FlatIndex(dimension: 2, metric: .l2)
        try index.add(1, [1, 1])
        let refused = index.put([(1, [2, 2]), (2, [3, 3]), (3, [.nan, 0]), (4, [1]), (2, [4, 4])])
        #expect(refused == [3, 4])
        #expect(index.put([(5, [])], waits: false) == [5])
        #expect(index.count == 2 && index.vector(for: 1) == [2, 2] && index.vector(for: 2) == [4, 4])
    }

    @Test("a long random run of writes leaves what a dictionary would hold", arguments: VectorMetric.allCases)
    func randomWrites(metric: VectorMetric) throws {
        var generator = SeededGenerator(seed: 7)
        let index = try FlatIndex(dimension: 384, metric: metric)
        var naive = NaiveIndex(metric: metric)
        var held: [FlatSnapshot] = []
        for step in 0..<3_000 {
            let id = Int64.random(in: 0..<700, using: &generator)
            if naive.vectors[id] == nil {
                let vector = generator.vector(384)
                try index.add(id, vector)
                naive.vectors[id] = vector
            } else if Bool.random(using: &generator) {
                let vector = generator.vector(384)
                try index.replace(id, with: vector)
                naive.vectors[id] = vector
            } else {
                try index.remove(id)
                naive.vectors[id] = nil
            }
            // Snapshots now and then, so that writes meet shared segments and segments of their own.
            if step % 100 == 0 { held = [index.snapshot()] }
            if step % 100 == 50 { held = [] }
        }
        #expect(held.isEmpty)
        #expect(index.count == naive.vectors.count)
        for (id, vector) in naive.vectors { #expect(index.vector(for: id) == vector) }
        let query = generator.vector(384)
        #expect(naive.complaint(try index.search(query, k: 700), query: query, k: 700) == nil)
    }

    @Test("removal gives memory back")
    func memory() throws {
        let index = try FlatIndex(dimension: 31, metric: .l2)
        let empty = index.bytes
        let vector = [Float](repeating: 1, count: 31)
        for id in 0..<20_000 as Range<Int64> { try index.add(id, vector) }
        let full = index.bytes
        #expect(full >= 20_000 * 31 * 4)
        for id in 0..<19_900 as Range<Int64> { try index.remove(id) }
        #expect(index.bytes < full / 4)
        for id in 19_900..<20_000 as Range<Int64> {
            #expect(index.contains(id))
            try index.remove(id)
        }
        #expect(index.bytes < empty + 64 * 1024)
    }

    @Test("a removed vector leaves zeros")
    func noStaleBytes() throws {
        let index = try FlatIndex(dimension: 3, metric: .l2)
        for id in 1...5 as ClosedRange<Int64> { try index.add(id, [Float](repeating: Float(id), count: 3)) }
        for id in [2, 5, 1] as [Int64] { try index.remove(id) }
        let segment = try #require(index.snapshot().parts.first?.segment)
        let places = segment.capacity
        let (values, ids, lengths) = segment.read { rows in
            (
                Array(UnsafeBufferPointer(start: rows.values, count: places * 3)),
                Array(UnsafeBufferPointer(start: rows.ids, count: places)),
                Array(UnsafeBufferPointer(start: rows.lengths, count: places))
            )
        }
        #expect(Set(ids.prefix(2)) == [3, 4])
        #expect(values.dropFirst(6).allSatisfy { $0 == 0 })
        #expect(ids.dropFirst(2).allSatisfy { $0 == 0 })
        #expect(lengths.dropFirst(2).allSatisfy { $0 == 0 })
    }
}
