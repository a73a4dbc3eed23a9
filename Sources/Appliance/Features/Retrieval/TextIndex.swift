import Platform

/// The full-text index over passages: the one place that knows of FTS5.
///
/// Public passages only. It holds no text of its own (`content = 'passages_public'`), so taking a
/// passage out needs the text that was put in.
enum TextIndex {
    static func add(_ rowID: Int64, title: String, body: String, in transaction: Transaction) throws {
        try transaction.execute("INSERT INTO passages_text (rowid, title, body) VALUES ($1, $2, $3)", rowID, title, body)
    }

    static func remove(_ passage: StoredPassage, in transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO passages_text (passages_text, rowid, title, body) VALUES ('delete', $1, $2, $3)", passage.rowID, passage.title,
            passage.body)
    }

    /// Makes the whole index anew from the passages.
    static func rebuild(in transaction: Transaction) throws {
        try transaction.execute("INSERT INTO passages_text (passages_text) VALUES ('rebuild')")
    }

    /// Compares the index with the passages, word by word; throws `StorageError.corrupt` where they differ. Writers wait.
    static func check(in transaction: Transaction) throws {
        try transaction.execute("INSERT INTO passages_text (passages_text, rank) VALUES ('integrity-check', 1)")
    }

    /// A match; the larger its relevance the better.
    struct Ranked: Sendable, Equatable {
        let rowID: Int64
        let relevance: Double
    }

    /// The matches of an expression within a scope, best first; titles count threefold.
    static func ranked(_ expression: String, in scope: PassageScope, limit: Int, in reader: Reader) throws -> [Ranked] {
        let sources = scope.publicSources
        if sources.isEmpty { return [] }
        if sources == Passage.Source.everybodys && scope.allowed == nil {
            return try reader.rows(
                "SELECT rowid, \(rank) FROM passages_text WHERE passages_text MATCH $1 ORDER BY 2, rowid LIMIT $2", expression, limit,
                map: read)
        }
        let names = sources.map(\.rawValue).sorted()
        let places = names.indices.map { "$\($0 + 3)" }.joined(separator: ", ")
        var arguments: [(any SQLBindable)?] = [expression, limit]
        arguments += names
        var condition = ""
        if let allowed = scope.allowed {
            condition = "AND documents.source_rid IN (SELECT value FROM json_each($\(arguments.count + 1)))"
            arguments.append("[" + allowed.sorted().map(String.init).joined(separator: ",") + "]")
        }
        return try reader.rows(
            """
            SELECT passages_text.rowid, \(rank) FROM passages_text
            CROSS JOIN passages ON passages.rid = passages_text.rowid CROSS JOIN documents ON documents.rid = passages.document_rid
            WHERE passages_text MATCH $1 AND documents.source_type IN (\(places)) \(condition)
            ORDER BY 2, passages_text.rowid LIMIT $2
            """, arguments: arguments, map: read)
    }

    private static let rank = "bm25(passages_text, 3.0, 1.0)"

    private static func read(_ row: borrowing Row) throws -> Ranked { Ranked(rowID: try row.int(0), relevance: -(try row.double(1))) }
}
