import CVecKernels

/// A vector that was checked against an index: right dimension, finite, and of a length that no score made
/// from it can overflow (or, under cosine, lose its direction to underflow).
///
/// The bounds on length are what makes every later step free of NaN: with lengths up to 2^60, products and
/// squared distances stay below 2^122, and so do their partial sums.
struct PreparedVector {
    static let lengths: ClosedRange<Double> = 0x1p-60...0x1p60

    let values: [Float]
    /// Euclidean length, computed in double precision.
    let length: Double

    init(_ values: [Float], dimension: Int, metric: VectorMetric) throws(VecIndexError) {
        guard values.count == dimension else { throw .wrongDimension(expected: dimension, got: values.count) }
        let squared = cvec_squared_length(values, dimension)
        guard squared.isFinite else { throw .notFinite }
        length = squared.squareRoot()
        guard length <= Self.lengths.upperBound else { throw .tooLong }
        guard metric != .cosine || length >= Self.lengths.lowerBound else { throw .zeroVector }
        self.values = values
    }
}
