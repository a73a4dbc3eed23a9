import CBlas
import CVecKernels

/// The BLAS that the machine provides, as this index uses it.
package enum VecBLAS {
    /// What was loaded as libblas. The program links whatever the machine has.
    package struct Library: Sendable, Equatable {
        /// Its name, for people.
        package let name: String
        /// Where it was loaded from, if that can be told.
        package let file: String?
        /// Whether it is the reference implementation, the one a bare system has. Everything is right with it, and
        /// slow: it multiplies matrices at less than a tenth of the speed of OpenBLAS.
        package let isReference: Bool
    }

    package static let library: Library = {
        let file = cvec_library_of("cblas_sgemm").map { String(cString: $0) }
        for (function, name) in [
            ("openblas_get_config", "OpenBLAS"), ("bli_info_get_version_str", "BLIS"), ("MKL_Get_Version", "MKL"),
            ("ATL_buildinfo", "ATLAS"),
        ] where cvec_has_function(function) == 1 {
            return Library(name: name, file: file, isReference: false)
        }
        return Library(name: "reference BLAS", file: file, isReference: true)
    }()

    /// Whether a large product goes faster through BLAS than through our own kernels.
    static let isFast: Bool = {
        useOneThread()
        return !library.isReference
    }()

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
