import Platform

/// The tables of mail.
enum MailSchema {
    static let migrations = [
        Migration(
            version: 90, name: "mail",
            sql: """
                -- What a link in a mail proves. The token itself is in no row: it follows from the seed and a key of the
                -- instance, and what is compared is its hash. A row goes when it is used.
                CREATE TABLE mail_tokens (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    account_rid INTEGER NOT NULL REFERENCES accounts (rid) ON DELETE CASCADE,
                    purpose TEXT NOT NULL,
                    seed BLOB NOT NULL,
                    hash BLOB NOT NULL UNIQUE,
                    -- With another address or another password it is good no more.
                    email_key TEXT NOT NULL,
                    password_version INTEGER NOT NULL,
                    created_at INTEGER NOT NULL,
                    expires_at INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX mail_tokens_by_account ON mail_tokens (account_rid, purpose, created_at);
                CREATE INDEX mail_tokens_by_expiry ON mail_tokens (expires_at);

                -- What mails are made of, and what became of them. A work item of kind mail.send carries each that is
                -- queued to the mail server; content is what its template is filled with.
                CREATE TABLE mails (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    id BLOB NOT NULL UNIQUE,
                    account_rid INTEGER NOT NULL REFERENCES accounts (rid) ON DELETE CASCADE,
                    kind TEXT NOT NULL,
                    recipient TEXT NOT NULL,
                    recipient_key TEXT NOT NULL,
                    recipient_name TEXT NOT NULL,
                    content TEXT NOT NULL,
                    token_rid INTEGER REFERENCES mail_tokens (rid) ON DELETE SET NULL,
                    useful_until INTEGER,
                    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'kept', 'refused', 'failed', 'expired')),
                    code TEXT NOT NULL,
                    detail TEXT NOT NULL,
                    attempts INTEGER NOT NULL DEFAULT 0,
                    created_at INTEGER NOT NULL,
                    attempted_at INTEGER,
                    finished_at INTEGER
                ) STRICT;
                CREATE INDEX mails_by_account ON mails (account_rid, rid DESC);
                CREATE INDEX mails_by_state ON mails (state, rid DESC);
                CREATE INDEX mails_by_token ON mails (token_rid) WHERE token_rid IS NOT NULL;
                CREATE INDEX mails_attempted ON mails (attempted_at) WHERE attempted_at IS NOT NULL;
                CREATE INDEX mails_attempted_by_recipient ON mails (recipient_key, attempted_at) WHERE attempted_at IS NOT NULL;
                CREATE INDEX mails_finished ON mails (finished_at) WHERE finished_at IS NOT NULL;

                -- Addresses to which no mail is sent any more, as the mail server says that they take none.
                CREATE TABLE refused_addresses (
                    account_rid INTEGER PRIMARY KEY REFERENCES accounts (rid) ON DELETE CASCADE,
                    address_key TEXT NOT NULL,
                    detail TEXT NOT NULL,
                    at INTEGER NOT NULL
                ) STRICT;
                """)
    ]

    /// What mails tell of: a later step, so it has its own place in `Schema`.
    static let notificationMigrations = [
        Migration(
            version: 93, name: "mail_notifications",
            sql: """
                ALTER TABLE mails ADD COLUMN not_before INTEGER;

                -- The notifications that a mail tells of. One that is deleted leaves its number here, which no other gets: so
                -- it is known that a mail told of something, and that this is gone.
                CREATE TABLE mail_notifications (
                    mail_rid INTEGER NOT NULL REFERENCES mails (rid) ON DELETE CASCADE,
                    notification_rid INTEGER NOT NULL,
                    PRIMARY KEY (mail_rid, notification_rid)
                ) STRICT, WITHOUT ROWID;
                """)
    ]
}
