import CVecKernels
import Testing

@testable import VecIndex

@Suite struct CandidatePoolTests {
    /// What is left of candidates that come in steps, in the order in which they are taken out.
    private func taken(_ bounds: [Float], size: Int, step: Int, lowest: Float = -.infinity) -> (rows: [Int], isPartial: Bool) {
        var pool = CandidatePool(size: size, step: step)
        for start in stride(from: 0, to: bounds.count, by: step) {
            if !pool.hasRoom(for: step) { pool.drop(below: -.infinity) }
            pool.take { floor, candidates in
                var count = 0
                for row in start..<min(start + step, bounds.count) where bounds[row] >= floor {
                    candidates[count] = cvec_candidate(bound: bounds[row], row: UInt32(row))
                    count += 1
                }
                return count
            }
        }
        pool.drop(below: lowest)
        pool.arrange()
        var rows: [Int] = []
        while let first = pool.first {
            #expect(bounds[Int(first.row)] == first.bound)
            rows.append(Int(first.row))
            pool.popFirst()
        }
        return (rows, pool.isPartial)
    }

    @Test("gives the highest back in order", arguments: [1, 2, 7, 100, 499, 500, 1_000], [1, 64, 500])
    func highest(size: Int, step: Int) {
        var generator = SeededGenerator(seed: UInt64(size))
        // Few different bounds, so that many are equal; then all different.
        let even = (0..<500).map { _ in Float(Int.random(in: 0..<20, using: &generator)) }
        let random = (0..<500).map { _ in Float.random(in: 0...1, using: &generator) }
        for bounds in [even, random, random.sorted(), random.sorted(by: >), [Float](repeating: 1, count: 500)] {
            let (rows, isPartial) = taken(bounds, size: size, step: step)
            #expect(rows.map { bounds[$0] } == Array(bounds.sorted(by: >).prefix(size)))
            #expect(Set(rows).count == rows.count)
            #expect(isPartial == (size < 500))
        }
    }

    @Test("drops what is below a floor without missing it")
    func floor() {
        let (rows, isPartial) = taken([5, 1, 4, 2, 3, 3], size: 10, step: 3, lowest: 3)
        #expect(rows.prefix(2) == [0, 2] && Set(rows.dropFirst(2)) == [4, 5])
        #expect(!isPartial)
    }

    @Test("an empty pool gives nothing")
    func empty() {
        #expect(taken([], size: 5, step: 5).rows.isEmpty)
    }
}
