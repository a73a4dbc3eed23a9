import Platform
import Synchronization

/// The model that runs in this process, opened when it is first asked for.
final class LocalModel: Sendable {
    static let provider = "local"

    /// What to do where it is missing; part of a line of the log, and of `index status`.
    static let missing = "no embedding model is installed; `jobraker model install` installs one, for the next start"

    private let models: InstalledModels
    private let log: Log
    /// Nil before it was tried.
    private let opened: Mutex<LocalEmbedder??> = Mutex(nil)

    /// - Parameter directory: the data directory.
    init(in directory: String, log: Log) {
        models = InstalledModels(in: directory)
        self.log = log
    }

    /// Whether a model lies there. Whether it is whole is known when it is opened.
    static func isInstalled(in directory: String) -> Bool { isInstalled(in: InstalledModels(in: directory)) }

    var isInstalled: Bool { Self.isInstalled(in: models) }

    private static func isInstalled(in models: InstalledModels) -> Bool {
        FileSystem.exists(models.path(KnownModel.name) + "/" + InstalledModel.record)
    }

    /// What embeds with it; nil where none is installed, or where it is not usable, which the log then tells.
    func embedder() -> (any TextEmbedder)? {
        opened.withLock { opened in
            if let opened { return opened }
            let embedder = open()
            opened = .some(embedder)
            return embedder
        }
    }

    /// Reads and hashes all weights, in the background, and tells the log when they are not what was installed: that takes
    /// longer than a start may.
    func verify() {
        guard let embedder = opened.withLock({ $0 ?? nil }) else { return }
        embedder.inBackground { [models, log] in
            do throws(ModelProblem) { try models.verify(try models.find()) } catch {
                log.error("The embedding model has changed since it was installed.", ["error": .string(error.message)])
            }
        }
    }

    func stop() { opened.withLock { $0 ?? nil }?.stop() }

    private func open() -> LocalEmbedder? {
        do throws(ModelProblem) {
            let model = try models.find()
            let name = model.vectorName
            return LocalEmbedder(
                try InstalledModels.open(model.name, in: models.path(model.name)), name: name, floor: EmbeddingModel.floor(of: name))
        } catch {
            if case .notInstalled = error { return nil }
            log.error("The embedding model cannot be used; search is by words.", ["error": .string(error.message)])
            return nil
        }
    }
}
