/// The model that runs in this process.
enum LocalModels {
    static let provider = "local"

    /// What to do where it is missing; part of a line of the log, and of `index status`.
    static let missing = "no embedding model is installed; \"jobraker model install\" installs one, for the next start"

    /// What embeds with the model in a data directory; nil where none is installed.
    static func embedder(in directory: String) -> (any TextEmbedder)? { nil }
}
