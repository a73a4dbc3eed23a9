import CVecKernels

/// What codes are relative to: a centre, learnt from rows, and a rotation. A code says where its row lies as
/// seen from the centre, and the nearer the centre is to the rows, the more it says.
///
/// Nothing that a search answers is wrong when the centre does not suit the rows, since rows are ruled out by
/// bounds that hold for any centre; but more rows are then left to be scored.
final class CodeFrame: Sendable {
    /// Rows that a centre is learnt from, at most. The mean of so many is as good as that of all.
    private static let sample = 16_384
    private static let seed: UInt64 = 0x6A6F_6272_616B_6572

    let codes: VectorCodes
    let metric: VectorMetric
    let dimension: Int
    let rotation: Rotation
    let centre: [Float]
    /// Where the codes of segments lie, and the bytes of a row's code with the two numbers beside it.
    let pool: SlotPool
    let bytesPerRow: Int
    /// How many rows there were when the centre was learnt, and their mean squared distance from it.
    let population: Int
    let deviation: Double

    /// Learns the centre of the rows of a snapshot, which has one at least.
    init(codes: VectorCodes, of snapshot: FlatSnapshot) {
        let dimension = snapshot.dimension
        self.codes = codes
        self.dimension = dimension
        metric = snapshot.metric
        rotation = Rotation(dimension: dimension, seed: Self.seed)
        population = snapshot.count
        bytesPerRow = (codes == .bits ? rotation.size / 8 : rotation.size) + 2 * MemoryLayout<Float>.stride
        pool = SlotPool(bytes: Segment.capacity(dimension: dimension) * bytesPerRow)
        // Every part gives its share of the sample, so that it is spread over the whole age of the index.
        let step = max(1, snapshot.count / Self.sample)
        var sums = [Double](repeating: 0, count: dimension)
        var squares = 0.0
        var taken = 0
        for part in snapshot.parts {
            part.segment.read { rows in
                for row in stride(from: 0, to: rows.count, by: step) {
                    let scale = Double(Self.scale(length: rows.lengths[row], metric: snapshot.metric))
                    let values = rows.values + row * dimension
                    for index in 0..<dimension {
                        let value = Double(values[index]) * scale
                        sums[index] += value
                        squares += value * value
                    }
                    taken += 1
                }
            }
        }
        let mean = sums.map { $0 / Double(max(1, taken)) }
        centre = mean.map { Float($0) }
        deviation = max(0, squares / Double(max(1, taken)) - mean.reduce(0) { $0 + $1 * $1 })
    }

    /// What a vector is multiplied with before it is encoded. Cosine looks at directions only.
    static func scale(length: Float, metric: VectorMetric) -> Float {
        metric == .cosine ? 1 / length : 1
    }

    /// A vector as seen from the centre.
    struct Residual {
        /// The square of its length.
        let squares: Double
        /// Its inner product with the centre.
        let along: Double
    }

    /// Calls the body with the rotated vector, `rotation.size` numbers, and what is known of it.
    func withResidual<T>(of values: UnsafePointer<Float>, scale: Float, _ body: (inout [Float], Residual) -> T) -> T {
        var rotated = [Float](repeating: 0, count: rotation.size)
        var (squares, along) = (0.0, 0.0)
        cvec_residual(values, scale, centre, dimension, &rotated, &squares, &along)
        rotation.apply(&rotated)
        defer { cvec_wipe(&rotated, rotation.size * MemoryLayout<Float>.stride) }
        return body(&rotated, Residual(squares: squares, along: along))
    }
}
