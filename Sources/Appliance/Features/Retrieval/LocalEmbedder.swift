import Glibc
import Platform
import TextEncoder

/// Embeds with a model in this process.
///
/// Encoding is arithmetic without a pause, so it has threads of its own and
/// never runs on the cooperative pool or an event loop: one for questions, for
/// which somebody waits, and one for whatever comes in larger batches, which
/// gives way to everything else. Each has a short queue, and refuses what does
/// not fit into it.
final class LocalEmbedder: TextEmbedder {
    let model: EmbeddingModel
    private let encoder: MiniLM
    private let questions = HashPool(workers: 1, queue: 64, name: "embed-question")
    private let passages = HashPool(workers: 1, queue: 16, name: "embed-passages")

    /// Up to this many texts are a question.
    static let mostQuestions = 2
    /// Of 0 to 19: so that work in the background takes only time that nobody wants.
    private static let niceness: Int32 = 10

    init(_ encoder: MiniLM, name: String, floor: Float) {
        self.encoder = encoder
        model = EmbeddingModel(name: name, dimensions: encoder.dimensions, floor: floor)
    }

    func embed(_ texts: [String]) async throws -> [[Float]] {
        let isQuestion = texts.count <= Self.mostQuestions
        let outcome = try await (isQuestion ? questions : passages).run { [encoder] in
            // On Linux this is the calling thread's own.
            if !isQuestion { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness) }
            return Result { () throws(EncoderError) in try encoder.encode(texts).map(\.vector) }
        }
        return try outcome.get()
    }

    /// Does something that takes long, and that nobody waits for, on the thread of the larger batches.
    func inBackground(_ work: @escaping @Sendable () -> Void) {
        Task { [passages] in try? await passages.run(work) }
    }

    /// Ends the threads; what waits for them is answered with an error.
    func stop() {
        questions.stop()
        passages.stop()
    }
}
