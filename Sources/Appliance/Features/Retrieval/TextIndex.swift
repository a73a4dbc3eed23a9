import Platform

/// The full-text index over passages: the one place that knows of FTS5.
///
/// The index holds no text of its own (`content = 'passages'`), so taking a
/// passage out needs the text that was put in.
enum TextIndex {
    static func add(_ rowID: Int64, title: String, body: String, in transaction: Transaction) throws {
        try transaction.execute("INSERT INTO passages_text (rowid, title, body) VALUES ($1, $2, $3)", rowID, title, body)
    }

    static func remove(_ passage: Passage, in transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO passages_text (passages_text, rowid, title, body) VALUES ('delete', $1, $2, $3)", passage.rowID, passage.title,
            passage.body)
    }

    /// Row ids of the matches of an expression, best first; titles count threefold.
    static func matches(_ expression: String, limit: Int, in reader: Reader) throws -> [Int64] {
        try reader.rows(
            """
            SELECT rowid FROM passages_text WHERE passages_text MATCH $1 ORDER BY bm25(passages_text, 3.0, 1.0), rowid LIMIT $2
            """, expression, limit
        ) { try $0.int(0) }
    }
}
