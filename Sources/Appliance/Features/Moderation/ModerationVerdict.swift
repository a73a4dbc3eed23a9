/// Whose text is judged.
enum ModerationTarget: String, Sendable, CaseIterable {
    /// What a user wrote.
    case input
    /// What the model answered.
    case output
}

/// What may be done with a text.
enum ModerationVerdict: Sendable, Equatable {
    /// Nothing stands against it: it was judged so, nothing is configured to judge it, or it could not be judged
    /// and such text is let through.
    case clean
    /// It violates the content guidelines.
    case flagged(categories: [String])
    /// It could not be judged, and such text is held back.
    case unknown(retryAfterSeconds: Int)
}
