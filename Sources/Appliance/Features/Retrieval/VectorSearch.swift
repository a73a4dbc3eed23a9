import Platform
import Synchronization
import VecIndex

/// The vectors of the passages, in memory, beside an embeddings provider.
///
/// Vectors live in the database; this index is filled from there at start and
/// follows `PassagesChanged` afterwards. Passages without a vector of the
/// configured model are embedded in the background, batch by batch; until then
/// they are found by their words. Two models' vectors never meet: each is stored
/// with its model's name, and only this one's are loaded.
final class VectorSearch: Sendable {
    private let database: Database
    private let provider: EmbeddingProvider
    private let settings: ProviderSettings
    private let dimensions: Int
    private let index: FlatIndex
    private let log: Log
    private let wake: AsyncStream<PassagesChanged>
    private let signal: AsyncStream<PassagesChanged>.Continuation
    private let worker: Mutex<Task<Void, Never>?> = Mutex(nil)
    /// Passages wait since the provider failed.
    private let isBehind = Atomic<Bool>(false)

    static let batch = 32
    /// Cosine below which a passage is not an answer. A first value: later
    /// issues calibrate it for each model on labelled questions.
    static let floor: Float = 0.3

    init(database: Database, provider: EmbeddingProvider, settings: ProviderSettings, dimensions: Int, log: Log) throws {
        self.database = database
        self.provider = provider
        self.settings = settings
        self.dimensions = dimensions
        self.log = log
        index = try FlatIndex(dimension: dimensions, metric: .cosine)
        (wake, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(4096))
    }

    /// Loads what is stored and starts embedding what is not.
    func start() async throws {
        let (index, model) = (self.index, settings.model)
        try await database.scan { reader in
            try PassageStore.vectors(model: model, in: reader) { rowID, vector in
                // A vector of another length was stored under other settings; it is embedded again when its text changes.
                try? Self.put(vector, at: rowID, in: index)
            }
        }
        let task = Task { await self.run() }
        worker.withLock { $0 = task }
        signal.yield(PassagesChanged())
    }

    func stop() {
        signal.finish()
        worker.withLock { $0 }?.cancel()
    }

    /// Called after each commit that touched passages.
    func passagesChanged(_ change: PassagesChanged) { signal.yield(change) }

    var count: Int { index.count }

    /// The nearest passages' row ids, best first; nil when the provider does not answer.
    func nearest(to question: String, limit: Int) async -> [Int64]? {
        do {
            guard let vector = try await provider.embed([question], dimension: dimensions, settings: settings).first else { return nil }
            // The provider is back: what waited for it need not wait for the next change.
            if isBehind.exchange(false, ordering: .relaxed) { signal.yield(PassagesChanged()) }
            return try index.search(vector, k: limit).filter { $0.score >= Self.floor }.map(\.id)
        } catch {
            log.warning("Embedding a question failed; searching by words alone.", ["error": .string("\(error)")])
            return nil
        }
    }

    private static func put(_ vector: [Float], at rowID: Int64, in index: FlatIndex) throws {
        if index.contains(rowID) { try index.replace(rowID, with: vector) } else { try index.add(rowID, vector) }
    }

    private func run() async {
        for await change in wake {
            for rowID in change.removed { try? index.remove(rowID) }
            do { try await embedMissing() } catch {
                if Task.isCancelled { return }
                isBehind.store(true, ordering: .relaxed)
                log.warning(
                    "Embedding passages failed; it is tried again with the next change or question.", ["error": .string("\(error)")])
            }
        }
    }

    private func embedMissing() async throws {
        let model = settings.model
        while !Task.isCancelled {
            let passages = try await database.scan { try PassageStore.withoutVector(model: model, limit: Self.batch, in: $0) }
            if passages.isEmpty { return }
            let vectors = try await provider.embed(
                passages.map { String(($0.title + "\n" + $0.body).prefix(2000)) }, dimension: dimensions, settings: settings)
            let kept = try await database.write { transaction in
                try zip(passages, vectors).filter { try PassageStore.setVector($1, model: model, for: $0, in: transaction) }
                    .map { (rowID: $0.rowID, vector: $1) }
            }
            for (rowID, vector) in kept { try Self.put(vector, at: rowID, in: index) }
        }
    }
}
