import Platform

extension RetrievalSchema {
    /// The second form: documents split into passages, vectors in a table of their own, and what changes in a sequence.
    /// What the first form holds is carried over, vectors included.
    static let vectorMigrations = [
        Migration(
            version: 60, name: "documents",
            sql: """
                -- What can be found: a job, an article, or, with an owner, something of one account's own.
                CREATE TABLE documents (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    source_type TEXT NOT NULL,
                    -- The source's number in its own table, and the id by which clients know it.
                    source_rid INTEGER NOT NULL,
                    source_id TEXT NOT NULL,
                    account_rid INTEGER REFERENCES accounts (rid) ON DELETE CASCADE,
                    title TEXT NOT NULL,
                    metadata TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL,
                    UNIQUE (source_type, source_rid)
                ) STRICT;
                CREATE INDEX documents_by_account ON documents (account_rid) WHERE account_rid IS NOT NULL;

                INSERT INTO documents (rid, source_type, source_rid, source_id, title, metadata, created_at, updated_at)
                SELECT passages.rid, source_type, jobs.rid, source_id, passages.title, metadata, passages.created_at, passages.updated_at
                FROM passages JOIN (
                    SELECT jobs.rid, lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-'
                        || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21, 12)) AS text FROM jobs) AS jobs ON jobs.text = source_id
                WHERE source_type = 'job_listing';
                INSERT INTO documents (rid, source_type, source_rid, source_id, title, metadata, created_at, updated_at)
                SELECT rid, source_type, CAST(source_id AS INTEGER), source_id, title, metadata, created_at, updated_at
                FROM passages WHERE source_type = 'knowledge_article';

                -- A part of a document: bytes start_byte to end_byte of its text in UTF-8. The text of a row never changes, and
                -- its number is never used again, so that a vector which bears the number is a vector of the text.
                CREATE TABLE passages_split (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    document_rid INTEGER NOT NULL REFERENCES documents (rid) ON DELETE CASCADE,
                    place INTEGER NOT NULL,
                    start_byte INTEGER NOT NULL,
                    end_byte INTEGER NOT NULL,
                    is_public INTEGER NOT NULL,
                    title TEXT NOT NULL,
                    body TEXT NOT NULL
                ) STRICT;
                INSERT INTO passages_split (rid, document_rid, place, start_byte, end_byte, is_public, title, body)
                SELECT passages.rid, documents.rid, 0, 0, length(CAST(body AS BLOB)), 1, passages.title, body
                FROM passages JOIN documents ON documents.rid = passages.rid;

                CREATE TABLE passage_vectors (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    passage_rid INTEGER NOT NULL REFERENCES passages_split (rid) ON DELETE CASCADE,
                    model TEXT NOT NULL,
                    vector BLOB NOT NULL,
                    UNIQUE (passage_rid, model)
                ) STRICT;
                INSERT INTO passage_vectors (passage_rid, model, vector)
                SELECT passages.rid, model, vector FROM passages JOIN documents ON documents.rid = passages.rid
                WHERE model IS NOT NULL AND vector IS NOT NULL;

                DROP TABLE passages_text;
                DROP TABLE passages;
                ALTER TABLE passages_split RENAME TO passages;
                CREATE INDEX passages_by_document ON passages (document_rid, place);

                -- The words of public passages. Private text never gets here: what is deleted from a full-text index of
                -- SQLite 3.40 stays readable in the file.
                CREATE VIEW passages_public AS SELECT rid, title, body FROM passages WHERE is_public = 1;
                CREATE VIRTUAL TABLE passages_text USING fts5 (
                    title, body, content = 'passages_public', content_rowid = 'rid',
                    tokenize = "porter unicode61 remove_diacritics 2"
                );
                INSERT INTO passages_text (passages_text) VALUES ('rebuild');
                """),
        Migration(
            version: 61, name: "embedding",
            sql: """
                -- Whose vectors are searched (one model at most), and whose are wanted (one at most). They are two while a new
                -- model's vectors are being made, and none is wanted while vectors are switched off.
                CREATE TABLE embedding_models (
                    name TEXT PRIMARY KEY,
                    provider TEXT NOT NULL,
                    dimensions INTEGER NOT NULL,
                    is_serving INTEGER NOT NULL,
                    is_wanted INTEGER NOT NULL
                ) STRICT;
                CREATE UNIQUE INDEX embedding_models_one_serves ON embedding_models (is_serving) WHERE is_serving = 1;
                CREATE UNIQUE INDEX embedding_models_one_is_wanted ON embedding_models (is_wanted) WHERE is_wanted = 1;
                INSERT INTO embedding_models (name, provider, dimensions, is_serving, is_wanted)
                SELECT model, 'openai', max(length(vector)) / 4, 0, 0 FROM passage_vectors GROUP BY model;
                UPDATE embedding_models SET is_serving = 1, is_wanted = 1 WHERE name = (
                    SELECT model FROM passage_vectors GROUP BY model ORDER BY count(*) DESC LIMIT 1);

                -- Passages without a vector of the wanted model; those with a refusal are not offered again before the next start.
                CREATE TABLE passages_waiting (
                    passage_rid INTEGER PRIMARY KEY REFERENCES passages (rid) ON DELETE CASCADE,
                    refusal TEXT
                ) STRICT;
                INSERT INTO passages_waiting (passage_rid) SELECT rid FROM passages WHERE NOT EXISTS (
                    SELECT 1 FROM passage_vectors JOIN embedding_models ON name = model
                    WHERE passage_rid = passages.rid AND is_wanted = 1);

                -- Documents to be split and indexed anew, by the next start or by `index rebuild`.
                CREATE TABLE documents_due (
                    source_type TEXT NOT NULL,
                    source_rid INTEGER NOT NULL,
                    PRIMARY KEY (source_type, source_rid)
                ) STRICT, WITHOUT ROWID;
                INSERT INTO documents_due SELECT source_type, source_rid FROM documents;
                INSERT INTO documents_due SELECT 'profile', rid FROM profiles;

                -- What happened to vectors, in the order of the commits: the index in memory follows it, and what is followed is
                -- deleted. Written by triggers, which also see what goes with an account.
                CREATE TABLE changes (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    passage_rid INTEGER NOT NULL,
                    model TEXT NOT NULL,
                    kind TEXT NOT NULL CHECK (kind IN ('added', 'removed'))
                ) STRICT;
                CREATE TRIGGER passage_vectors_added AFTER INSERT ON passage_vectors BEGIN
                    INSERT INTO changes (passage_rid, model, kind) VALUES (new.passage_rid, new.model, 'added');
                END;
                CREATE TRIGGER passage_vectors_removed AFTER DELETE ON passage_vectors BEGIN
                    INSERT INTO changes (passage_rid, model, kind) VALUES (old.passage_rid, old.model, 'removed');
                END;
                """),
    ]
}
