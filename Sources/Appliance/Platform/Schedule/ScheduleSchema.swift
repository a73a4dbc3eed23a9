/// The tables of schedules: which are switched on, and what has run.
package enum ScheduleSchema {
    package static let migrations = [
        Migration(
            version: 85, name: "schedules",
            sql: """
                -- One row for each schedule that is switched on; since is when it began to be, with this timetable.
                CREATE TABLE schedules (
                    rid INTEGER PRIMARY KEY,
                    name TEXT NOT NULL UNIQUE,
                    timetable TEXT NOT NULL,
                    since INTEGER NOT NULL
                ) STRICT;

                -- One row for each slot that has run, written together with the work that it ordered. slot is null where
                -- somebody ran it by hand.
                CREATE TABLE schedule_runs (
                    rid INTEGER PRIMARY KEY AUTOINCREMENT,
                    schedule TEXT NOT NULL,
                    slot INTEGER,
                    ordered_at INTEGER NOT NULL,
                    work_id BLOB NOT NULL
                ) STRICT;
                CREATE UNIQUE INDEX schedule_runs_once ON schedule_runs (schedule, slot) WHERE slot IS NOT NULL;
                CREATE INDEX schedule_runs_by_schedule ON schedule_runs (schedule, rid DESC);
                CREATE INDEX schedule_runs_by_age ON schedule_runs (ordered_at);
                """)
    ]
}
