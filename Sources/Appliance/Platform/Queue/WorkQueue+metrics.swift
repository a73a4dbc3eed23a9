/// What is counted of the background work.
extension WorkQueue: MetricsSource {
    package nonisolated func write(into writer: inout MetricsWriter) {
        writeRuns(into: &writer)
        writeLateness(into: &writer)
        // What cannot be read is left out rather than wrong. Above some thousands of items that is their number, which
        // takes longer to count than a read may; how late the queue is, by which an operator is woken, is told all the same.
        guard let figures = try? database.read({ try WorkTable.figures(in: $0) }) else { return }
        writer.family("jobraker_queue_items", .gauge, "Items by state.") { family in
            let all = figures.total
            for (state, count) in [
                (WorkItem.State.pending, all.pending), (.running, all.running), (.retry, all.retry), (.dead, all.dead),
            ] {
                family.sample(Int64(count), ["state": state.rawValue])
            }
        }
        let queues = figures.queues(queueOf)
        func family(_ name: String, _ help: String, _ value: (WorkFigures.Kind) -> Int) {
            writer.family(name, .gauge, help) { family in
                for queue in WorkQueueName.allCases {
                    family.sample(Int64(value(queues[queue] ?? WorkFigures.Kind())), ["queue": queue.rawValue])
                }
            }
        }
        family("jobraker_queue_depth", "Items that wait, by queue.", \.waiting)
        family("jobraker_queue_running", "Items that run, by queue.", \.running)
        family("jobraker_queue_dead", "Items that failed for good and are kept, by queue.", \.dead)
        family("jobraker_queue_quarantined", "Items that were running at the end of the process twice and wait, by queue.", \.quarantined)
    }

    /// What was done since the process began.
    private nonisolated func writeRuns(into writer: inout MetricsWriter) {
        let kinds = counters.all.sorted { $0.key < $1.key }
        writer.family("jobraker_queue_attempts_total", .counter, "Runs that ended, by kind of work and by how.") { family in
            for (name, kind) in kinds {
                for (outcome, count) in kind.outcomes { family.sample(Int64(count), ["kind": name, "outcome": outcome]) }
            }
        }
        writer.family("jobraker_queue_runs_total", .counter, "Runs that ended, by queue and by how.") { family in
            for queue in WorkQueueName.allCases {
                let own = kinds.filter { queueOf[$0.key] == queue }.map(\.value)
                for (outcome, _) in WorkCounters.Kind().outcomes {
                    let count = own.reduce(0) { sum, kind in sum + (kind.outcomes.first { $0.outcome == outcome }?.count ?? 0) }
                    family.sample(Int64(count), ["queue": queue.rawValue, "outcome": outcome])
                }
            }
        }
        writer.family("jobraker_queue_busy_seconds_total", .counter, "Time spent in runs, by kind of work.") { family in
            for (name, kind) in kinds { family.seconds(microseconds: kind.busyMicroseconds, ["kind": name]) }
        }
        writer.family("jobraker_queue_delay_seconds", .histogram, "How long items waited from when they were due until they began.") {
            $0.histogram(counters.delay)
        }
    }

    private nonisolated func writeLateness(into writer: inout MetricsWriter) {
        if let late = try? lateness() {
            writer.seconds("jobraker_queue_oldest_due_seconds", .gauge, "How long the longest due item has been due.", microseconds: late)
        }
        guard let oldest = try? database.read({ try WorkTable.oldestReady(in: $0) }) else { return }
        writer.family("jobraker_queue_oldest_seconds", .gauge, "How long the longest due item of each queue has been due.") { family in
            let now = clock.now()
            for queue in WorkQueueName.allCases {
                let due = oldest.filter { queueOf[$0.key] == queue }.values.min() ?? now
                family.seconds(microseconds: max(0, now.microseconds - due.microseconds), ["queue": queue.rawValue])
            }
        }
        guard let paused = try? database.read({ try WorkTable.pausedQueues(in: $0) }) else { return }
        writer.family("jobraker_queue_paused", .gauge, "1 for a queue that nothing is taken from, until it is resumed.") { family in
            for queue in WorkQueueName.allCases { family.sample(paused.contains(queue) ? 1 : 0, ["queue": queue.rawValue]) }
        }
    }

    /// How long the longest due item has been due, in microseconds.
    private nonisolated func lateness() throws -> Int64 {
        guard let due = try database.read({ try WorkTable.oldestDue(in: $0) }) else { return 0 }
        return max(0, clock.now().microseconds - due.microseconds)
    }
}
