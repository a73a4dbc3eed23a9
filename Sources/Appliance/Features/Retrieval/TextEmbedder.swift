/// Turns texts into vectors: the local encoder, or an embeddings provider across the network.
///
/// Two texts of one meaning have vectors that point the same way. Vectors of two models have nothing to do with each
/// other, so whatever is stored carries the name of the model that made it.
protocol TextEmbedder: Sendable {
    var model: EmbeddingModel { get }

    /// One vector a text, in the order of the texts: `model.dimensions` numbers each.
    ///
    /// Either all texts are answered or, if it throws, none. A text that is longer than the model reads is cut by it.
    func embed(_ texts: [String]) async throws -> [[Float]]
}

/// What must be known of a model to use its vectors.
struct EmbeddingModel: Sendable, Equatable {
    /// Stored beside each vector; equal names mean comparable vectors.
    var name: String
    var dimensions: Int
    /// The cosine to a question below which a passage is no answer to it.
    var floor: Float
}
