import Synchronization

/// What embeds, by this server's configuration.
struct Embedders: Sendable {
    /// Whose vectors are wanted: what makes them, and the word for who that is. Nil where there is nothing.
    var wanted: (provider: String, embedder: any TextEmbedder)?
    /// What embeds questions for a model whose vectors are still searched; nil where that is not to be had any more.
    var former: @Sendable (StoredModel) -> (any TextEmbedder)? = { _ in nil }
    /// Does what a start should not wait for, nor share the cores with.
    var started: @Sendable () -> Void = {}
    /// Ends whatever runs for them.
    var stop: @Sendable () -> Void = {}

    var wantedModel: StoredModel? {
        wanted.map { StoredModel(name: $0.embedder.model.name, provider: $0.provider, dimensions: $0.embedder.model.dimensions) }
    }

    /// Never one whose vectors are not of this model.
    func embedder(of model: StoredModel) -> (any TextEmbedder)? {
        if model == wantedModel { return wanted?.embedder }
        let former = former(model)
        return former?.model.name == model.name && former?.model.dimensions == model.dimensions ? former : nil
    }
}

/// Whether what embeds has failed of late: passages may then wait longer than they need.
final class EmbedderHealth: Sendable {
    private let hasFailed = Atomic<Bool>(false)

    func failed() { hasFailed.store(true, ordering: .relaxed) }

    /// It has answered; true when that is news.
    func recovered() -> Bool { hasFailed.exchange(false, ordering: .relaxed) }
}
