import Platform

/// How much is indexed, of what, and what still waits.
struct IndexStatus: Sendable, Equatable {
    var documents: Int64 = 0
    var passages: Int64 = 0
    var waiting: Int64 = 0
    var refused: Int64 = 0
    var due: Int64 = 0
    var serving: StoredModel?
    var wanted: StoredModel?
    var vectors: [Vectors] = []

    struct Vectors: Sendable, Equatable {
        let model: String
        let count: Int64
    }

    static func read(in reader: Reader) throws -> IndexStatus {
        IndexStatus(
            documents: try PassageStore.documentCount(in: reader), passages: try PassageStore.count(in: reader),
            waiting: try VectorStore.waitingCount(in: reader), refused: try VectorStore.refusedCount(in: reader),
            due: try DueTable.count(in: reader), serving: try VectorStore.serving(in: reader), wanted: try VectorStore.wanted(in: reader),
            vectors: try VectorStore.counts(in: reader).map { Vectors(model: $0.model, count: $0.count) })
    }

    /// - Parameter memory: vectors and bytes in memory; nil in a process that has none there.
    func json(memory: (count: Int, bytes: Int)?, notice: String?) -> JSONValue {
        [
            "documents": .integer(Int(documents)), "passages": .integer(Int(passages)), "waiting": .integer(Int(waiting)),
            "refused": .integer(Int(refused)), "documents_due": .integer(Int(due)), "serving_model": Self.json(serving),
            "wanted_model": Self.json(wanted),
            "vectors": .array(vectors.map { ["model": .string($0.model), "count": .integer(Int($0.count))] }),
            "memory": memory.map { ["vectors": .integer($0.count), "bytes": .integer($0.bytes)] } ?? .null,
            "notice": notice.map { .string($0) } ?? .null,
        ]
    }

    private static func json(_ model: StoredModel?) -> JSONValue {
        guard let model else { return .null }
        return ["name": .string(model.name), "provider": .string(model.provider), "dimensions": .integer(model.dimensions)]
    }
}

/// What is counted of the index.
struct IndexMetrics: MetricsSource {
    private let database: Database
    private let vectors: VectorSearch
    private let searches: RetrievalMetrics

    init(_ database: Database, _ vectors: VectorSearch, _ searches: RetrievalMetrics) {
        self.database = database
        self.vectors = vectors
        self.searches = searches
    }

    func write(into writer: inout MetricsWriter) {
        let shelves = vectors.shelves
        // What cannot be read is left out rather than wrong.
        if let counts = try? database.read({ reader in
            (
                passages: try PassageStore.count(in: reader), waiting: try VectorStore.waitingCount(in: reader),
                refused: try VectorStore.refusedCount(in: reader), wanted: try VectorStore.wanted(in: reader)
            )
        }) {
            writer.value("jobraker_retrieval_passages", .gauge, "Passages in the index.", counts.passages)
            writer.family("jobraker_retrieval_waiting_passages", .gauge, "Passages without a vector, by why.") { family in
                family.sample(counts.waiting, ["reason": "waiting"])
                family.sample(counts.refused, ["reason": "refused"])
            }
            writer.family("jobraker_retrieval_vectors", .gauge, "Vectors, by model and by whether they are searched.") { family in
                if let shelves { family.sample(Int64(shelves.count), ["model": shelves.model.name, "role": "serving"]) }
                if let wanted = counts.wanted, wanted != shelves?.model {
                    family.sample(counts.passages - counts.waiting - counts.refused, ["model": wanted.name, "role": "coming"])
                }
            }
        }
        writer.value("jobraker_retrieval_index_bytes", .gauge, "Memory of the vectors and their directory.", Int64(shelves?.bytes ?? 0))
        searches.write(into: &writer)
    }
}
