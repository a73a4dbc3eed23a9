import Platform
import Synchronization

/// The model that runs in this process, opened when it is first asked for.
final class LocalModel: Sendable {
    static let provider = "local"

    /// What to do where it is missing; part of a line of the log, and of `index status`.
    static let missing = "no embedding model is installed; \"jobraker model install\" installs one, for the next start"

    private let directory: String
    private let opened: Mutex<(any TextEmbedder)?> = Mutex(nil)

    /// - Parameter directory: the data directory.
    init(in directory: String) { self.directory = directory }

    /// Whether a model lies there. Whether it is whole is known when it is opened.
    static func isInstalled(in directory: String) -> Bool { FileSystem.exists(directory + "/models/all-MiniLM-L6-v2/model.json") }

    /// What embeds with it; nil where none is installed.
    func embedder() -> (any TextEmbedder)? { opened.withLock { $0 } }

    func stop() {}
}
