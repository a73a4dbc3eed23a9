import Testing

@testable import VecIndex

@Suite struct SnapshotTests {
    @Test("a snapshot does not see later writes")
    func isolation() throws {
        let index = try FlatIndex(dimension: 2, metric: .l2)
        for id in 1...4 as ClosedRange<Int64> { try index.add(id, [Float(id), 0]) }
        let snapshot = index.snapshot()
        let before = try snapshot.search([0, 0], k: 10)
        try index.replace(1, with: [100, 0])
        try index.remove(2)
        try index.remove(4)
        try index.add(5, [0, 0])
        #expect(snapshot.count == 4)
        #expect(try snapshot.search([0, 0], k: 10) == before)
        #expect(try index.search([0, 0], k: 10).map(\.id) == [5, 3, 1])
        for id in [1, 3, 5] as [Int64] { try index.remove(id) }
        #expect(try snapshot.search([0, 0], k: 10) == before)
    }

    @Test("a bitmap fits the rows it was made for and no others")
    func foreignBitmaps() throws {
        let index = try FlatIndex(dimension: 1, metric: .l2)
        try index.add(1, [1])
        try index.add(2, [2])
        let bitmap = index.snapshot().bitmap(of: [2])
        try index.replace(2, with: [3])
        #expect(try index.snapshot().search([0], k: 5, filter: bitmap) == [VectorMatch(id: 2, score: 9)])
        try index.add(3, [3])
        #expect(throws: VecIndexError.foreignBitmap) { try index.snapshot().search([0], k: 5, filter: bitmap) }
        let later = index.snapshot().bitmap(of: [2])
        try index.remove(1)
        #expect(throws: VecIndexError.foreignBitmap) { try index.snapshot().search(batch: [[0]], k: 5, filter: later) }
        let twin = try FlatIndex(dimension: 1, metric: .l2)
        #expect(throws: VecIndexError.foreignBitmap) { try twin.snapshot().search([0], k: 5, filter: bitmap) }
    }

    @Test("searches that run during writes see whole vectors and whole writes")
    func concurrentReaders() async throws {
        // Each row is one number repeated, so its product with ones is that number times the dimension: any
        // other score would be of a vector half written. Ids 0..<300 are always there, others come and go.
        let dimension = 384
        let index = try FlatIndex(dimension: dimension, metric: .innerProduct)
        for id in 0..<300 as Range<Int64> { try index.add(id, [Float](repeating: 1, count: dimension)) }
        let ones = [Float](repeating: 1, count: dimension)
        let faults = await withTaskGroup(of: Int.self) { group in
            group.addTask {
                var faults = 0
                for round in 1...200 as ClosedRange<Int64> {
                    do {
                        try index.add(1_000 + round, [Float](repeating: 2, count: dimension))
                        try index.replace(round, with: [Float](repeating: Float(round % 7 + 1), count: dimension))
                        if round > 20 { try index.remove(1_000 + round - 20) }
                    } catch {
                        faults += 1
                    }
                }
                return faults
            }
            for reader in 0..<3 {
                group.addTask {
                    var faults = 0
                    for _ in 0..<60 {
                        do {
                            let answer =
                                reader == 0 ? try index.search(batch: [ones, ones], k: 1_000)[1] : try index.search(ones, k: 1_000)
                            let ids = Set(answer.map(\.id))
                            let whole = answer.allSatisfy {
                                $0.score.truncatingRemainder(dividingBy: Float(dimension)) == 0 && $0.score > 0
                            }
                            let complete = ids.count == answer.count && ids.isSuperset(of: 0..<300) && (300...321).contains(ids.count)
                            let few = try index.search(ones, k: 5, filter: .ids([7, 8, 9]))
                            if !whole || !complete || Set(few.map(\.id)) != [7, 8, 9] { faults += 1 }
                        } catch {
                            faults += 1
                        }
                    }
                    return faults
                }
            }
            return await group.reduce(0, +)
        }
        #expect(faults == 0)
        #expect(index.count == 320)
    }
}
