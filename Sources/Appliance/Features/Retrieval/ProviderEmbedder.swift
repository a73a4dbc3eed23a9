import Platform

/// Embeds through a provider that speaks the OpenAI wire format.
struct ProviderEmbedder: TextEmbedder {
    static let provider = "openai"

    let embeddings: EmbeddingProvider
    let settings: ProviderSettings
    let model: EmbeddingModel

    init(_ embeddings: EmbeddingProvider, settings: ProviderSettings, dimensions: Int) {
        self.embeddings = embeddings
        self.settings = settings
        model = EmbeddingModel(name: settings.model, dimensions: dimensions, floor: EmbeddingModel.floor(of: settings.model))
    }

    func embed(_ texts: [String]) async throws -> [[Float]] {
        try await embeddings.embed(texts, dimension: model.dimensions, settings: settings)
    }
}
