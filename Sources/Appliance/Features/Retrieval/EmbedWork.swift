import Platform
import Synchronization

/// Makes the vectors that passages wait for, batch by batch.
///
/// The order goes with the transaction that writes the passages. Orders have one key, so that there is one item for many
/// passages; an item that leaves something undone, or that passages came in behind, orders the next under another key.
/// One item at a time works; a second one leaves to the first what it came for.
///
/// A second run is harmless: it finds what is still waiting.
struct EmbedWork: Worker {
    static let kind = "retrieval.embed"
    static let batch = 32

    let database: Database
    /// Nil where there is nothing that embeds.
    let embedder: (any TextEmbedder)?
    let health: EmbedderHealth
    let log: Log
    /// Batches of one item: few, so that others get their turn between two items.
    var batches = 8
    private let gate = Gate()

    init(database: Database, embedder: (any TextEmbedder)?, health: EmbedderHealth, log: Log) {
        self.database = database
        self.embedder = embedder
        self.health = health
        self.log = log
    }

    var kind: String { Self.kind }
    var queue: WorkQueueName { .index }
    // A provider may be away for a day; passages wait for it as long as the item lives.
    var maximumAttempts: Int { 500 }
    func pauseSeconds(afterAttempt attempt: Int) -> Int { min(WorkBackoff.doubling(first: 2, afterAttempt: attempt), Self.longestPause) }

    private static let longestPause = 60

    /// Whose turn an order is: the key under which it is unique.
    enum Turn: String, Sendable {
        /// New passages wait.
        case new
        /// An item left some.
        case more
        /// The embedder answers again.
        case woken
    }

    static func order(_ turn: Turn = .new) -> WorkOrder {
        WorkOrder(kind, payload: ["turn": .string(turn.rawValue)], uniqueKey: turn.rawValue)
    }

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        guard let embedder, gate.enter() else { return .nothing }
        defer { gate.leave() }
        do {
            try await work(PatientEmbedding(embedder: embedder))
        } catch let failure as ProviderFailure {
            health.failed()
            throw EmbedFailure(provider: failure)
        }
        let turn: Turn = item.payload["turn"]?.string == Turn.more.rawValue ? .new : .more
        return WorkOutcome { transaction in
            let left = try VectorStore.waitingCount(in: transaction)
            // The wanted model is another one by now where the configuration has changed and this item is of before.
            if left > 0, try VectorStore.wanted(in: transaction)?.name == embedder.model.name { try transaction.enqueue(Self.order(turn)) }
            return ["waiting": .integer(Int(left))]
        }
    }

    private func work(_ embedding: PatientEmbedding) async throws {
        let model = embedding.embedder.model.name
        for _ in 0..<batches {
            try Task.checkCancellation()
            let waiting = try await database.scan { try VectorStore.waiting(limit: Self.batch, in: $0) }
            if waiting.isEmpty { break }
            let outcomes = try await embedding.embed(waiting.map(\.text))
            let refused = outcomes.count { if case .refused = $0 { true } else { false } }
            if refused > 0 {
                log.warning("Passages were refused by the embedder; they are found by their words.", ["passages": .int(refused)])
            }
            let kept = zip(waiting, outcomes).map { (passage: $0.rowID, outcome: $1) }
            try await database.write { try VectorStore.keep(kept, of: model, in: $0) }
        }
        guard try await database.scan({ try VectorStore.hasUnused(in: $0) }) else { return }
        while try await database.write({ try VectorStore.deleteUnused(limit: 500, in: $0) }) { try Task.checkCancellation() }
    }

    /// Lets one in at a time.
    private final class Gate: Sendable {
        private let isTaken = Atomic<Bool>(false)

        func enter() -> Bool { !isTaken.exchange(true, ordering: .acquiringAndReleasing) }
        func leave() { isTaken.store(false, ordering: .releasing) }
    }
}

/// Why passages were not embedded this time.
struct EmbedFailure: WorkFailure, Equatable {
    let provider: ProviderFailure

    var workCode: String { "embedder_failed" }
    var workDetail: String { "The embeddings provider gave no vectors." }

    var retryAfterSeconds: Int? {
        if case .unavailable(let seconds) = provider { return seconds }
        return nil
    }
}
