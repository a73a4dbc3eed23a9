extension SettingTable {
    static let storage = SettingTable(
        name: "storage",
        manual: """
            Where the database lives, and how writes queue for it.
            """,
        settings: [
            .text(
                "storage.directory", \.storage.directory, .path, .restart,
                """
                The directory of the database and its backup. It is made if it is missing,
                readable by its owner only. Empty: $STATE_DIRECTORY, or ./data where systemd
                set none. It has to be a local disk: SQLite's log needs shared memory and
                locks that network file systems do not give. Point it somewhere else and the
                server starts with an empty database there; the old one stays where it was.
                """),
            .integer(
                "storage.writer_queue", \.storage.writerQueue, 1024, in: 16...65536, unit: "waiting writes", .restart,
                """
                How many writes may wait for the one writer. When they are more, requests are
                answered with 503 and Retry-After. Too small refuses harmless bursts; too
                large lets clients wait for longer than they care to.
                """),
            .integer(
                "storage.group_limit", \.storage.groupLimit, 256, in: 1...4096, unit: "writes a commit", .restart,
                """
                How many waiting writes share one commit, and with it one wait for the disk.
                1 gives each its own, which is slower and no safer. Large groups raise the
                throughput, and the delay of the first write in each.
                """),
        ])

    static let backup = SettingTable(
        name: "backup",
        manual: """
            The whole, checked copy of the database in backup/jobraker.db, beside the live
            one. To copy that file, with this one, is to back up everything.
            """,
        settings: [
            .integer(
                "backup.interval_minutes", \.backup.intervalMinutes, 60, in: 0...10080, unit: "minutes", .restart,
                """
                How often the copy is renewed; a turn is skipped when nothing has changed.
                A database above 256 MiB is copied once a day at most, whatever stands here.
                0 switches the regular copy off: then only the one before each migration is
                made, and what is lost with the disk is yours to copy in another way.
                """)
        ])
}
