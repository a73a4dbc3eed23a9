import Platform

/// The tables of notifications.
enum NotificationSchema {
    static let migrations = [
        Migration(
            version: 57, name: "notifications",
            sql: """
                CREATE TABLE notifications (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    id BLOB NOT NULL UNIQUE,
                    account_rid INTEGER NOT NULL REFERENCES accounts (rid) ON DELETE CASCADE,
                    kind TEXT NOT NULL,
                    title TEXT NOT NULL,
                    message TEXT NOT NULL,
                    data TEXT NOT NULL,
                    is_read INTEGER NOT NULL DEFAULT 0,
                    read_at INTEGER,
                    created_at INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX notifications_by_account ON notifications (account_rid, rid DESC);
                CREATE INDEX notifications_unread ON notifications (account_rid, rid DESC) WHERE is_read = 0;
                """)
    ]
}
