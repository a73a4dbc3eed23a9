/// By what something is looked for.
enum RetrievalMode: String, Sendable, CaseIterable {
    /// By words and by meaning.
    case hybrid
    /// By words alone.
    case text
    /// By meaning alone.
    case semantic
}
