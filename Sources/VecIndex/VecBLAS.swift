import CBlas
import CVecKernels

/// The BLAS that the machine provides, as this index uses it.
package enum VecBLAS {
    /// Whether the BLAS in the process is OpenBLAS. Reference BLAS, the one a bare system has, is slower than
    /// our own kernels by a factor of ten and more, so that batches then go through the kernels.
    static let isFast = useOneThread()

    /// Tells OpenBLAS to use one thread: with more, small products wait for each other on a busy machine.
    /// To be called at start; the first batch search does so too. Returns false if BLAS is not OpenBLAS.
    @discardableResult
    package static func useOneThread() -> Bool {
        cvec_openblas_set_threads(1) == 1
    }

    /// The inner product of each query with each row: `products[q * rowCount + r]`.
    static func innerProducts(
        queries: UnsafePointer<Float>, queryCount: Int, rows: UnsafePointer<Float>, rowCount: Int, dimension: Int,
        into products: UnsafeMutablePointer<Float>
    ) {
        let (m, n, k) = (Int32(queryCount), Int32(rowCount), Int32(dimension))
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, k, 1, queries, k, rows, k, 0, products, n)
    }
}
