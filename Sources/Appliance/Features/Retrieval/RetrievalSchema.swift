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

                CREATE VIRTUAL TABLE passages_text USING fts5 (
                    title, body, content = 'passages', content_rowid = 'rid',
                    tokenize = "porter unicode61 remove_diacritics 2"
                );
                CREATE TRIGGER passages_text_insert AFTER INSERT ON passages BEGIN
                    INSERT INTO passages_text (rowid, title, body) VALUES (new.rid, new.title, new.body);
                END;
                CREATE TRIGGER passages_text_delete AFTER DELETE ON passages BEGIN
                    INSERT INTO passages_text (passages_text, rowid, title, body) VALUES ('delete', old.rid, old.title, old.body);
                END;
                CREATE TRIGGER passages_text_update AFTER UPDATE OF title, body ON passages BEGIN
                    INSERT INTO passages_text (passages_text, rowid, title, body) VALUES ('delete', old.rid, old.title, old.body);
                    INSERT INTO passages_text (rowid, title, body) VALUES (new.rid, new.title, new.body);
                END;
                """)
    ]
}
