/// What is counted of the background work.
extension WorkQueue: MetricsSource {
    package nonisolated func write(into writer: inout MetricsWriter) {
        let kinds = counters.all.sorted { $0.key < $1.key }
        writer.family("jobraker_queue_attempts_total", .counter, "Attempts that ended, by kind of work and by how.") { family in
            for (name, kind) in kinds {
                family.sample(Int64(kind.succeeded), ["kind": name, "outcome": "succeeded"])
                family.sample(Int64(kind.retried), ["kind": name, "outcome": "retried"])
                family.sample(Int64(kind.dead), ["kind": name, "outcome": "dead"])
            }
        }
        writer.family("jobraker_queue_busy_seconds_total", .counter, "Time spent in attempts, by kind of work.") { family in
            for (name, kind) in kinds { family.seconds(microseconds: kind.busyMicroseconds, ["kind": name]) }
        }
        // What cannot be read is left out rather than wrong. Above some thousands of items that is their number, which
        // takes longer to count than a read may; how late the queue is, by which an operator is woken, is told all the same.
        if let late = try? lateness() {
            writer.seconds("jobraker_queue_oldest_due_seconds", .gauge, "How long the longest due item has been due.", microseconds: late)
        }
        guard let depths = try? depths() else { return }
        writer.family("jobraker_queue_items", .gauge, "Items by state.") { family in
            for state in [WorkItem.State.pending, .running, .retry, .dead] {
                family.sample(Int64(depths[state] ?? 0), ["state": state.rawValue])
            }
        }
    }
}
