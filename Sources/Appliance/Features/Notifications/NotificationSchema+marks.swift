import Platform

extension NotificationSchema {
    /// What scheduled work remembers: a later step, so it has its own place in `Schema`.
    static let markMigrations = [
        Migration(
            version: 86, name: "notification_marks",
            sql: """
                CREATE TABLE notification_marks (
                    account_rid INTEGER NOT NULL REFERENCES accounts (rid) ON DELETE CASCADE,
                    matter TEXT NOT NULL,
                    mark INTEGER NOT NULL,
                    PRIMARY KEY (account_rid, matter)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX notification_deliveries_by_age ON notification_deliveries (at);

                -- What the health monitor found last, and since when.
                CREATE TABLE health_findings (
                    name TEXT PRIMARY KEY,
                    is_well INTEGER NOT NULL,
                    detail TEXT NOT NULL,
                    since INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                """)
    ]
}
