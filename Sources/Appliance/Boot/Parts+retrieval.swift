import Platform
import VecIndex

extension Parts {
    /// Whatever can be found, feature by feature.
    static let documentSources: [any DocumentSource] = [JobDocuments(), ArticleDocuments(), ProfileDocuments()]

    static func makeVectors(
        _ core: Core, _ local: LocalModel, _ outbound: Outbound, _ metrics: ProviderMetrics, _ configuration: Configuration
    ) -> VectorSearch {
        let embedders: Embedders
        switch configuration.embeddings.provider {
        case .off:
            embedders = Embedders()
        case .local:
            embedders = Embedders(wanted: wantedLocally(local, core.log), started: { local.verify() }, stop: { local.stop() })
        case .openai:
            let embeddings = EmbeddingProvider(outbound: outbound, metrics: metrics)
            let settings = configuration.embeddingsProvider
            let wanted = ProviderEmbedder(embeddings, settings: settings, dimensions: configuration.embeddings.dimensions)
            embedders = Embedders(
                wanted: (ProviderEmbedder.provider, wanted),
                former: { former in
                    guard former.provider == ProviderEmbedder.provider else { return local.embedder() }
                    // A provider mostly goes on serving the model that was wanted of it before.
                    var settings = settings
                    settings.model = former.name
                    return ProviderEmbedder(embeddings, settings: settings, dimensions: former.dimensions)
                }, started: { local.verify() }, stop: { local.stop() })
        }
        if embedders.wanted != nil, VecBLAS.library.isReference {
            core.log.info(
                "Only the reference BLAS is installed: many vector searches at once are slow. Debian's libopenblas0-pthread makes them fast."
            )
        }
        return VectorSearch(database: core.database, embedders: embedders, clock: core.clock, log: core.log)
    }

    private static func wantedLocally(_ local: LocalModel, _ log: Log) -> (provider: String, embedder: any TextEmbedder)? {
        guard let embedder = local.embedder() else {
            if !local.isInstalled { log.info("Search is by words: \(LocalModel.missing)") }
            return nil
        }
        return (LocalModel.provider, embedder)
    }
}
