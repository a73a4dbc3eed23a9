/// The table of background work.
///
/// One row an item, from its order until it is cleaned away:
///
///     state      lease_*   run_at               finished_at
///     pending    null      when it may begin    null
///     running    set       when it was due      null
///     retry      null      the next attempt     null
///     succeeded  null      -                    set
///     dead       null      -                    set
///     cancelled  null      -                    set
///
/// `attempts` is written before a run, so that a run which takes the process down is counted all the same. A process
/// names itself by node and boot: on one node nothing of another boot can still be running.
///
/// What waits stands in one of three indexes, so that the next item is found at once however many others wait:
/// `is_ready` is set for what is due; what is due later gets it when its time has come; what was running at the end of
/// its process twice (`interruptions`) never gets it, and is taken by itself.
package enum WorkSchema {
    package static let migrations = [
        Migration(
            version: 41, name: "work",
            sql: """
                -- account_rid refers to no table: the platform knows no accounts. Who deletes one deletes its items.
                CREATE TABLE work_items (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    id BLOB NOT NULL UNIQUE,
                    kind TEXT NOT NULL,
                    account_rid INTEGER,
                    unique_key TEXT,
                    payload TEXT NOT NULL,
                    state TEXT NOT NULL
                        CHECK (state IN ('pending', 'running', 'retry', 'succeeded', 'dead', 'cancelled')),
                    attempts INTEGER NOT NULL DEFAULT 0,
                    -- Runs that ended with their process.
                    interruptions INTEGER NOT NULL DEFAULT 0,
                    run_at INTEGER NOT NULL,
                    lease_node TEXT,
                    lease_boot BLOB,
                    lease_until INTEGER,
                    result TEXT,
                    error TEXT,
                    error_code TEXT,
                    created_at INTEGER NOT NULL,
                    started_at INTEGER,
                    finished_at INTEGER
                ) STRICT;
                CREATE INDEX work_items_due ON work_items (run_at, rid) WHERE state IN ('pending', 'retry');
                CREATE INDEX work_items_leased ON work_items (lease_until) WHERE state = 'running';
                CREATE INDEX work_items_finished ON work_items (state, finished_at) WHERE finished_at IS NOT NULL;
                CREATE UNIQUE INDEX work_items_open_key ON work_items (kind, unique_key)
                    WHERE unique_key IS NOT NULL AND state IN ('pending', 'running', 'retry');
                CREATE INDEX work_items_by_key ON work_items (kind, unique_key) WHERE unique_key IS NOT NULL;
                CREATE INDEX work_items_by_account ON work_items (account_rid) WHERE account_rid IS NOT NULL;
                """)
    ]

    package static let queueMigrations = [
        Migration(
            version: 80, name: "work queues",
            sql: """
                -- 0 goes before 1, and 1 before 2.
                ALTER TABLE work_items ADD COLUMN priority INTEGER NOT NULL DEFAULT 1;
                ALTER TABLE work_items ADD COLUMN is_ready INTEGER NOT NULL DEFAULT 0;
                -- Runs that ended without being an attempt.
                ALTER TABLE work_items ADD COLUMN snoozes INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE work_items ADD COLUMN cancel_asked_at INTEGER;
                DROP INDEX work_items_due;
                CREATE INDEX work_items_ready ON work_items (kind, priority, run_at, rid, state) WHERE is_ready = 1;
                CREATE INDEX work_items_turns ON work_items (kind, (coalesce(account_rid, 0)), priority, run_at, rid) WHERE is_ready = 1;
                CREATE INDEX work_items_later ON work_items (run_at, rid, kind, state)
                    WHERE is_ready = 0 AND interruptions < 2 AND state IN ('pending', 'retry');
                CREATE INDEX work_items_quarantine ON work_items (run_at, rid, kind, state)
                    WHERE interruptions >= 2 AND state IN ('pending', 'retry');
                CREATE INDEX work_items_dead ON work_items (kind, finished_at) WHERE state = 'dead';
                -- In which queue each kind stands, as the last server to start said: for commands without a server.
                CREATE TABLE work_kinds (kind TEXT PRIMARY KEY, queue TEXT NOT NULL) STRICT;
                CREATE TABLE work_pauses (queue TEXT PRIMARY KEY, paused_at INTEGER NOT NULL) STRICT;
                """)
    ]
}
