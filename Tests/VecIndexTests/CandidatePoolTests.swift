import CVecKernels
import Testing

@testable import VecIndex

@Suite struct CandidatePoolTests {
    /// What is left of candidates that come in steps, in the order in which they are taken out.
    private func taken(_ bounds: [Float], size: Int, step: Int) -> (rows: [Int], isPartial: Bool) {
        var pool = CandidatePool(size: size, step: step)
        for start in stride(from: 0, to: bounds.count, by: step) {
            pool.take(step: step) { floor, candidates in
                var count = 0
                for row in start..<min(start + step, bounds.count) where bounds[row] >= floor {
                    candidates[count] = cvec_candidate(bound: bounds[row], row: UInt32(row))
                    count += 1
                }
                return count
            }
        }
        pool.arrange()
        var rows: [Int] = []
        while let bound = pool.first, let row = pool.popFirst() {
            #expect(bounds[row] == bound)
            rows.append(row)
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

    @Test("an empty pool gives nothing")
    func empty() {
        #expect(taken([], size: 5, step: 5).rows.isEmpty)
    }
}
