import Platform

/// All SQL over passages.
enum PassageStore {
    /// Writes the passage of one source, in the transaction that changes the source.
    /// An unchanged text keeps its vector; a changed one loses it and waits for a new one.
    static func upsert(
        _ source: Passage.Source, id: String, title: String, body: String, metadata: JSONValue, in transaction: Transaction
    ) throws {
        if let known = try find(source, id: id, in: transaction) {
            if known.title == title && known.body == body {
                try transaction.execute(
                    "UPDATE passages SET metadata = $1, updated_at = $2 WHERE rid = $3", metadata.jsonText, transaction.now, known.rowID)
                return
            }
            try TextIndex.remove(known, in: transaction)
            try transaction.execute(
                """
                UPDATE passages SET title = $1, body = $2, metadata = $3, updated_at = $4, model = NULL, vector = NULL WHERE rid = $5
                """, title, body, metadata.jsonText, transaction.now, known.rowID)
            try TextIndex.add(known.rowID, title: title, body: body, in: transaction)
        } else {
            try transaction.execute(
                """
                INSERT INTO passages (source_type, source_id, title, body, metadata, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                """, source.rawValue, id, title, body, metadata.jsonText, transaction.now)
            try TextIndex.add(transaction.lastRowID, title: title, body: body, in: transaction)
        }
        transaction.emit(PassagesChanged())
    }

    static func remove(_ source: Passage.Source, id: String, in transaction: Transaction) throws {
        guard let known = try find(source, id: id, in: transaction) else { return }
        try TextIndex.remove(known, in: transaction)
        try transaction.execute("DELETE FROM passages WHERE rid = $1", known.rowID)
        transaction.emit(PassagesChanged(removed: [known.rowID]))
    }

    private static func find(_ source: Passage.Source, id: String, in reader: Reader) throws -> Passage? {
        try reader.first(
            "SELECT \(columns) FROM passages WHERE source_type = $1 AND source_id = $2", source.rawValue, id, map: passage)
    }

    static func passages(_ rowIDs: [Int64], in reader: Reader) throws -> [Passage] {
        try rowIDs.compactMap { rowID in
            try reader.first("SELECT \(columns) FROM passages WHERE rid = $1", rowID, map: passage)
        }
    }

    /// The passages that match an FTS5 expression, best first.
    static func matching(_ expression: String, limit: Int, in reader: Reader) throws -> [Passage] {
        try passages(try TextIndex.matches(expression, limit: limit, in: reader), in: reader)
    }

    static func count(in reader: Reader) throws -> Int64 { try reader.int("SELECT count(*) FROM passages") }

    // MARK: Vectors

    /// Passages that have no vector of `model` yet, oldest first.
    static func withoutVector(model: String, limit: Int, in reader: Reader) throws -> [Passage] {
        try reader.rows(
            "SELECT \(columns) FROM passages WHERE model IS NULL OR model <> $1 ORDER BY passages.rid LIMIT $2", model, limit, map: passage)
    }

    /// Keeps a vector, unless the text has changed since it was read; returns whether it was kept.
    static func setVector(_ vector: [Float], model: String, for passage: Passage, in transaction: Transaction) throws -> Bool {
        try transaction.execute(
            "UPDATE passages SET vector = $1, model = $2 WHERE rid = $3 AND title = $4 AND body = $5",
            vector.withUnsafeBytes { [UInt8]($0) }, model, passage.rowID, passage.title, passage.body) == 1
    }

    static func vectors(model: String, in reader: Reader, body: (Int64, [Float]) throws -> Void) throws {
        try reader.each("SELECT rid, vector FROM passages WHERE model = $1 AND vector IS NOT NULL", model) { row in
            let bytes = row.bytes(1)
            let vector = [Float](unsafeUninitializedCapacity: bytes.count / 4) { buffer, count in
                UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes.prefix(bytes.count / 4 * 4))
                count = bytes.count / 4
            }
            try body(try row.int(0), vector)
        }
    }

    private static let columns =
        "passages.rid, passages.source_type, passages.source_id, passages.title, passages.body, passages.metadata"

    private static func passage(_ row: borrowing Row) throws -> Passage {
        guard let source = Passage.Source(rawValue: try row.text(1)) else { throw StorageError.unexpectedValue(column: 1) }
        return Passage(
            rowID: try row.int(0), source: source, sourceID: try row.text(2), title: try row.text(3), body: try row.text(4),
            metadata: try row.json(5))
    }
}
