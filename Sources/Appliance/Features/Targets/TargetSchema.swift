import Platform

/// The table of targets, and what the log of deliveries tells of an attempt at one.
enum TargetSchema {
    static let migrations = [
        Migration(
            version: 95, name: "notification_targets",
            sql: """
                -- secret, previous_secret and token are what we are known by at the target; no answer holds them.
                CREATE TABLE notification_targets (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    id BLOB NOT NULL UNIQUE,
                    account_rid INTEGER NOT NULL REFERENCES accounts (rid) ON DELETE CASCADE,
                    kind TEXT NOT NULL CHECK (kind IN ('webhook', 'ntfy', 'gotify')),
                    name TEXT NOT NULL,
                    url TEXT NOT NULL,
                    is_enabled INTEGER NOT NULL,
                    secret BLOB,
                    previous_secret BLOB,
                    previous_until INTEGER,
                    token TEXT,
                    created_at INTEGER NOT NULL,
                    failing_since INTEGER,
                    last_failure_at INTEGER,
                    disabled_at INTEGER,
                    disabled_reason TEXT,
                    last_success_at INTEGER
                ) STRICT;
                CREATE INDEX notification_targets_by_account ON notification_targets (account_rid, rid);
                CREATE INDEX notification_targets_rotated ON notification_targets (previous_until) WHERE previous_until IS NOT NULL;

                -- Set for attempts at a target.
                ALTER TABLE notification_deliveries ADD COLUMN id BLOB;
                ALTER TABLE notification_deliveries
                    ADD COLUMN target_rid INTEGER REFERENCES notification_targets (rid) ON DELETE CASCADE;
                ALTER TABLE notification_deliveries ADD COLUMN attempt INTEGER;
                ALTER TABLE notification_deliveries ADD COLUMN status_code INTEGER;
                ALTER TABLE notification_deliveries ADD COLUMN milliseconds INTEGER;
                CREATE UNIQUE INDEX notification_deliveries_by_id ON notification_deliveries (id) WHERE id IS NOT NULL;
                CREATE INDEX notification_deliveries_by_target ON notification_deliveries (target_rid, rid DESC)
                    WHERE target_rid IS NOT NULL;
                """)
    ]
}
