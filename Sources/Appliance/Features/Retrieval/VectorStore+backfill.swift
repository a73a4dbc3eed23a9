import Platform

/// Passages that were lost sight of: they have no vector and wait for none.
extension VectorStore {
    /// Those of some sources among the next `limit` passages behind a number; `last` is the number of the last one that was
    /// looked at, nil when there was none left.
    static func lost(
        _ sources: Set<Passage.Source>, model: String, after rowID: Int64, limit: Int, in reader: Reader
    ) throws -> (passages: [Int64], last: Int64?) {
        let names = sources.map(\.rawValue).sorted()
        let places = names.indices.map { "$\($0 + 4)" }.joined(separator: ", ")
        var lost: [Int64] = []
        var last: Int64?
        try reader.each(
            """
            SELECT passages.rid, documents.source_type IN (\(places))
                AND NOT EXISTS (SELECT 1 FROM passage_vectors WHERE passage_rid = passages.rid AND model = $2)
                AND NOT EXISTS (SELECT 1 FROM passages_waiting WHERE passage_rid = passages.rid)
            FROM passages JOIN documents ON documents.rid = passages.document_rid
            WHERE passages.rid > $1 ORDER BY passages.rid LIMIT $3
            """, arguments: [rowID, model, limit] + names
        ) { row in
            last = try row.int(0)
            if try row.bool(1) { lost.append(try row.int(0)) }
        }
        return (lost, last)
    }

    /// Lets passages wait for a vector, those that are still there.
    static func wait(_ passages: [Int64], in transaction: Transaction) throws {
        for passage in passages {
            try transaction.execute(
                """
                INSERT INTO passages_waiting (passage_rid) SELECT rid FROM passages WHERE rid = $1
                ON CONFLICT (passage_rid) DO NOTHING
                """, passage)
        }
    }

    /// The numbers of a model's vectors that are not as long as they should be.
    static func wrongLengths(of model: StoredModel, in reader: Reader) throws -> [Int64] {
        try reader.rows(
            "SELECT rid FROM passage_vectors WHERE model = $1 AND length(vector) <> $2 ORDER BY rid", model.name, model.dimensions * 4
        ) { try $0.int(0) }
    }

    /// Passages that wait for a vector and have one.
    static func waitingWithVector(of model: StoredModel, in reader: Reader) throws -> [Int64] {
        try reader.rows(
            """
            SELECT passage_rid FROM passages_waiting
            WHERE EXISTS (SELECT 1 FROM passage_vectors WHERE passage_rid = passages_waiting.passage_rid AND model = $1)
            ORDER BY passage_rid
            """, model.name
        ) { try $0.int(0) }
    }

    static func delete(_ vectors: [Int64], in transaction: Transaction) throws {
        for vector in vectors { try transaction.execute("DELETE FROM passage_vectors WHERE rid = $1", vector) }
        if !vectors.isEmpty { transaction.emit(PassagesChanged()) }
    }

    static func waitNoLonger(_ passages: [Int64], in transaction: Transaction) throws {
        for passage in passages { try transaction.execute("DELETE FROM passages_waiting WHERE passage_rid = $1", passage) }
    }
}

/// Finds passages that were lost sight of and lets them wait for a vector again: read in slices, written in small ones.
struct LostPassages: Sendable {
    private static let readAtOnce = 2000
    private static let writtenAtOnce = 100

    let database: Database

    /// Returns how many there were.
    func letWait(_ sources: Set<Passage.Source>, model: String) async throws -> Int {
        var count = 0
        var after: Int64 = 0
        while true {
            try Task.checkCancellation()
            let position = after
            let step = try await database.scan {
                try VectorStore.lost(sources, model: model, after: position, limit: Self.readAtOnce, in: $0)
            }
            for slice in step.passages.slices(of: Self.writtenAtOnce) {
                try await database.write { try VectorStore.wait(slice, in: $0) }
            }
            count += step.passages.count
            guard let last = step.last else { return count }
            after = last
        }
    }
}
