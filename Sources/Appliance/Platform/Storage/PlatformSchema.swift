/// The tables that the platform itself needs, before any feature's.
package enum PlatformSchema {
    package static let migrations = [
        Migration(
            version: 1, name: "platform",
            sql: """
                -- One row: counts commits and remembers the last one, so that a copied file can say how old it is.
                CREATE TABLE last_commit (
                    rid INTEGER PRIMARY KEY CHECK (rid = 1), sequence INTEGER NOT NULL, at INTEGER NOT NULL
                ) STRICT;
                INSERT INTO last_commit VALUES (1, 0, 0);

                -- Facts about this instance: its file's identity, signing keys, marks of snapshots.
                CREATE TABLE instance (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

                -- Answers kept for requests that carry an Idempotency-Key.
                CREATE TABLE idempotency_keys (
                    rid INTEGER PRIMARY KEY,
                    account_rid INTEGER NOT NULL,
                    key TEXT NOT NULL,
                    route TEXT NOT NULL,
                    body_hash BLOB NOT NULL,
                    boot_id BLOB NOT NULL,
                    status INTEGER,
                    content_type TEXT,
                    answer BLOB,
                    created_at INTEGER NOT NULL,
                    UNIQUE (account_rid, key)
                ) STRICT;
                CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
                """)
    ]
}
