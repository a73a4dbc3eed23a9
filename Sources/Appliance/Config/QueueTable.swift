extension SettingTable {
    static let queue = SettingTable(
        name: "queue",
        manual: """
            Background work: what a request sets off and does not wait for.
            """,
        settings: [
            .integer(
                "queue.workers", \.queue.workers, 4, in: 1...64, unit: "items", .restart,
                """
                How many pieces of work run at once. Most of them wait for a provider, so
                more than the cores is right; each holds a connection to its provider and
                some memory. Too few: answers come late when many people ask at once.
                """),
            .boolean(
                "queue.inline", \.queue.inline, false, .live,
                """
                true: a request that sets off work is answered when the work has been tried
                once, as in tests and with clients that cannot ask for a task's state. The
                caller then waits as long as the model takes.
                """),
        ])
}
