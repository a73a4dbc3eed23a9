/// Who follows an answer while the model writes it.
struct AnswerListener: Sendable {
    /// Told once, before the model is asked, and not at all without a model: about how many tokens the question takes.
    var asking: @Sendable (Int) -> Void = { _ in }
    /// Each piece of the text, in order. Whoever takes its time with one slows the model down.
    var piece: @Sendable (String) async -> Void = { _ in }
}
