import CVecKernels

/// How wide a search over codes must look for a share of the true answers to be found.
///
/// A row is lost only if its bound, so many normal deviations above the estimate, is still too low. For a row that
/// just makes it into the answer that happens with the probability of the tail beyond, for a better one more seldom;
/// so the tail of the share that may be lost is wide enough, whatever the rows, their number and k.
enum RecallTarget {
    private static let usual = Float(cvec_deviations(1 - FlatIndex.usualRecall))

    /// Deviations from an estimate to a bound, or nil if only an exact search will do.
    static func deviations(_ recall: Double) -> Float? {
        guard recall < 1 else { return nil }
        if recall == FlatIndex.usualRecall { return usual }
        return Float(cvec_deviations(min(0.5, 1 - recall)))
    }
}
