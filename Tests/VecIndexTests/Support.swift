@testable import VecIndex

/// SplitMix64: the same numbers for the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Numbers from -1 to 1.
    ///
    /// A stretch of numbers that were made once: in a debug build that takes a hundredth of the time.
    mutating func vector(_ dimension: Int) -> [Float] {
        let start = Int(next() % UInt64(Self.numbers.count - dimension))
        return Array(Self.numbers[start..<start + dimension])
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    private static let numbers: [Float] = {
        var generator = SeededGenerator(seed: 0)
        return (0..<100_000).map { _ in Float(generator.next() >> 40) * 0x1p-23 - 1 }
    }()
}

/// What an index should answer, computed in double precision by sorting everything.
struct NaiveIndex {
    let metric: VectorMetric
    var vectors: [Int64: [Float]] = [:]

    func score(_ query: [Float], _ row: [Float]) -> Double {
        let pairs = zip(query, row).map { (Double($0), Double($1)) }
        let dot = pairs.reduce(0) { $0 + $1.0 * $1.1 }
        switch metric {
        case .innerProduct: return dot
        case .l2: return pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        case .cosine:
            let squares = pairs.reduce((0, 0)) { ($0.0 + $1.0 * $1.0, $0.1 + $1.1 * $1.1) }
            return dot / (squares.0 * squares.1).squareRoot()
        }
    }

    /// Ids and scores of all rows that pass, best first.
    func ranking(_ query: [Float], where allowed: (Int64) -> Bool = { _ in true }) -> [(id: Int64, score: Double)] {
        vectors.filter { allowed($0.key) }
            .map { (id: $0.key, score: score(query, $0.value)) }
            .sorted { left, right in
                if left.score == right.score { return left.id < right.id }
                return metric == .l2 ? left.score < right.score : left.score > right.score
            }
    }

    /// Why an answer is not the right one, or nil if it is. Rows whose true scores are closer than single
    /// precision tells apart may have changed places, so scores are compared place by place, and each id with
    /// its own score.
    func complaint(_ answer: [VectorMatch], query: [Float], k: Int, where allowed: (Int64) -> Bool = { _ in true }) -> String? {
        let expected = ranking(query, where: allowed).prefix(k)
        guard answer.count == expected.count else { return "\(answer.count) rows in place of \(expected.count)" }
        guard Set(answer.map(\.id)).count == answer.count else { return "a row twice" }
        let tolerance = 1e-6 * Double(query.count + 8)
        for (match, truth) in zip(answer, expected) {
            guard allowed(match.id), let row = vectors[match.id] else { return "row \(match.id) is not allowed" }
            guard abs(Double(match.score) - truth.score) <= tolerance else { return "\(match.score) in place of \(truth.score)" }
            guard abs(Double(match.score) - score(query, row)) <= tolerance else {
                return "row \(match.id) has not the score \(match.score)"
            }
        }
        return nil
    }
}

/// An index and its naive double with the same random rows; ids are spread out and in no order.
func makePair(
    rows: Int, dimension: Int, metric: VectorMetric, codes: VectorCodes = .none, using generator: inout SeededGenerator
) throws -> (FlatIndex, NaiveIndex) {
    let index = try FlatIndex(dimension: dimension, metric: metric, codes: codes)
    var naive = NaiveIndex(metric: metric)
    for number in 0..<rows {
        let id = (Int64(number) &* 7_919) % 100_003 - 50_000
        let vector = generator.vector(dimension)
        try index.add(id, vector)
        naive.vectors[id] = vector
    }
    return (index, naive)
}
