import Platform

/// Keeps the index of documents with its sources, beyond what each change of a source does by itself: takes in what was
/// stored before there was an index, and makes it anew when the operator asks for that.
struct DocumentIndex: Sendable {
    let database: Database
    let sources: [any DocumentSource]

    /// Documents of one transaction.
    private static let slice = 25
    /// Vectors that are deleted in one transaction.
    private static let deletions = 500

    /// Splits and indexes what is due. It can be broken off at any point and goes on from there.
    func catchUp(_ progress: @Sendable (_ left: Int) -> Void = { _ in }) async throws {
        while true {
            let left = Int(try await database.scan { try DueTable.count(in: $0) })
            progress(left)
            if left == 0 { return }
            try await database.write { try self.takeSome(in: $0) }
        }
    }

    /// Makes words and passages anew from their sources. What has not changed keeps its vector, unless all vectors are to be
    /// made anew too.
    func rebuild(vectors isWithVectors: Bool, _ progress: @Sendable (_ left: Int) -> Void = { _ in }) async throws {
        while isWithVectors, try await database.write({ try VectorStore.deleteSome(limit: Self.deletions, in: $0) }) {}
        try await database.write { transaction in
            // First, for what is taken out of the index of words must be in it.
            try TextIndex.rebuild(in: transaction)
            for source in sources {
                let rows = Set(try source.rowIDs(in: transaction) + PassageStore.sourceRowIDs(source.source, in: transaction))
                for row in rows.sorted() { try DueTable.add(source.source, row, in: transaction) }
            }
            try VectorStore.waitForAll(in: transaction)
        }
        try await catchUp(progress)
    }

    private func takeSome(in transaction: Transaction) throws {
        for (name, row) in try DueTable.first(Self.slice, in: transaction) {
            // A source that this release does not know has nothing to be found.
            if let source = sources.first(where: { $0.source.rawValue == name }) {
                if let document = try source.document(row, in: transaction) {
                    try PassageStore.put(document, in: transaction)
                } else {
                    try PassageStore.remove(source.source, row, in: transaction)
                }
            }
            try DueTable.remove(name, row, in: transaction)
        }
    }
}

/// All SQL over the documents that are to be split and indexed anew.
enum DueTable {
    static func count(in reader: Reader) throws -> Int64 { try reader.int("SELECT count(*) FROM documents_due") }

    static func first(_ limit: Int, in reader: Reader) throws -> [(source: String, row: Int64)] {
        try reader.rows("SELECT source_type, source_rid FROM documents_due ORDER BY source_type, source_rid LIMIT $1", limit) {
            (source: try $0.text(0), row: try $0.int(1))
        }
    }

    static func add(_ source: Passage.Source, _ row: Int64, in transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO documents_due (source_type, source_rid) VALUES ($1, $2) ON CONFLICT (source_type, source_rid) DO NOTHING",
            source.rawValue, row)
    }

    static func remove(_ source: String, _ row: Int64, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM documents_due WHERE source_type = $1 AND source_rid = $2", source, row)
    }
}
