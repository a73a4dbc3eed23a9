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

    /// What surrounds notifications: a later step, so it has its own place in `Schema`.
    static let settingsMigrations = [
        Migration(
            version: 58, name: "notification_settings",
            sql: """
                CREATE INDEX notifications_by_kind ON notifications (account_rid, kind, rid DESC);
                -- What may go first when an account has too many, and what has been read long ago.
                CREATE INDEX notifications_read ON notifications (account_rid, rid) WHERE is_read = 1;
                CREATE INDEX notifications_read_by_age ON notifications (read_at) WHERE is_read = 1;

                -- An account without a row has the defaults. Times of day are minutes since midnight.
                CREATE TABLE notification_settings (
                    account_rid INTEGER PRIMARY KEY REFERENCES accounts (rid) ON DELETE CASCADE,
                    email_notifications INTEGER NOT NULL,
                    push_notifications INTEGER NOT NULL,
                    job_alerts INTEGER NOT NULL,
                    application_updates INTEGER NOT NULL,
                    system_messages INTEGER NOT NULL,
                    job_recommendations INTEGER NOT NULL,
                    frequency TEXT NOT NULL,
                    quiet_enabled INTEGER NOT NULL,
                    quiet_start INTEGER NOT NULL,
                    quiet_end INTEGER NOT NULL,
                    quiet_timezone TEXT NOT NULL,
                    digest_enabled INTEGER NOT NULL,
                    digest_frequency TEXT NOT NULL,
                    digest_time INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL
                ) STRICT;

                -- What became of a notification on its way to somebody who does not look at the list.
                CREATE TABLE notification_deliveries (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    notification_rid INTEGER NOT NULL REFERENCES notifications (rid) ON DELETE CASCADE,
                    channel TEXT NOT NULL,
                    outcome TEXT NOT NULL,
                    detail TEXT NOT NULL,
                    at INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX notification_deliveries_by_notification ON notification_deliveries (notification_rid, rid);
                CREATE INDEX notification_deliveries_by_channel ON notification_deliveries (channel, at);

                -- Announcements to everybody that are under way: up to which account they have come, and how far they go.
                CREATE TABLE announcements (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    id BLOB NOT NULL UNIQUE,
                    kind TEXT NOT NULL,
                    title TEXT NOT NULL,
                    message TEXT NOT NULL,
                    data TEXT NOT NULL,
                    last_account INTEGER NOT NULL,
                    through_account INTEGER NOT NULL,
                    recipients INTEGER NOT NULL DEFAULT 0
                ) STRICT;
                """)
    ]
}
