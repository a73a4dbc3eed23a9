import Platform

enum KnowledgeSchema {
    static let migrations = [
        Migration(
            version: 31, name: "knowledge_articles",
            sql: """
                CREATE TABLE knowledge_articles (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    title TEXT NOT NULL,
                    slug TEXT NOT NULL UNIQUE,
                    content TEXT NOT NULL,
                    source_type TEXT NOT NULL,
                    category TEXT NOT NULL,
                    tags TEXT NOT NULL,
                    is_active INTEGER NOT NULL,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX knowledge_articles_by_update ON knowledge_articles (updated_at DESC, title);
                """)
    ]
}
