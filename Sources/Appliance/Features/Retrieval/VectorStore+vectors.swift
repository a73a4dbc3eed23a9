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

    /// All vectors of a model. They are read as they lie in the file, and the texts beside them not at all.
    static func each(of model: String, in reader: Reader, body: (Entry) throws -> Void) throws {
        var documents: [Int64: (source: Passage.Source, row: Int64, owner: Int64?)] = [:]
        try reader.each("SELECT rid, source_type, source_rid, account_rid FROM documents") { row in
            guard let source = Passage.Source(rawValue: try row.text(1)) else { return }
            documents[try row.int(0)] = (source, try row.int(2), try row.intOrNil(3))
        }
        // From an index, which holds both numbers.
        var documentOf: [Int64: Int64] = [:]
        try reader.each("SELECT rid, document_rid FROM passages") { documentOf[try $0.int(0)] = try $0.int(1) }
        try reader.each("SELECT passage_rid, vector FROM passage_vectors WHERE (model = $1) IS TRUE", model) { row in
            let passage = try row.int(0)
            guard let document = documentOf[passage].flatMap({ documents[$0] }) else { return }
            try body(
                Entry(passage: passage, source: document.source, sourceRowID: document.row, owner: document.owner, vector: row.floats(1)))
        }
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
