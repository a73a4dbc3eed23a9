import Synchronization

/// Counts what an answer costs that does not come to its end, and for which no provider sends a bill: the question as far
/// as it was asked, and the text that came. Whoever stops each answer at its last word would otherwise have a model
/// without a limit.
final class AnswerMeter: Sendable {
    private let counted: Mutex<(question: Int, answerBytes: Int)> = Mutex((0, 0))

    func asked(_ tokens: Int) { counted.withLock { $0.question = tokens } }
    func add(_ piece: String) { counted.withLock { $0.answerBytes += piece.utf8.count } }

    /// An estimate, as everywhere: four bytes a token.
    var tokens: Int { counted.withLock { $0.question + ($0.answerBytes + 3) / 4 } }
    var hasText: Bool { counted.withLock { $0.answerBytes > 0 } }
}
