import Platform

extension JobSchema {
    /// What lists, filters and full-text search read, and the jobs that accounts keep.
    static let searchMigrations = [
        Migration(
            version: 50, name: "jobs_folded",
            sql: """
                ALTER TABLE jobs ADD COLUMN skills_text TEXT NOT NULL DEFAULT '';
                ALTER TABLE jobs ADD COLUMN canonical_url TEXT NOT NULL DEFAULT '';
                CREATE INDEX jobs_by_canonical_url ON jobs (canonical_url) WHERE canonical_url <> '';

                -- One narrow row a job with all that lists filter and sort by, texts folded: a filter by a part of a text has
                -- to look at every job, and so it looks at few bytes of each. posted_key and pay_key hold the smallest number
                -- where there is no date or no pay, so that those come last without a word about nulls.
                CREATE TABLE jobs_folded (
                    rid INTEGER PRIMARY KEY REFERENCES jobs (rid) ON DELETE CASCADE,
                    posted_key INTEGER NOT NULL,
                    created_at INTEGER NOT NULL,
                    pay_key INTEGER NOT NULL,
                    title TEXT NOT NULL,
                    company TEXT NOT NULL,
                    location TEXT NOT NULL,
                    job_type TEXT NOT NULL,
                    experience_level TEXT NOT NULL,
                    is_remote INTEGER NOT NULL,
                    status TEXT NOT NULL,
                    salary_min INTEGER,
                    salary_max INTEGER,
                    likeness INTEGER NOT NULL,
                    generation INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX jobs_folded_in_order ON jobs_folded (
                    posted_key, created_at, rid, status, title, company, location, job_type, experience_level, is_remote, salary_min,
                    salary_max);
                CREATE INDEX jobs_folded_by_type ON jobs_folded (
                    job_type, posted_key, created_at, rid, experience_level, is_remote, status);
                CREATE INDEX jobs_folded_by_level ON jobs_folded (
                    experience_level, posted_key, created_at, rid, is_remote, status);
                CREATE INDEX jobs_folded_by_remote ON jobs_folded (is_remote, posted_key, created_at, rid, status);
                CREATE INDEX jobs_folded_by_status ON jobs_folded (status, posted_key, created_at, rid);
                CREATE INDEX jobs_folded_by_pay ON jobs_folded (
                    status, pay_key, posted_key, created_at, rid, job_type, experience_level, is_remote, salary_min, salary_max);
                CREATE INDEX jobs_folded_by_likeness ON jobs_folded (likeness);
                CREATE INDEX jobs_folded_by_generation ON jobs_folded (generation);

                -- Counts the writes to jobs, so that what was counted over them is known to be of now or of before.
                CREATE TABLE jobs_generation (rid INTEGER PRIMARY KEY CHECK (rid = 1), value INTEGER NOT NULL) STRICT;
                INSERT INTO jobs_generation VALUES (1, 0);

                -- Jobs from before these tables, until the next start has taken them in.
                CREATE TABLE jobs_unindexed (rid INTEGER PRIMARY KEY REFERENCES jobs (rid) ON DELETE CASCADE) STRICT;
                INSERT INTO jobs_unindexed SELECT rid FROM jobs;
                """),
        Migration(
            version: 51, name: "saved_jobs",
            sql: """
                CREATE TABLE saved_jobs (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    id BLOB NOT NULL UNIQUE,
                    account_rid INTEGER NOT NULL REFERENCES accounts (rid) ON DELETE CASCADE,
                    job_rid INTEGER NOT NULL REFERENCES jobs (rid) ON DELETE CASCADE,
                    category TEXT NOT NULL DEFAULT '',
                    notes TEXT NOT NULL DEFAULT '',
                    created_at INTEGER NOT NULL,
                    UNIQUE (account_rid, job_rid)
                ) STRICT;
                CREATE INDEX saved_jobs_by_account ON saved_jobs (account_rid, rid);
                CREATE INDEX saved_jobs_by_category ON saved_jobs (account_rid, category, rid);
                CREATE INDEX saved_jobs_by_job ON saved_jobs (job_rid);
                """),
        Migration(
            version: 52, name: "jobs_text",
            sql: """
                -- The words of the jobs that are active; kept in step by JobText and not by triggers, as passages_text is.
                CREATE VIRTUAL TABLE jobs_text USING fts5 (
                    title, company, description, requirements, skills_text, content = 'jobs', content_rowid = 'rid',
                    tokenize = "porter unicode61 remove_diacritics 2"
                );
                """),
    ]

    /// What finds parts of words; and an index that is narrower since filters by parts of texts are put to a copy in memory.
    static let wordMigrations = [
        Migration(
            version: 62, name: "jobs_words",
            sql: """
                -- The words of descriptions and skills, split at blanks alone and folded before they come here.
                CREATE VIRTUAL TABLE jobs_words USING fts5 (
                    words, content = '', columnsize = 0, detail = none,
                    tokenize = "ascii tokenchars '!""#$%&''()*+,-./:;<=>?@[\\]^_`{|}~'"
                );
                CREATE VIRTUAL TABLE jobs_vocabulary USING fts5vocab (jobs_words, row);

                DROP INDEX jobs_folded_in_order;
                CREATE INDEX jobs_folded_in_order ON jobs_folded (posted_key, created_at, rid);
                DROP INDEX jobs_folded_by_pay;
                CREATE INDEX jobs_folded_by_pay ON jobs_folded (
                    status, pay_key, posted_key, created_at, rid, job_type, experience_level, is_remote);

                -- The next start takes all jobs in anew.
                INSERT INTO jobs_text (jobs_text) VALUES ('delete-all');
                DELETE FROM jobs_folded;
                INSERT OR IGNORE INTO jobs_unindexed SELECT rid FROM jobs;
                """),
        Migration(
            version: 63, name: "jobs_words_of_items",
            sql: """
                -- An item of a list of skills is one word. The last two of the signs stand for blanks within an item.
                DROP TABLE jobs_vocabulary;
                DROP TABLE jobs_words;
                CREATE VIRTUAL TABLE jobs_words USING fts5 (
                    words, content = '', columnsize = 0, detail = none,
                    tokenize = "ascii tokenchars '!""#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\u{1e}\u{1f}'"
                );
                CREATE VIRTUAL TABLE jobs_vocabulary USING fts5vocab (jobs_words, row);

                -- The next start takes all jobs in anew.
                INSERT INTO jobs_text (jobs_text) VALUES ('delete-all');
                DELETE FROM jobs_folded;
                INSERT OR IGNORE INTO jobs_unindexed SELECT rid FROM jobs;
                """),
    ]
}
