import Platform

/// All SQL over knowledge articles.
enum KnowledgeStore {
    /// What became of one imported record.
    enum Outcome: Sendable { case created, updated, unchanged }

    /// Creates or updates the article of this slug, and its passage with it.
    static func upsert(_ article: Article, in transaction: Transaction) throws -> Outcome {
        let known = try transaction.first(
            "SELECT rid, title, content, source_type, category, tags, is_active FROM knowledge_articles WHERE slug = $1", article.slug
        ) { row in
            let stored = Article(
                title: try row.text(1), slug: article.slug, content: try row.text(2), sourceType: try row.text(3),
                category: try row.text(4), tags: try row.text(5), isActive: try row.bool(6))
            return (rowID: try row.int(0), article: stored)
        }
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
        try updatePassage(of: article, rowID: rowID, in: transaction)
        return known == nil ? .created : .updated
    }

    static func count(in reader: Reader) throws -> Int64 { try reader.int("SELECT count(*) FROM knowledge_articles") }

    /// Only active articles can be found.
    private static func updatePassage(of article: Article, rowID: Int64, in transaction: Transaction) throws {
        guard article.isActive else { return try PassageStore.remove(.article, id: "\(rowID)", in: transaction) }
        let metadata = JSONValue.object(
            JSONObject([
                ("article_id", .number("\(rowID)")), ("title", .string(article.title)), ("category", .string(article.category)),
                ("slug", .string(article.slug)),
            ]))
        try PassageStore.upsert(
            .article, id: "\(rowID)", title: article.title, body: article.content, metadata: metadata, in: transaction)
    }
}
