import Platform

enum JobSchema {
    static let migrations = [
        Migration(
            version: 32, name: "jobs",
            sql: """
                CREATE TABLE jobs (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    id BLOB NOT NULL UNIQUE,
                    title TEXT NOT NULL,
                    company TEXT NOT NULL,
                    description TEXT NOT NULL,
                    requirements TEXT NOT NULL,
                    benefits TEXT NOT NULL,
                    location TEXT NOT NULL,
                    city TEXT NOT NULL,
                    state TEXT NOT NULL,
                    country TEXT NOT NULL,
                    is_remote INTEGER NOT NULL,
                    remote_type TEXT NOT NULL,
                    job_type TEXT NOT NULL,
                    experience_level TEXT NOT NULL,
                    salary_min INTEGER,
                    salary_max INTEGER,
                    salary_currency TEXT NOT NULL,
                    salary_period TEXT NOT NULL,
                    skills_required TEXT NOT NULL,
                    skills_preferred TEXT NOT NULL,
                    technologies TEXT NOT NULL,
                    external_id TEXT NOT NULL,
                    external_source TEXT NOT NULL,
                    external_url TEXT NOT NULL,
                    company_logo_url TEXT NOT NULL,
                    status TEXT NOT NULL,
                    posted_date INTEGER,
                    application_deadline INTEGER,
                    view_count INTEGER NOT NULL DEFAULT 0,
                    application_count INTEGER NOT NULL DEFAULT 0,
                    processed_for_matching INTEGER NOT NULL DEFAULT 0,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL
                ) STRICT;
                CREATE UNIQUE INDEX jobs_by_external_id ON jobs (external_source, external_id) WHERE external_id <> '';
                CREATE INDEX jobs_by_posted_date ON jobs (posted_date DESC, created_at DESC);
                """)
    ]
}
