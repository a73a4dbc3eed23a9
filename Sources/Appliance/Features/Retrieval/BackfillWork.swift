import Platform

/// Finds what should have a vector and has none, and has it made: documents that were never split, and passages that neither
/// have a vector nor wait for one. In a server that is in order it finds nothing: vectors are ordered with what they are of.
///
/// A second run is harmless: it finds what is still missing. Its key is what it looks at: one item of each waits at a time.
struct BackfillWork: Worker {
    static let kind = "retrieval.backfill"
    private static let writtenAtOnce = 100

    enum Matter: String, Sendable {
        case jobs, profiles

        var sources: Set<Passage.Source> { self == .profiles ? [.profile] : [.job, .article] }
    }

    let database: Database
    let sources: [any DocumentSource]
    /// Nil where there is nothing that embeds.
    let embedder: (any TextEmbedder)?

    var kind: String { Self.kind }
    var queue: WorkQueueName { .index }
    var maximumAttempts: Int { 5 }

    static func order(_ matter: Matter) -> WorkOrder {
        WorkOrder(kind, payload: ["matter": .string(matter.rawValue)], uniqueKey: matter.rawValue)
    }

    static let missing = ["an embedding model: [embeddings], and for \"local\" jobraker model install"]

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        guard let embedder else { return .notConfigured(missing: Self.missing) }
        let matter = item.payload["matter"]?.string.flatMap { Matter(rawValue: $0) } ?? .jobs
        let documents = try await takeInDocuments(of: matter.sources)
        let passages = try await LostPassages(database: database).letWait(matter.sources, model: embedder.model.name)
        return WorkOutcome { transaction in
            let waiting = try VectorStore.waitingCount(in: transaction)
            if waiting > 0 { try transaction.enqueue(EmbedWork.order()) }
            return ["documents": .integer(documents), "passages": .integer(passages), "waiting": .integer(Int(waiting))]
        }
    }

    /// Has documents split that were not.
    private func takeInDocuments(of matter: Set<Passage.Source>) async throws -> Int {
        var count = 0
        for source in sources where matter.contains(source.source) {
            let rows = try await database.scan { reader in
                let split = Set(try PassageStore.sourceRowIDs(source.source, in: reader))
                return try source.rowIDs(in: reader).filter { !split.contains($0) }
            }
            for slice in rows.slices(of: Self.writtenAtOnce) {
                try Task.checkCancellation()
                // Not everything has a text to be found.
                let found = try await database.scan { reader in try slice.filter { try source.document($0, in: reader) != nil } }
                guard !found.isEmpty else { continue }
                try await database.write { transaction in for row in found { try DueTable.add(source.source, row, in: transaction) } }
                count += found.count
            }
        }
        if count > 0 { try await DocumentIndex(database: database, sources: sources).catchUp() }
        return count
    }
}

extension Array {
    /// The elements, so many at a time.
    func slices(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
