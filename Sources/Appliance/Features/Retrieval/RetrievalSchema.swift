import Platform

/// The tables of the retrieval index.
enum RetrievalSchema {
    static let migrations = [
        Migration(
            version: 30, name: "passages",
            sql: """
                -- What can be found: one row a piece of text. Public text only (jobs, knowledge); it is rebuilt
                -- from its source, in the transaction that changes the source.
                CREATE TABLE passages (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    source_type TEXT NOT NULL,
                    source_id TEXT NOT NULL,
                    title TEXT NOT NULL,
                    body TEXT NOT NULL,
                    metadata TEXT NOT NULL,
                    model TEXT,
                    vector BLOB,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL,
                    UNIQUE (source_type, source_id)
                ) STRICT;
                CREATE INDEX passages_by_model ON passages (model);

                -- Kept in step by TextIndex and not by triggers: a connection that trusts no schema
                -- (SQLITE_DBCONFIG_TRUSTED_SCHEMA off) lets no trigger touch a virtual table.
                CREATE VIRTUAL TABLE passages_text USING fts5 (
                    title, body, content = 'passages', content_rowid = 'rid',
                    tokenize = "porter unicode61 remove_diacritics 2"
                );
                """)
    ]
}
