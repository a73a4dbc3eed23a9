import Platform

enum ModerationSchema {
    static let migrations = [
        Migration(
            version: 43, name: "moderation",
            sql: """
                -- One row for each text of an account that was flagged. The text itself is kept nowhere.
                CREATE TABLE moderation_violations (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    account_rid INTEGER NOT NULL REFERENCES accounts (rid) ON DELETE CASCADE,
                    direction TEXT NOT NULL CHECK (direction IN ('input', 'output')),
                    categories TEXT NOT NULL,
                    created_at INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX moderation_violations_by_account ON moderation_violations (account_rid, rid);
                """)
    ]
}
