import Platform

/// The vectors themselves, and what happens to them.
extension VectorStore {
    /// Keeps what came of passages that waited. Of a passage that is gone, or of a model that is no longer wanted, nothing is kept.
    static func keep(_ outcomes: [(passage: Int64, outcome: PatientEmbedding.Outcome)], of model: String, in transaction: Transaction)
        throws
    {
        guard try wanted(in: transaction)?.name == model else { return }
        for (passage, outcome) in outcomes {
            switch outcome {
            case .vector(let vector):
                let kept = try transaction.execute(
                    """
                    INSERT INTO passage_vectors (passage_rid, model, vector) SELECT rid, $2, $3 FROM passages WHERE rid = $1
                    ON CONFLICT (passage_rid, model) DO NOTHING
                    """, passage, model, vector.withUnsafeBytes { [UInt8]($0) })
                try transaction.execute("DELETE FROM passages_waiting WHERE passage_rid = $1", passage)
                if kept > 0 { transaction.emit(PassagesChanged()) }
            case .refused(let reason):
                try transaction.execute("UPDATE passages_waiting SET refusal = $1 WHERE passage_rid = $2", reason, passage)
            }
        }
        try serveIfComplete(in: transaction)
    }

    /// A vector with what a search has to know of its passage.
    struct Entry: Sendable, Equatable {
        let passage: Int64
        let source: Passage.Source
        let sourceRowID: Int64
        let owner: Int64?
        let vector: [Float]
    }

    /// The rows that all vectors lie in, cut into parts of about the same length; none where there is no vector.
    static func parts(_ count: Int64, in reader: Reader) throws -> [ClosedRange<Int64>] {
        guard let bounds = try bounds(of: "passage_vectors", in: reader) else { return [] }
        let length = (bounds.upperBound - bounds.lowerBound) / count + 1
        return stride(from: bounds.lowerBound, through: bounds.upperBound, by: Int64.Stride(length)).map {
            $0...min(bounds.upperBound, $0 + length - 1)
        }
    }

    /// Of what document a passage is, and of what source the document.
    struct Origins: Sendable {
        struct Origin: Sendable {
            let source: Passage.Source
            let row: Int64
            let owner: Int64?
        }

        var documents: RowMap<Origin>
        var documentOf: RowMap<Int64>

        func origin(of passage: Int64) -> Origin? { documentOf[passage].flatMap { documents[$0] } }
    }

    static func documents(in reader: Reader) throws -> RowMap<Origins.Origin> {
        var documents = try map(Origins.Origin.self, of: "documents", in: reader)
        try reader.each("SELECT rid, source_type, source_rid, account_rid FROM documents") { row in
            // Nothing is known of a source from a later release.
            guard let source = Passage.Source(rawValue: try row.text(1)) else { return }
            documents[try row.int(0)] = Origins.Origin(source: source, row: try row.int(2), owner: try row.intOrNil(3))
        }
        return documents
    }

    /// From an index, which holds both numbers.
    static func documentOfEach(in reader: Reader) throws -> RowMap<Int64> {
        var documentOf = try map(Int64.self, of: "passages", in: reader)
        try reader.each("SELECT rid, document_rid FROM passages") { documentOf[try $0.int(0)] = try $0.int(1) }
        return documentOf
    }

    private static func map<Value>(_: Value.Type, of table: String, in reader: Reader) throws -> RowMap<Value> {
        RowMap(bounds: try bounds(of: table, in: reader), count: try reader.int("SELECT count(*) FROM \(table)"))
    }

    private static func bounds(of table: String, in reader: Reader) throws -> ClosedRange<Int64>? {
        // Two questions: one for both reads the whole table.
        let first = try reader.first("SELECT min(rid) FROM \(table)") { try $0.intOrNil(0) } ?? nil
        let last = try reader.first("SELECT max(rid) FROM \(table)") { try $0.intOrNil(0) } ?? nil
        guard let first, let last else { return nil }
        return first...max(first, last)
    }

    /// All vectors of a model, or those in some rows, so many at a time. They are read as they lie in the file, and the
    /// texts beside them not at all.
    static func each(
        of model: String, rows: ClosedRange<Int64> = 0 ... .max, _ origins: Origins, atOnce: Int = 256, in reader: Reader,
        body: ([Entry]) throws -> Void
    ) throws {
        var entries: [Entry] = []
        try reader.each(
            "SELECT passage_rid, vector FROM passage_vectors WHERE (model = $1) IS TRUE AND rid BETWEEN $2 AND $3", model, rows.lowerBound,
            rows.upperBound
        ) { row in
            let passage = try row.int(0)
            guard let origin = origins.origin(of: passage) else { return }
            entries.append(
                Entry(passage: passage, source: origin.source, sourceRowID: origin.row, owner: origin.owner, vector: row.floats(1)))
            guard entries.count == atOnce else { return }
            try body(entries)
            entries.removeAll(keepingCapacity: true)
        }
        if !entries.isEmpty { try body(entries) }
    }

    static func entry(of passage: Int64, model: String, in reader: Reader) throws -> Entry? {
        try reader.first(
            """
            SELECT documents.source_type, documents.source_rid, documents.account_rid, vector FROM passage_vectors
            JOIN passages ON passages.rid = passage_rid JOIN documents ON documents.rid = document_rid
            WHERE passage_rid = $1 AND model = $2
            """, passage, model
        ) { row -> Entry? in
            // Nil for a source that this release does not know.
            guard let source = Passage.Source(rawValue: try row.text(0)) else { return nil }
            return Entry(
                passage: passage, source: source, sourceRowID: try row.int(1), owner: try row.intOrNil(2), vector: row.floats(3))
        } ?? nil
    }

    static func count(of model: String, in reader: Reader) throws -> Int64 {
        try reader.int("SELECT count(*) FROM passage_vectors WHERE model = $1", model)
    }

    /// How many vectors there are of each model, by name.
    static func counts(in reader: Reader) throws -> [(model: String, count: Int64)] {
        try reader.rows("SELECT model, count(*) FROM passage_vectors GROUP BY model ORDER BY model") {
            (model: try $0.text(0), count: try $0.int(1))
        }
    }

    /// Passages whose vectors are not as they should be, with what is wrong.
    static func faults(limit: Int, in reader: Reader) throws -> [(passage: Int64, problem: String)] {
        let waits = "passage_rid IN (SELECT passage_rid FROM passages_waiting)"
        let wrong = try reader.rows(
            """
            SELECT passage_rid FROM passage_vectors LEFT JOIN embedding_models ON name = model
            WHERE dimensions IS NULL OR length(vector) <> dimensions * 4 ORDER BY passage_rid LIMIT $1
            """, limit
        ) { (passage: try $0.int(0), problem: "its vector has not the length of its model's") }
        guard let wanted = try wanted(in: reader) else { return wrong }
        let both = try reader.rows(
            "SELECT passage_rid FROM passage_vectors WHERE model = $1 AND \(waits) ORDER BY passage_rid LIMIT $2", wanted.name, limit
        ) { (passage: try $0.int(0), problem: "it waits for a vector and has one") }
        let neither = try reader.rows(
            """
            SELECT rid FROM passages WHERE rid NOT IN (SELECT passage_rid FROM passages_waiting)
                AND NOT EXISTS (SELECT 1 FROM passage_vectors WHERE passage_rid = passages.rid AND model = $1) ORDER BY rid LIMIT $2
            """, wanted.name, limit
        ) { (passage: try $0.int(0), problem: "it has no vector and waits for none") }
        return wrong + both + neither
    }

    // MARK: Changes

    struct Change: Sendable, Equatable {
        let sequence: Int64
        let passage: Int64
        let model: String
    }

    static func changes(after sequence: Int64, limit: Int, in reader: Reader) throws -> [Change] {
        try reader.rows("SELECT rid, passage_rid, model FROM changes WHERE rid > $1 ORDER BY rid LIMIT $2", sequence, limit) {
            Change(sequence: try $0.int(0), passage: try $0.int(1), model: try $0.text(2))
        }
    }

    /// The number of the newest change; what is read together with it holds all changes up to there.
    static func newestChange(in reader: Reader) throws -> Int64 {
        try reader.int("SELECT coalesce(max(rid), 0) FROM changes")
    }

    static func trim(through sequence: Int64, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM changes WHERE rid <= $1", sequence)
    }
}
