/// What is counted of the database.
extension Database: MetricsSource {
    package func write(into writer: inout MetricsWriter) {
        let counters = counters
        writer.value("jobraker_sqlite_commits_total", .counter, "Transactions on the disk.", Int64(counters.commits))
        writer.value(
            "jobraker_sqlite_writes_total", .counter, "Writes that were committed, several to a transaction.", Int64(counters.writes))
        writer.value(
            "jobraker_sqlite_failed_commits_total", .counter, "Transactions that failed as a whole.", Int64(counters.failedCommits))
        writer.value(
            "jobraker_sqlite_repeated_groups_total", .counter, "Groups that ran again without one member.", Int64(counters.repeatedGroups))
        writer.value(
            "jobraker_sqlite_checkpoints_total", .counter, "Times the log was moved into the main file.", Int64(counters.checkpoints))
        writer.value("jobraker_sqlite_writes_waiting", .gauge, "Writes in the queue now.", Int64(writesWaiting))
        writer.family("jobraker_sqlite_commit_seconds", .histogram, "A group of writes, from its beginning to the disk.") {
            $0.histogram(groupDuration)
        }
        let reads = readCounters
        writer.value("jobraker_sqlite_reads_total", .counter, "Reads on the caller's own thread.", reads.served)
        writer.value("jobraker_sqlite_reads_over_budget_total", .counter, "Reads that took too long and were stopped.", reads.overBudget)
        writer.value("jobraker_sqlite_scans_waiting", .gauge, "Long reads in the queue now.", Int64(scansWaiting))
        for (name, suffix, help) in [("db", "", "The main file."), ("wal", "-wal", "The write-ahead log.")] {
            guard let size = FileSystem.identity(directory.databasePath + suffix)?.size else { continue }
            writer.value("jobraker_sqlite_\(name)_bytes", .gauge, help, size)
        }
    }
}
