import Platform

/// The table of job alerts, and the index by which new jobs are found.
enum AlertSchema {
    static let migrations = [
        Migration(
            version: 55, name: "job alerts",
            sql: """
                -- matched_through is the number of the newest job that the alert has been run against. Two runs at
                -- once, or one that is repeated, tell of no job twice by it; the clock has no say in that.
                CREATE TABLE job_alerts (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    id BLOB NOT NULL UNIQUE,
                    account_rid INTEGER NOT NULL REFERENCES accounts (rid) ON DELETE CASCADE,
                    name TEXT NOT NULL,
                    keywords TEXT NOT NULL,
                    location TEXT NOT NULL,
                    job_type TEXT NOT NULL,
                    experience_level TEXT NOT NULL,
                    remote_only INTEGER NOT NULL,
                    min_salary INTEGER,
                    max_salary INTEGER,
                    frequency TEXT NOT NULL CHECK (frequency IN ('immediate', 'daily', 'weekly', 'monthly')),
                    email_notifications INTEGER NOT NULL,
                    push_notifications INTEGER NOT NULL,
                    is_active INTEGER NOT NULL,
                    last_run INTEGER,
                    matched_through INTEGER,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX job_alerts_by_account ON job_alerts (account_rid, rid DESC);
                CREATE INDEX job_alerts_to_run ON job_alerts (frequency, rid) WHERE is_active = 1;
                CREATE INDEX jobs_by_status_and_creation ON jobs (status, created_at DESC);
                """)
    ]
}
