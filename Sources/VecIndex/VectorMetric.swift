/// How two vectors are compared.
package enum VectorMetric: Sendable, CaseIterable {
    /// The cosine of the angle between them: -1...1 up to rounding, higher is better. Lengths do not matter.
    case cosine
    /// The inner product: higher is better. Long vectors win over short ones.
    case innerProduct
    /// The **squared** Euclidean distance: 0 or more, lower is better. The root is left to the caller,
    /// since it changes no order.
    case l2

    /// A rank is a score turned so that higher is always better. Its own inverse.
    func rank(ofScore score: Float) -> Float {
        self == .l2 ? 0 - score : score
    }
}
