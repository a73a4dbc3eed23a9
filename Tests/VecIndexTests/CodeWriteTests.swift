import CBlas
import Testing

@testable import VecIndex

@Suite struct CodeWriteTests {
    /// Whether each part's codes are those that its vectors give.
    private func isConsistent(_ index: FlatIndex) -> Bool {
        index.snapshot().parts.allSatisfy { part in
            part.codes.map { $0.contents == SegmentCodes(frame: $0.frame, of: part.segment).contents } ?? false
        }
    }

    @Test("codes follow a long random run of writes", arguments: CodeSearchTests.kinds, VectorMetric.allCases)
    func randomWrites(codes: VectorCodes, metric: VectorMetric) throws {
        var generator = SeededGenerator(seed: 21)
        let (index, _) = try makePair(rows: 2_100, dimension: 65, metric: metric, codes: codes, using: &generator)
        #expect(index.buildCodes())
        #expect(isConsistent(index))
        var held: [FlatSnapshot] = []
        for step in 0..<2_000 {
            let id = Int64.random(in: 0..<3_000, using: &generator)
            if !index.contains(id) {
                try index.add(id, generator.vector(65))
            } else if step % 2 == 0 {
                try index.replace(id, with: generator.vector(65))
            } else {
                try index.remove(id)
            }
            // Snapshots now and then, so that writes meet shared codes and codes of their own.
            if step % 100 == 0 { held = [index.snapshot()] }
            if step % 100 == 50 { held = [] }
        }
        #expect(held.isEmpty)
        #expect(isConsistent(index))
        let query = generator.vector(65)
        #expect(try index.search(query, k: 10) == index.search(query, k: 10, recall: 1))
    }

    @Test("a removed row's code leaves zeros", arguments: CodeSearchTests.kinds)
    func noStaleBytes(codes: VectorCodes) throws {
        var generator = SeededGenerator(seed: 22)
        let (index, naive) = try makePair(rows: 2_100, dimension: 384, metric: .cosine, codes: codes, using: &generator)
        #expect(index.buildCodes())
        for id in naive.vectors.keys.sorted().dropFirst(3) { try index.remove(id) }
        let part = try #require(index.snapshot().parts.first)
        let codes = try #require(part.codes)
        #expect(part.segment.count == 3 && index.snapshot().parts.count == 1)
        #expect(codes.contents == SegmentCodes(frame: codes.frame, of: part.segment).contents)
    }

    @Test("a snapshot's codes do not change")
    func isolation() throws {
        var generator = SeededGenerator(seed: 23)
        let (index, naive) = try makePair(rows: 2_100, dimension: 64, metric: .l2, codes: .bits, using: &generator)
        #expect(index.buildCodes())
        let snapshot = index.snapshot()
        let before = snapshot.parts.map { $0.codes?.contents }
        for (number, id) in naive.vectors.keys.sorted().enumerated() where number % 3 > 0 {
            if number % 3 == 1 { try index.replace(id, with: generator.vector(64)) } else { try index.remove(id) }
        }
        #expect(snapshot.parts.map { $0.codes?.contents } == before)
        #expect(isConsistent(index))
    }

    @Test("codes are due when there are rows enough, more rows, or other rows")
    func due() throws {
        var generator = SeededGenerator(seed: 24)
        let index = try FlatIndex(dimension: 64, metric: .l2, codes: .bits)
        let ones = [Float](repeating: 1, count: 64)
        var id: Int64 = 0
        let add = { (count: Int, shift: Float) in
            for _ in 0..<count {
                var vector = generator.vector(64)
                cblas_saxpy(64, shift, ones, 1, &vector, 1)
                try index.add(id, vector)
                id += 1
            }
        }
        try add(FlatIndex.fewestCoded - 1, 0)
        #expect(!index.codesAreDue && !index.buildCodes())
        try add(1, 0)
        #expect(index.codedCount == 0)
        #expect(index.codesAreDue && index.buildCodes() && !index.codesAreDue)
        #expect(index.codedCount == FlatIndex.fewestCoded)
        // Rows like the others need no new centre; rows elsewhere do.
        try add(1_500, 0)
        #expect(!index.codesAreDue && index.codedCount == index.count)
        let centre = try #require(index.snapshot().parts.first?.codes?.frame.centre)
        #expect(centre.allSatisfy { abs($0) < 0.1 })
        try add(1_500, 3)
        #expect(index.codesAreDue && index.buildCodes() && !index.codesAreDue)
        let moved = try #require(index.snapshot().parts.first?.codes?.frame.centre)
        #expect(moved.allSatisfy { abs($0 - 0.9) < 0.2 })
        try add(3_000, 0.9)
        #expect(!index.codesAreDue)
        #expect(isConsistent(index))
    }

    @Test("an index without codes, or of few numbers, never has them")
    func never() throws {
        for (dimension, codes) in [(64, VectorCodes.none), (63, .bits), (63, .int8)] {
            var generator = SeededGenerator(seed: 25)
            let (index, naive) = try makePair(rows: 2_100, dimension: dimension, metric: .l2, codes: codes, using: &generator)
            #expect(!index.codesAreDue && !index.buildCodes())
            #expect(index.snapshot().parts.allSatisfy { $0.codes == nil })
            let query = generator.vector(dimension)
            #expect(naive.complaint(try index.search(query, k: 10), query: query, k: 10) == nil)
        }
    }

    @Test("rows that have no codes yet are found beside those that have", arguments: CodeSearchTests.kinds)
    func halfBuilt(codes: VectorCodes) throws {
        var generator = SeededGenerator(seed: 26)
        let (index, _) = try makePair(rows: 4_000, dimension: 384, metric: .cosine, codes: codes, using: &generator)
        // As it is while codes are built: none, then an old frame's and a new one's, one in three of each.
        let frames = (0..<2).map { _ in CodeFrame(codes: codes, of: index.snapshot()) }
        for (number, part) in index.snapshot().parts.enumerated() where number % 3 > 0 {
            let built = SegmentCodes(frame: frames[number % 3 - 1], of: part.segment)
            #expect(index.rows.withLock { $0.install(built, for: part.segment, at: number) })
        }
        for _ in 0..<5 {
            let query = generator.vector(384)
            #expect(try index.search(query, k: 10) == index.search(query, k: 10, recall: 1))
        }
    }

    @Test("codes built during writes and searches are those of the rows")
    func concurrentBuild() async throws {
        var generator = SeededGenerator(seed: 27)
        let (index, naive) = try makePair(rows: 3_000, dimension: 128, metric: .cosine, codes: .bits, using: &generator)
        let ids = naive.vectors.keys.sorted()
        let query = generator.vector(128)
        let vectors = (0..<200).map { _ in generator.vector(128) }
        let faults = await withTaskGroup(of: Int.self) { group in
            group.addTask { (0..<3).reduce(0) { faults, _ in faults + (index.buildCodes() ? 0 : 1) } }
            group.addTask {
                vectors.enumerated().reduce(0) { faults, entry in
                    do {
                        try index.replace(ids[entry.offset * 7], with: entry.element)
                        try index.remove(ids[entry.offset * 7 + 1])
                        try index.add(1 << 40 + Int64(entry.offset), entry.element)
                        return faults
                    } catch {
                        return faults + 1
                    }
                }
            }
            group.addTask {
                (0..<50).reduce(0) { faults, _ in
                    let snapshot = index.snapshot()
                    guard let answer = try? snapshot.search(query, k: 10), let truth = try? snapshot.search(query, k: 10, recall: 1)
                    else { return faults + 1 }
                    return faults + (Set(answer.map(\.id)).intersection(truth.map(\.id)).count >= 9 ? 0 : 1)
                }
            }
            return await group.reduce(0, +)
        }
        #expect(faults == 0)
        #expect(index.count == 3_000 && !index.codesAreDue)
        #expect(isConsistent(index))
    }

    @Test("codes cost what they say")
    func bytes() throws {
        var generator = SeededGenerator(seed: 28)
        for (codes, share) in [(VectorCodes.bits, 0.08), (.int8, 0.30)] {
            let (index, _) = try makePair(rows: 10_240, dimension: 384, metric: .cosine, codes: codes, using: &generator)
            #expect(index.buildCodes())
            let raw = Double(10_240 * 384 * 4)
            #expect(Double(index.bytes) > raw && Double(index.bytes) < raw * (1 + share))
        }
    }
}
