import Platform

/// All SQL over knowledge articles.
enum KnowledgeStore {
    /// What became of one imported record.
    enum Outcome: Sendable { case created, updated, unchanged }

    /// Creates or updates the article of this slug, and its passage with it.
    static func upsert(_ article: Article, in transaction: Transaction) throws -> Outcome {
        let known = try transaction.first("SELECT \(columns) FROM knowledge_articles WHERE slug = $1", article.slug, map: read)
        if let known, known.article == article { return .unchanged }
        let rowID: Int64
        if let known {
            rowID = known.rowID
            try transaction.execute(
                """
                UPDATE knowledge_articles SET title = $1, content = $2, source_type = $3, category = $4, tags = $5,
                    is_active = $6, updated_at = $7 WHERE rid = $8
                """, article.title, article.content, article.sourceType, article.category, article.tags, article.isActive,
                transaction.now, rowID)
        } else {
            try transaction.execute(
                """
                INSERT INTO knowledge_articles (title, slug, content, source_type, category, tags, is_active, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
                """, article.title, article.slug, article.content, article.sourceType, article.category, article.tags,
                article.isActive, transaction.now)
            rowID = transaction.lastRowID
        }
        try putPassages(of: article, rowID: rowID, in: transaction)
        return known == nil ? .created : .updated
    }

    static func count(in reader: Reader) throws -> Int64 { try reader.int("SELECT count(*) FROM knowledge_articles") }

    static func article(rowID: Int64, in reader: Reader) throws -> Article? {
        try reader.first("SELECT \(columns) FROM knowledge_articles WHERE rid = $1", rowID, map: read)?.article
    }

    static func activeRowIDs(in reader: Reader) throws -> [Int64] {
        try reader.rows("SELECT rid FROM knowledge_articles WHERE is_active = 1 ORDER BY rid") { try $0.int(0) }
    }

    private static let columns = "rid, title, slug, content, source_type, category, tags, is_active"

    private static func read(_ row: borrowing Row) throws -> (rowID: Int64, article: Article) {
        let article = Article(
            title: try row.text(1), slug: try row.text(2), content: try row.text(3), sourceType: try row.text(4),
            category: try row.text(5), tags: try row.text(6), isActive: try row.bool(7))
        return (rowID: try row.int(0), article: article)
    }

    /// Only active articles can be found.
    private static func putPassages(of article: Article, rowID: Int64, in transaction: Transaction) throws {
        guard let document = article.document(rowID: rowID) else { return try PassageStore.remove(.article, rowID, in: transaction) }
        try PassageStore.put(document, in: transaction)
    }
}
