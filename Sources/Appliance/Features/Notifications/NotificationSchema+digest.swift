import Platform

extension NotificationSchema {
    /// What waits for a digest: a later step, so it has its own place in `Schema`.
    static let digestMigrations = [
        Migration(
            version: 92, name: "digest_notifications",
            sql: """
                CREATE TABLE digest_notifications (
                    notification_rid INTEGER PRIMARY KEY REFERENCES notifications (rid) ON DELETE CASCADE,
                    account_rid INTEGER NOT NULL REFERENCES accounts (rid) ON DELETE CASCADE,
                    added_at INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX digest_notifications_by_account ON digest_notifications (account_rid, notification_rid);
                CREATE INDEX digest_notifications_by_age ON digest_notifications (added_at);
                """)
    ]
}
