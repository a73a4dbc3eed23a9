import CVecKernels

/// A checked query and the arithmetic that ranks rows for it. Under cosine it is scaled to length one, so
/// that a row's score is its inner product divided by the row's length.
struct PreparedQuery {
    let metric: VectorMetric
    let values: [Float]
    private let length: Double

    init(_ query: [Float], dimension: Int, metric: VectorMetric) throws(VecIndexError) {
        let vector = try PreparedVector(query, dimension: dimension, metric: metric)
        self.metric = metric
        if metric == .cosine {
            values = vector.values.map { Float(Double($0) / vector.length) }
            length = 1
        } else {
            values = vector.values
            length = vector.length
        }
    }

    /// The rank of one row. The same bits as `ranks` gives for it.
    func rank(row: UnsafePointer<Float>, length rowLength: Float) -> Float {
        switch metric {
        case .cosine: cvec_dot(values, row, values.count) / rowLength
        case .innerProduct: cvec_dot(values, row, values.count)
        case .l2: metric.rank(ofScore: cvec_l2(values, row, values.count))
        }
    }

    /// The ranks of all rows of a segment.
    func ranks(_ rows: Segment.Contents, into ranks: inout [Float]) {
        switch metric {
        case .cosine:
            cvec_dot_rows(values, rows.values, rows.count, values.count, &ranks)
            for row in 0..<rows.count { ranks[row] /= rows.lengths[row] }
        case .innerProduct:
            cvec_dot_rows(values, rows.values, rows.count, values.count, &ranks)
        case .l2:
            cvec_l2_rows(values, rows.values, rows.count, values.count, &ranks)
            for row in 0..<rows.count { ranks[row] = metric.rank(ofScore: ranks[row]) }
        }
    }

    /// The ranks of rows that lie apart. The same bits as `rank` gives for each.
    func ranks(_ rows: [UnsafePointer<Float>], lengths: [UnsafePointer<Float>], into ranks: inout [Float]) {
        switch metric {
        case .cosine:
            cvec_dot_each(values, rows, rows.count, values.count, &ranks)
            for row in rows.indices { ranks[row] /= lengths[row].pointee }
        case .innerProduct:
            cvec_dot_each(values, rows, rows.count, values.count, &ranks)
        case .l2:
            cvec_l2_each(values, rows, rows.count, values.count, &ranks)
            for row in rows.indices { ranks[row] = metric.rank(ofScore: ranks[row]) }
        }
    }

    /// The test that a row passes if its rank might reach the floor, judged by an inner product from BLAS.
    ///
    /// BLAS sums in another order than the kernels, so its products differ from theirs by rounding, and a
    /// distance made from one (|q|² + |x|² - 2qx) by more than that. Summing n products in any order errs by
    /// at most n·2^-24·|q||x| (to first order); twice that, as both sides err, with room for the few
    /// roundings after it, is the slack here. So no row whose rank reaches the floor is ever left out, and
    /// since those that pass are ranked again by the kernel, a batch answers with the same bits as a single
    /// search.
    func screen(floor: Float) -> Screen {
        let slack = Double(values.count + 16) * 0x1p-23
        let floor = Double(floor)
        let tiny = Double(Float.leastNormalMagnitude)  // for products lost to underflow
        return switch metric {
        case .cosine:  // dot / |x| + slack >= floor
            Screen(a: 1, b: 0, c: slack - floor, d: tiny)
        case .innerProduct:  // dot + slack·|q||x| >= floor
            Screen(a: 1, b: 0, c: slack * length, d: tiny - floor)
        case .l2:  // 2·dot - |q|² - |x|² + slack·(|q| + |x|)² >= floor
            Screen(a: 2, b: slack - 1, c: 2 * slack * length, d: (slack - 1) * length * length + tiny - floor)
        }
    }

    /// A row passes if  dot·a + (length·b + c)·length + d >= 0.
    struct Screen {
        let a, b, c, d: Float

        init(a: Double, b: Double, c: Double, d: Double) {
            (self.a, self.b, self.c, self.d) = (Float(a), Float(b), Float(c), Float(d))
        }

        /// The first row from `start` on that passes, or `count`.
        func next(from start: Int, count: Int, products: UnsafePointer<Float>, lengths: UnsafePointer<Float>) -> Int {
            cvec_next_candidate(products, lengths, start, count, a, b, c, d)
        }
    }
}
