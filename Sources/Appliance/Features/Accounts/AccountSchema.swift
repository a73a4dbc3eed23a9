import Platform

/// The tables of accounts, their profiles, logins and invitations, and the keys that sign tokens.
enum AccountSchema {
    static let migrations = [
        Migration(
            version: 10, name: "accounts",
            sql: """
                -- AUTOINCREMENT: rows that outlive an account for a while must never meet another one of its number.
                CREATE TABLE accounts (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    id BLOB NOT NULL UNIQUE,
                    email TEXT NOT NULL,
                    email_key TEXT NOT NULL UNIQUE,
                    password_hash TEXT NOT NULL,
                    password_version INTEGER NOT NULL DEFAULT 1,
                    first_name TEXT NOT NULL,
                    last_name TEXT NOT NULL,
                    is_active INTEGER NOT NULL DEFAULT 1,
                    is_staff INTEGER NOT NULL DEFAULT 0,
                    is_superuser INTEGER NOT NULL DEFAULT 0,
                    is_verified INTEGER NOT NULL DEFAULT 0,
                    last_login INTEGER,
                    date_joined INTEGER NOT NULL,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL
                ) STRICT;

                -- The number is the profile's id on the wire.
                CREATE TABLE profiles (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    account_rid INTEGER NOT NULL UNIQUE REFERENCES accounts (rid) ON DELETE CASCADE,
                    phone TEXT NOT NULL,
                    location TEXT NOT NULL,
                    linkedin_url TEXT NOT NULL,
                    github_url TEXT NOT NULL,
                    portfolio_url TEXT NOT NULL,
                    current_title TEXT NOT NULL,
                    current_company TEXT NOT NULL,
                    experience_level TEXT NOT NULL,
                    skills TEXT NOT NULL,
                    industries TEXT NOT NULL,
                    preferred_locations TEXT NOT NULL,
                    job_types TEXT NOT NULL,
                    salary_min INTEGER,
                    salary_max INTEGER,
                    remote_ok INTEGER NOT NULL,
                    cover_letter_template TEXT NOT NULL,
                    auto_apply_enabled INTEGER NOT NULL,
                    auto_apply_limit_daily INTEGER NOT NULL,
                    match_threshold REAL NOT NULL,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL
                ) STRICT;
                """),
        Migration(
            version: 11, name: "logins",
            sql: """
                -- One row a login: the family of tokens that descend from one entry of the password. Only the newest
                -- refresh token of a family is good, so the hash of that one is all that is kept: a genuine
                -- older one is recognised by its signature and by not being it. A row stays until its last token
                -- has expired, also when it was ended before, so that those tokens are known to be dead.
                CREATE TABLE logins (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    id BLOB NOT NULL UNIQUE,
                    account_rid INTEGER NOT NULL REFERENCES accounts (rid) ON DELETE CASCADE,
                    refresh_hash BLOB NOT NULL,
                    client_address TEXT NOT NULL,
                    user_agent TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    last_used_at INTEGER NOT NULL,
                    expires_at INTEGER NOT NULL,
                    ended_at INTEGER,
                    ended_because TEXT
                ) STRICT;
                CREATE INDEX logins_by_account ON logins (account_rid, last_used_at DESC, rid DESC);
                CREATE INDEX logins_by_expiry ON logins (expires_at);

                -- The key without an end signs; the others verify until theirs.
                CREATE TABLE signing_keys (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    kid TEXT NOT NULL UNIQUE,
                    secret BLOB NOT NULL,
                    created_at INTEGER NOT NULL,
                    verifies_until INTEGER
                ) STRICT;
                CREATE UNIQUE INDEX signing_keys_one_signs ON signing_keys ((verifies_until IS NULL)) WHERE verifies_until IS NULL;
                """),
    ]

    /// A later step, so it has its own place in `Schema`.
    static let invitationMigrations = [
        Migration(
            version: 42, name: "invitations",
            sql: """
                -- A code is shown once, when it is made; its hash is all that is kept. uses_left falls with each account
                -- that is made with it, and used_at and used_by tell of the last one. email_key limits it to one address.
                CREATE TABLE invitations (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    id BLOB NOT NULL UNIQUE,
                    code_hash BLOB NOT NULL UNIQUE,
                    email TEXT,
                    email_key TEXT,
                    note TEXT NOT NULL,
                    uses_allowed INTEGER NOT NULL,
                    uses_left INTEGER NOT NULL CHECK (uses_left BETWEEN 0 AND uses_allowed),
                    created_at INTEGER NOT NULL,
                    expires_at INTEGER NOT NULL,
                    used_at INTEGER,
                    used_by INTEGER REFERENCES accounts (rid) ON DELETE SET NULL,
                    revoked_at INTEGER
                ) STRICT;
                CREATE INDEX invitations_by_email ON invitations (email_key) WHERE email_key IS NOT NULL;
                CREATE INDEX invitations_by_user ON invitations (used_by) WHERE used_by IS NOT NULL;
                """)
    ]
}
