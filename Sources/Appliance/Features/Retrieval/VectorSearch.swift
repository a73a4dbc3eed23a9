import Platform
import Synchronization

/// Search by meaning: the vectors of the serving model in memory, and what embeds questions for it.
///
/// Vectors live in the database. At the start all are loaded; then the index follows the `changes` table, woken by each
/// commit that touched passages. When another model takes over, its vectors are loaded beside the old ones and take their
/// place at once: a question is embedded by the model whose vectors it meets, and by no other.
final class VectorSearch: Sendable {
    private struct State: Sendable {
        var shelves: VectorShelves?
        var embedder: (any TextEmbedder)?
        /// The last change that is in the index, and the last that was deleted.
        var sequence: Int64 = 0
        var trimmed: Int64 = 0
        /// Everything is to be read anew.
        var isStale = false
    }

    private let database: Database
    private let embedders: Embedders
    private let clock: any PlatformClock
    private let log: Log
    private let state: Mutex<State> = Mutex(State())
    private let wake: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let worker: Mutex<Task<Void, Never>?> = Mutex(nil)
    let health = EmbedderHealth()
    /// Makes the index's codes: a second of arithmetic for a hundred thousand vectors, which gives way to whatever else there
    /// is to do.
    private let coding = HashPool(workers: 1, queue: 1, name: "vector-codes", niceness: 10)

    private static let slice = 500
    /// Vectors that were read and wait for their turn at the index.
    private static let mostLeft = 4096
    /// As many as there are threads for long reads.
    private static let loadingThreads: Int64 = 2
    /// Changes that may lie before they are deleted.
    private static let untrimmed: Int64 = 256
    private static let pauseMicroseconds: Int64 = 1_000_000

    init(database: Database, embedders: Embedders, clock: any PlatformClock, log: Log) {
        self.database = database
        self.embedders = embedders
        self.clock = clock
        self.log = log
        (wake, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes note of the wanted model, loads what is stored, and follows from there.
    func start() async throws {
        let wanted = embedders.wantedModel
        // A start with nothing to note down writes nothing.
        if try await !database.scan({ try VectorStore.isSettled(on: wanted, in: $0) }) {
            try await database.write { try VectorStore.want(wanted, in: $0) }
        }
        try await load()
        embedders.started()
        let task = Task { await self.run() }
        worker.withLock { $0 = task }
    }

    func stop() {
        signal.finish()
        worker.withLock { $0 }?.cancel()
        embedders.stop()
        coding.stop()
    }

    /// Reads all vectors anew, soon.
    func reload() {
        state.withLock { $0.isStale = true }
        signal.yield()
    }

    /// Called after each commit that touched passages or vectors.
    func passagesChanged() { signal.yield() }

    var shelves: VectorShelves? { state.withLock { $0.shelves } }

    var wantedEmbedder: (any TextEmbedder)? { embedders.wanted?.embedder }

    /// The model whose vectors are searched, where questions can be embedded for it.
    var model: EmbeddingModel? { state.withLock { $0.embedder?.model } }

    // MARK: Questions

    /// A question, embedded, and the vectors that it can be compared with.
    struct Question: Sendable {
        let vector: [Float]
        let model: EmbeddingModel
        let shelves: VectorShelves
    }

    /// Nil when there is nothing that embeds it now.
    func prepare(_ question: String) async -> Question? {
        let (shelves, embedder) = state.withLock { ($0.shelves, $0.embedder) }
        guard let shelves, let embedder else { return nil }
        do {
            guard let vector = try await embedder.embed([question]).first else { return nil }
            if health.recovered() { await wakeEmbedding() }
            return Question(vector: vector, model: embedder.model, shelves: shelves)
        } catch {
            health.failed()
            log.warning("Embedding a question failed; searching by words alone.", ["error": .string("\(error)")])
            return nil
        }
    }

    /// The embedder is back: what waited for it need not wait for its turn. A failure leaves it at that turn.
    private func wakeEmbedding() async {
        try? await database.write { transaction in
            if try VectorStore.waitingCount(in: transaction) > 0 { try transaction.enqueue(EmbedWork.order(.woken)) }
        }
    }

    // MARK: Following

    private func run() async {
        // What was committed between the loading and now.
        signal.yield()
        for await _ in wake {
            do { try await follow() } catch {
                if Task.isCancelled { return }
                log.warning("The index of vectors could not follow the database; it tries again.", ["error": .string("\(error)")])
                try? await clock.sleep(microseconds: Self.pauseMicroseconds)
                signal.yield()
            }
        }
    }

    private enum Step: Sendable {
        case reload
        case apply([(passage: Int64, entry: VectorStore.Entry?)], through: Int64, isLast: Bool)
    }

    /// Brings the index to the database's state.
    func follow() async throws {
        while true {
            let (shelves, sequence, isStale) = state.withLock { ($0.shelves, $0.sequence, $0.isStale) }
            if isStale {
                try await load()
                continue
            }
            let (known, isOn) = (shelves?.model, embedders.wanted != nil)
            let step = try await database.scan { reader -> Step in
                guard try !isOn || VectorStore.serving(in: reader) == known else { return .reload }
                let changes = try VectorStore.changes(after: sequence, limit: Self.slice, in: reader)
                let passages = Set(changes.filter { $0.model == known?.name }.map(\.passage))
                let entries = try passages.sorted().map { passage in
                    (passage: passage, entry: try known.flatMap { try VectorStore.entry(of: passage, model: $0.name, in: reader) })
                }
                return .apply(entries, through: changes.last?.sequence ?? sequence, isLast: changes.count < Self.slice)
            }
            switch step {
            case .reload:
                try await load()
            case .apply(let entries, let through, let isLast):
                for (passage, entry) in entries {
                    if let entry { shelves?.put([entry]) } else { shelves?.remove(passage) }
                }
                state.withLock { $0.sequence = through }
                if let shelves { buildCodes(of: shelves) }
                if isLast { return try await trim(atLeast: Self.untrimmed) }
            }
        }
    }

    /// Passages whose vector in memory is not the one in the database, once the index has followed all changes of before;
    /// nil where no vectors are in memory. What changes meanwhile is looked at again.
    func differences() async throws -> [Int64]? {
        guard shelves != nil else { return nil }
        var differing: [Int64]?
        for _ in 0..<Self.looks {
            try await untilFollowed()
            guard let shelves else { return nil }
            let known = differing
            let found = try await database.scan { reader -> [Int64] in
                if let known {
                    return try known.filter { passage in
                        try VectorStore.entry(of: passage, model: shelves.model.name, in: reader)?.vector != shelves.vector(of: passage)
                    }
                }
                var unexplained = shelves.passages
                var differing: [Int64] = []
                let origins = VectorStore.Origins(
                    documents: try VectorStore.documents(in: reader), documentOf: try VectorStore.documentOfEach(in: reader))
                try VectorStore.each(of: shelves.model.name, origins, in: reader) { entries in
                    for entry in entries {
                        unexplained.remove(entry.passage)
                        if shelves.vector(of: entry.passage) != entry.vector { differing.append(entry.passage) }
                    }
                }
                return differing + unexplained
            }
            if found.isEmpty { return [] }
            differing = found
        }
        return differing?.sorted()
    }

    private static let looks = 3
    private static let followPause: Int64 = 10_000
    private static let followPauses = 500

    private func untilFollowed() async throws {
        let newest = try await database.scan { try VectorStore.newestChange(in: $0) }
        for _ in 0..<Self.followPauses where state.withLock({ $0.sequence }) < newest {
            signal.yield()
            try await clock.sleep(microseconds: Self.followPause)
        }
    }

    /// Reads all vectors of the serving model; the old ones are searched until they are there.
    private func load() async throws {
        let isOn = embedders.wanted != nil
        state.withLock { $0.isStale = false }
        let (serving, parts, sequence) = try await database.scan { reader -> (StoredModel?, [ClosedRange<Int64>], Int64) in
            let sequence = try VectorStore.newestChange(in: reader)
            guard isOn, let serving = try VectorStore.serving(in: reader) else { return (nil, [], sequence) }
            return (serving, try VectorStore.parts(Self.loadingThreads, in: reader), sequence)
        }
        let shelves = try serving.map { try VectorShelves($0) }
        if let shelves { try await fill(shelves, parts) }
        let embedder = serving.flatMap(embedders.embedder)
        if let serving, embedder == nil {
            log.warning(
                "Nothing embeds questions for the model whose vectors are stored; search is by words until the new model's are complete.",
                ["model": .string(serving.name)])
        }
        state.withLock { state in
            state.shelves = shelves
            state.embedder = embedder
            // Where all changes are deleted the newest one that is left says nothing.
            state.sequence = max(state.sequence, sequence)
        }
        if let shelves { buildCodes(of: shelves) }
        try await trim(atLeast: 1)
    }

    /// Reads on all threads for long reads. Each part is of a state of its own, none of them older than the change that the
    /// index follows from: what changed meanwhile comes after it.
    private func fill(_ shelves: VectorShelves, _ parts: [ClosedRange<Int64>]) async throws {
        guard !parts.isEmpty else { return }
        async let documents = database.scan { try VectorStore.documents(in: $0) }
        async let documentOf = database.scan { try VectorStore.documentOfEach(in: $0) }
        let origins = try await VectorStore.Origins(documents: documents, documentOf: documentOf)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in parts {
                group.addTask { [database] in
                    try await database.scan { reader in
                        var left: [VectorStore.Entry] = []
                        try VectorStore.each(of: shelves.model.name, rows: part, origins, in: reader) { entries in
                            left += entries
                            left = shelves.put(left, waits: left.count >= Self.mostLeft)
                        }
                        shelves.put(left)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Where it is under way already, whatever comes after looks again.
    private func buildCodes(of shelves: VectorShelves) {
        guard shelves.codesAreDue else { return }
        Task { [coding] in try? await coding.run { shelves.buildCodes() } }
    }

    private func trim(atLeast count: Int64) async throws {
        let (sequence, trimmed) = state.withLock { ($0.sequence, $0.trimmed) }
        guard sequence - trimmed >= count else { return }
        try await database.write { try VectorStore.trim(through: sequence, in: $0) }
        state.withLock { $0.trimmed = sequence }
    }
}
