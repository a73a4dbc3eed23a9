import CVecKernels

/// How wide a search over codes must look for a share of the true answers to be found.
///
/// A row is lost only if its bound, so many normal deviations above the estimate, is still too low. For a row that
/// just makes it into the answer that happens with the probability of the tail beyond, for better ones more seldom:
/// on average a third to a half as often (measured on vectors of texts, clouds, and pure noise). So a tail of twice
/// the share that may be lost is wide enough, whatever the rows, their number and k.
enum RecallTarget {
    private static let usual = beyond(1 - FlatIndex.usualRecall)

    /// Deviations from an estimate to a bound, or nil if only an exact search will do.
    static func deviations(_ recall: Double) -> Float? {
        guard recall < 1 else { return nil }
        return recall == FlatIndex.usualRecall ? usual : beyond(1 - recall)
    }

    private static func beyond(_ lost: Double) -> Float {
        Float(cvec_deviations(min(0.5, 2 * lost)))
    }
}
