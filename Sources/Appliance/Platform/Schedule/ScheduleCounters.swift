import Synchronization

/// What the schedules have done since the process started.
package final class ScheduleCounters: MetricsSource {
    struct Entry: Sendable, Equatable {
        var runs = 0
        var lastSlot = Timestamp(microseconds: 0)
        /// How long after its slot the last run was ordered.
        var lateMicroseconds: Int64 = 0
    }

    private let entries = Mutex<[String: Entry]>([:])

    var all: [String: Entry] { entries.withLock { $0 } }

    func note(_ name: String, slot: Timestamp, late: Int64) {
        entries.withLock { entries in
            entries[name, default: Entry()].runs += 1
            entries[name]?.lastSlot = slot
            entries[name]?.lateMicroseconds = late
        }
    }

    package func write(into writer: inout MetricsWriter) {
        let entries = all.sorted { $0.key < $1.key }
        writer.family("jobraker_schedule_runs_total", .counter, "Slots that ran, by schedule.") { family in
            for (name, entry) in entries { family.sample(Int64(entry.runs), ["schedule": name]) }
        }
        writer.family("jobraker_schedule_last_slot_timestamp_seconds", .gauge, "The slot that ran last, by schedule.") { family in
            for (name, entry) in entries { family.sample(entry.lastSlot.seconds, ["schedule": name]) }
        }
        writer.family("jobraker_schedule_lag_seconds", .gauge, "How long after its slot the last run was ordered.") { family in
            for (name, entry) in entries { family.seconds(microseconds: entry.lateMicroseconds, ["schedule": name]) }
        }
    }
}
