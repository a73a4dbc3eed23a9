import Platform

/// All SQL over documents and their passages.
///
/// A passage's text never changes: where a document changes, the passages whose text is still there keep their rows and
/// so their vectors, the others go, and new ones come and wait for a vector. All of it happens in the transaction that
/// changes the source.
enum PassageStore {
    static func put(_ document: Document, in transaction: Transaction) throws {
        guard document.source.isPublic == (document.owner == nil) else { return }
        let known = try header(document.source, document.rowID, in: transaction)
        let number = try known?.rowID ?? insert(document, in: transaction)
        if let known, known.title != document.title || known.metadata != document.metadata || known.id != document.id {
            try transaction.execute(
                "UPDATE documents SET source_id = $1, title = $2, metadata = $3, updated_at = $4 WHERE rid = $5", document.id,
                document.title, document.metadata.jsonText, transaction.now, number)
        }
        if try replacePassages(of: document, number: number, in: transaction) { try changed(in: transaction) }
    }

    static func remove(_ source: Passage.Source, _ sourceRowID: Int64, in transaction: Transaction) throws {
        guard let known = try header(source, sourceRowID, in: transaction) else { return }
        try removeWords(ofDocument: known.rowID, in: transaction)
        try transaction.execute("DELETE FROM documents WHERE rid = $1", known.rowID)
        transaction.emit(PassagesChanged())
    }

    /// Removes all that is an account's own, which is being deleted itself.
    static func removeAll(of owner: Owner, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM documents WHERE account_rid = $1", owner.rowID)
        transaction.emit(PassagesChanged())
    }

    // MARK: Reading

    /// The passages of these numbers, in their order; without those that are gone.
    static func passages(_ rowIDs: [Int64], in reader: Reader) throws -> [Passage] {
        try rowIDs.compactMap { rowID in
            try reader.first("SELECT \(columns) FROM \(tables) WHERE passages.rid = $1", rowID, map: read)
        }
    }

    static func passages(of source: Passage.Source, _ sourceRowID: Int64, in reader: Reader) throws -> [Passage] {
        try reader.rows(
            "SELECT \(columns) FROM \(tables) WHERE documents.source_type = $1 AND documents.source_rid = $2 ORDER BY place",
            source.rawValue, sourceRowID, map: read)
    }

    /// All passages of one owner from some sources, by a walk over the owner's documents.
    static func own(of owner: Owner, sources: Set<Passage.Source>, in reader: Reader) throws -> [Passage] {
        try reader.rows(
            "SELECT \(columns) FROM \(tables) WHERE documents.account_rid = $1 ORDER BY documents.rid, place", owner.rowID, map: read
        ).filter { sources.contains($0.source) }
    }

    static func count(in reader: Reader) throws -> Int64 { try reader.int("SELECT count(*) FROM passages") }

    static func documentCount(in reader: Reader) throws -> Int64 { try reader.int("SELECT count(*) FROM documents") }

    /// The numbers of the rows of a source of which there is a document.
    static func sourceRowIDs(_ source: Passage.Source, in reader: Reader) throws -> [Int64] {
        try reader.rows("SELECT source_rid FROM documents WHERE source_type = $1 ORDER BY source_rid", source.rawValue) { try $0.int(0) }
    }

    // MARK: Parts

    private struct Header {
        let rowID: Int64
        let id: String
        let title: String
        let metadata: JSONValue
    }

    private static func header(_ source: Passage.Source, _ sourceRowID: Int64, in reader: Reader) throws -> Header? {
        try reader.first(
            "SELECT rid, source_id, title, metadata FROM documents WHERE source_type = $1 AND source_rid = $2", source.rawValue, sourceRowID
        ) { Header(rowID: try $0.int(0), id: try $0.text(1), title: try $0.text(2), metadata: try $0.json(3)) }
    }

    private static func insert(_ document: Document, in transaction: Transaction) throws -> Int64 {
        try transaction.execute(
            """
            INSERT INTO documents (source_type, source_rid, source_id, account_rid, title, metadata, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
            """, document.source.rawValue, document.rowID, document.id, document.owner?.rowID, document.title,
            document.metadata.jsonText, transaction.now)
        return transaction.lastRowID
    }

    /// Returns whether there are new passages.
    private static func replacePassages(of document: Document, number: Int64, in transaction: Transaction) throws -> Bool {
        let old = try stored(number, in: transaction)
        let pieces = document.pieces
        var reusable: [String: [StoredPassage]] = [:]
        for passage in old.reversed() where passage.title == document.title { reusable[passage.body, default: []].append(passage) }
        let kept = pieces.map { reusable[$0.text]?.popLast() }
        let keptRows = Set(kept.compactMap { $0?.rowID })
        for passage in old where !keptRows.contains(passage.rowID) {
            if document.source.isPublic { try TextIndex.remove(passage, in: transaction) }
            try transaction.execute("DELETE FROM passages WHERE rid = $1", passage.rowID)
        }
        for (place, (piece, known)) in zip(pieces, kept).enumerated() {
            guard let known else {
                try insert(piece, at: place, of: document, number: number, in: transaction)
                continue
            }
            if known.place == place && known.start == piece.start && known.end == piece.end { continue }
            try transaction.execute(
                "UPDATE passages SET place = $1, start_byte = $2, end_byte = $3 WHERE rid = $4", place, piece.start, piece.end, known.rowID)
        }
        if old.count > keptRows.count { transaction.emit(PassagesChanged()) }
        return pieces.count > keptRows.count
    }

    private static func insert(
        _ piece: PassageSplitter.Piece, at place: Int, of document: Document, number: Int64, in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO passages (document_rid, place, start_byte, end_byte, is_public, title, body)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """, number, place, piece.start, piece.end, document.source.isPublic, document.title, piece.text)
        let rowID = transaction.lastRowID
        if document.source.isPublic { try TextIndex.add(rowID, title: document.title, body: piece.text, in: transaction) }
        try transaction.execute("INSERT INTO passages_waiting (passage_rid) VALUES ($1)", rowID)
    }

    /// New passages wait for a vector: somebody has to come for them, where there is anybody.
    private static func changed(in transaction: Transaction) throws {
        transaction.emit(PassagesChanged())
        if try VectorStore.wanted(in: transaction) != nil { try transaction.enqueue(EmbedWork.order()) }
    }

    private static func removeWords(ofDocument number: Int64, in transaction: Transaction) throws {
        for passage in try stored(number, in: transaction) where passage.isPublic { try TextIndex.remove(passage, in: transaction) }
    }

    private static func stored(_ number: Int64, in reader: Reader) throws -> [StoredPassage] {
        try reader.rows(
            "SELECT rid, place, start_byte, end_byte, is_public, title, body FROM passages WHERE document_rid = $1 ORDER BY place", number
        ) { row in
            StoredPassage(
                rowID: try row.int(0), place: Int(try row.int(1)), start: Int(try row.int(2)), end: Int(try row.int(3)),
                isPublic: try row.bool(4), title: try row.text(5), body: try row.text(6))
        }
    }

    private static let tables = "passages JOIN documents ON documents.rid = passages.document_rid"

    private static let columns = """
        passages.rid, documents.source_type, documents.source_rid, documents.source_id, passages.title, passages.body, \
        passages.start_byte, passages.end_byte, documents.metadata
        """

    private static func read(_ row: borrowing Row) throws -> Passage {
        guard let source = Passage.Source(rawValue: try row.text(1)) else { throw StorageError.unexpectedValue(column: 1) }
        return Passage(
            rowID: try row.int(0), source: source, sourceRowID: try row.int(2), sourceID: try row.text(3), title: try row.text(4),
            body: try row.text(5), start: Int(try row.int(6)), end: Int(try row.int(7)), metadata: try row.json(8))
    }
}

/// A row of `passages`, as it is compared with what should be there.
struct StoredPassage: Sendable, Equatable {
    let rowID: Int64
    let place: Int
    let start: Int
    let end: Int
    let isPublic: Bool
    let title: String
    let body: String
}
