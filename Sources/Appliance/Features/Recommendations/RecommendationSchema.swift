import Platform

/// The table of recommendations.
enum RecommendationSchema {
    static let migrations = [
        Migration(
            version: 56, name: "recommendations",
            sql: """
                CREATE TABLE recommended_jobs (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    id BLOB NOT NULL UNIQUE,
                    account_rid INTEGER NOT NULL REFERENCES accounts (rid) ON DELETE CASCADE,
                    job_rid INTEGER NOT NULL REFERENCES jobs (rid) ON DELETE CASCADE,
                    score REAL NOT NULL CHECK (score BETWEEN 0 AND 1),
                    status TEXT NOT NULL DEFAULT 'pending_review'
                        CHECK (status IN ('pending_review', 'viewed', 'applied', 'dismissed', 'irrelevant')),
                    algorithm_version TEXT,
                    reasons TEXT NOT NULL,
                    recommended_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL,
                    UNIQUE (account_rid, job_rid)
                ) STRICT;
                -- The order of the lists; the status at its end lets a filter and a count go without the rows.
                CREATE INDEX recommended_jobs_by_score
                    ON recommended_jobs (account_rid, score DESC, recommended_at DESC, rid DESC, status);
                CREATE INDEX recommended_jobs_by_job ON recommended_jobs (job_rid);
                """)
    ]
}
