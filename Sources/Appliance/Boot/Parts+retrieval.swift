import Platform
import VecIndex

extension Parts {
    /// Whatever can be found, feature by feature.
    static let documentSources: [any DocumentSource] = [JobDocuments(), ArticleDocuments(), ProfileDocuments()]

    static func makeVectors(
        _ core: Core, _ outbound: Outbound, _ metrics: ProviderMetrics, _ configuration: Configuration
    ) -> VectorSearch {
        let embedders: Embedders
        switch configuration.embeddings.provider {
        case .off:
            embedders = Embedders()
        case .local:
            embedders = localEmbedders(core)
        case .openai:
            let embeddings = EmbeddingProvider(outbound: outbound, metrics: metrics)
            let settings = configuration.embeddingsProvider
            let wanted = ProviderEmbedder(embeddings, settings: settings, dimensions: configuration.embeddings.dimensions)
            embedders = Embedders(wanted: (ProviderEmbedder.provider, wanted)) { former in
                // A provider mostly goes on serving the model that was wanted of it before.
                if former.provider == ProviderEmbedder.provider {
                    var settings = settings
                    settings.model = former.name
                    return ProviderEmbedder(embeddings, settings: settings, dimensions: former.dimensions)
                }
                return LocalModels.embedder(in: core.directory.path)
            }
        }
        return VectorSearch(database: core.database, embedders: embedders, clock: core.clock, log: core.log)
    }

    private static func localEmbedders(_ core: Core) -> Embedders {
        guard let embedder = LocalModels.embedder(in: core.directory.path) else {
            core.log.info("Search is by words: \(LocalModels.missing)")
            return Embedders()
        }
        // The encoder's products are BLAS's.
        if !VecBLAS.useOneThread() {
            core.log.warning(
                "Only the reference BLAS is installed, and embedding will be slow. Debian's libopenblas0-pthread makes it fast.")
        }
        return Embedders(wanted: (LocalModels.provider, embedder))
    }
}
