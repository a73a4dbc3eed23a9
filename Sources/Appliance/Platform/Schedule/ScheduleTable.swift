/// All SQL over schedules.
package enum ScheduleTable {
    /// Runs that are kept of each schedule, however old: a clock that goes back to where it was finds them.
    static let keptRuns = 500

    // MARK: Which are on

    /// What a row says: the timetable as text, and since when.
    struct Row: Sendable, Equatable {
        var timetable: String
        var since: Timestamp
    }

    static func rows(in reader: Reader) throws -> [String: Row] {
        var rows: [String: Row] = [:]
        try reader.each("SELECT name, timetable, since FROM schedules") {
            rows[try $0.text(0)] = Row(timetable: try $0.text(1), since: try $0.time(2))
        }
        return rows
    }

    /// Takes note of a schedule that is on, from now on; one that was on with the same timetable stays on since then.
    static func turnOn(_ name: String, timetable: String, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO schedules (name, timetable, since) VALUES ($1, $2, $3)
            ON CONFLICT (name) DO UPDATE SET timetable = excluded.timetable, since = excluded.since
            WHERE schedules.timetable <> excluded.timetable OR schedules.since > excluded.since
            """, name, timetable, transaction.now)
    }

    static func turnOff(_ name: String, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM schedules WHERE name = $1", name)
    }

    // MARK: What has run

    /// Orders the work of a slot. False, and nothing is ordered, when the slot has run already.
    static func run(_ schedule: Schedule, slot: Timestamp, in transaction: Transaction) throws -> Bool {
        let known = try transaction.int("SELECT count(*) FROM schedule_runs WHERE schedule = $1 AND slot = $2", schedule.name, slot)
        guard known == 0 else { return false }
        let work = try transaction.enqueue(schedule.order)
        try note(schedule.name, slot: slot, work: work, in: transaction)
        return true
    }

    /// Orders the work now, because somebody asked for it; returns its id.
    package static func runNow(_ schedule: Schedule, in transaction: Transaction) throws -> Identifier {
        let work = try transaction.enqueue(schedule.order)
        try note(schedule.name, slot: nil, work: work, in: transaction)
        return work
    }

    private static func note(_ name: String, slot: Timestamp?, work: Identifier, in transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO schedule_runs (schedule, slot, ordered_at, work_id) VALUES ($1, $2, $3, $4)", name, slot, transaction.now, work)
    }

    /// A run, and the work that it ordered.
    package struct Run: Sendable, Equatable {
        /// Nil when it was run by hand.
        package let slot: Timestamp?
        package let orderedAt: Timestamp
        package let work: Identifier
    }

    package static func latest(of name: String, in reader: Reader) throws -> Run? {
        try reader.first("SELECT slot, ordered_at, work_id FROM schedule_runs WHERE schedule = $1 ORDER BY rid DESC LIMIT 1", name) {
            Run(slot: try $0.timeOrNil(0), orderedAt: try $0.time(1), work: try $0.id(2))
        }
    }

    /// Deletes some runs that were ordered before then, but none of the newest of each schedule; returns how many.
    package static func clean(orderedBefore: Timestamp, limit: Int, in transaction: Transaction) throws -> Int {
        try transaction.execute(
            """
            DELETE FROM schedule_runs WHERE rid IN (
                SELECT rid FROM schedule_runs AS old WHERE ordered_at < $1 AND rid <= (
                    SELECT rid FROM schedule_runs WHERE schedule = old.schedule ORDER BY rid DESC LIMIT 1 OFFSET $2)
                ORDER BY ordered_at LIMIT $3)
            """, orderedBefore, keptRuns, limit)
    }
}
