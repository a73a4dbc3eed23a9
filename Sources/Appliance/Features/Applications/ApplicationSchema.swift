import Platform

/// The tables of applications, of their history, and of what was ordered to be applied to automatically.
enum ApplicationSchema {
    static let migrations = [
        Migration(
            version: 53, name: "applications",
            sql: """
                -- One application an account and job. Each list of an account's applications is in the order of one of these
                -- indexes; the rule of one a job, with the job in front, also finds what goes with a deleted job.
                CREATE TABLE applications (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    id BLOB NOT NULL UNIQUE,
                    account_rid INTEGER NOT NULL REFERENCES accounts (rid) ON DELETE CASCADE,
                    job_rid INTEGER NOT NULL REFERENCES jobs (rid) ON DELETE CASCADE,
                    status TEXT NOT NULL,
                    application_type TEXT NOT NULL,
                    cover_letter TEXT NOT NULL,
                    additional_documents TEXT NOT NULL,
                    application_url TEXT NOT NULL,
                    external_application_id TEXT NOT NULL,
                    match_score REAL,
                    auto_applied INTEGER NOT NULL,
                    ai_generated_cover_letter INTEGER NOT NULL,
                    last_contact_date INTEGER,
                    interview_date INTEGER,
                    follow_up_date INTEGER,
                    skyvern_task_id TEXT NOT NULL,
                    skyvern_response_data TEXT,
                    submission_logs TEXT NOT NULL,
                    notes TEXT NOT NULL,
                    user_notes TEXT NOT NULL,
                    feedback_received TEXT NOT NULL,
                    user_defined_status TEXT,
                    interview_details TEXT,
                    offer_details TEXT,
                    follow_up_reminder_sent_at INTEGER,
                    applied_at INTEGER,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL,
                    UNIQUE (job_rid, account_rid)
                ) STRICT;
                CREATE INDEX applications_by_account ON applications (account_rid, created_at DESC, rid DESC);
                CREATE INDEX applications_by_status ON applications (account_rid, status, created_at DESC, rid DESC);
                CREATE INDEX applications_by_user_status ON applications (account_rid, user_defined_status, created_at DESC, rid DESC)
                    WHERE user_defined_status IS NOT NULL;
                CREATE INDEX applications_by_skyvern_task ON applications (skyvern_task_id) WHERE skyvern_task_id <> '';

                -- What happened to an application. Rows are added, and go with their application; nothing changes one.
                CREATE TABLE application_events (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    application_rid INTEGER NOT NULL REFERENCES applications (rid) ON DELETE CASCADE,
                    at INTEGER NOT NULL,
                    actor TEXT NOT NULL CHECK (actor IN ('user', 'system', 'integration')),
                    -- Who of the users; null when nobody, or when that account is gone.
                    actor_rid INTEGER REFERENCES accounts (rid) ON DELETE SET NULL,
                    field TEXT NOT NULL CHECK (field IN ('status', 'user_defined_status', 'job')),
                    from_value TEXT,
                    to_value TEXT,
                    note TEXT NOT NULL
                ) STRICT;
                CREATE INDEX application_events_by_application ON application_events (application_rid, rid DESC);
                CREATE INDEX application_events_by_actor ON application_events (actor_rid) WHERE actor_rid IS NOT NULL;
                """),
        Migration(
            version: 54, name: "auto_apply_orders",
            sql: """
                -- One row an order to apply to a job automatically: the account's consent, and what its daily limit counts.
                -- The job is named by its id alone, so that a row outlives it: a deleted job gives no allowance back.
                CREATE TABLE auto_apply_orders (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    account_rid INTEGER NOT NULL REFERENCES accounts (rid) ON DELETE CASCADE,
                    job_id BLOB NOT NULL,
                    task_id BLOB NOT NULL,
                    ordered_at INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX auto_apply_orders_by_account ON auto_apply_orders (account_rid, ordered_at);
                """),
    ]
}
