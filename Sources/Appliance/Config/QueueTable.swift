extension SettingTable {
    static let queue = SettingTable(
        name: "queue",
        manual: """
            Background work: what a request or the clock sets off and nobody waits for.
            Each kind of work stands in one of six queues: ai (questions to the model),
            webhook, mail, ingest (fetching jobs), index (vectors) and maintenance. Each
            has places and a pace of its own, so that a slow mail server holds up no
            answer.
            """,
        settings: queueTotals + queuePlaces + queuePaces + queueKeeping)

    private static let queueTotals = [
        Setting.integer(
            "queue.workers", \.queue.workers, 24, in: 1...256, unit: "items", .restart,
            """
            How many pieces of work run at once, of all queues together. With fewer
            places than the queues have between them, ai gets its own first, then webhook,
            mail, ingest, index and maintenance. Most of them wait for somebody else's
            server, so more than the cores is right; each holds a connection and some
            memory.
            """),
        Setting.boolean(
            "queue.inline", \.queue.inline, false, .live,
            """
            true: a request that sets off work is answered when the work has been tried
            once, as in tests and with clients that cannot ask for a task's state. The
            caller then waits as long as the model takes.
            """),
    ]

    private static let queuePlaces = [
        Setting.integer(
            "queue.ai_workers", \.queue.aiWorkers, 4, in: 1...256, unit: "items", .restart,
            """
            Questions to the model that are answered at once in the background. Too few:
            answers come late when many people ask. Too many for a model on this machine:
            all of them come late.
            """),
        Setting.integer(
            "queue.ai_workers_per_account", \.queue.aiWorkersPerAccount, 2, in: 1...256, unit: "items", .restart,
            """
            Of these, how many may be one account's. Accounts take turns besides, so that
            one with a thousand questions keeps nobody else waiting.
            """),
        Setting.integer(
            "queue.webhook_workers", \.queue.webhookWorkers, 8, in: 1...256, unit: "items", .restart,
            """
            Calls to other people's servers at once. One that does not answer holds its
            place for some seconds.
            """),
        Setting.integer(
            "queue.mail_workers", \.queue.mailWorkers, 2, in: 1...256, unit: "items", .restart,
            """
            Mails on their way at once. Each is a connection to the mail server, which may
            allow only a few.
            """),
        Setting.integer(
            "queue.ingest_workers", \.queue.ingestWorkers, 2, in: 1...256, unit: "items", .restart,
            """
            Job sources that are fetched from at once. What they send is parsed in memory,
            a page at a time for each.
            """),
        Setting.integer(
            "queue.index_workers", \.queue.indexWorkers, 1, in: 1...256, unit: "items", .restart,
            """
            Pieces of work on the index at once. They compute, and share the cores with
            the requests.
            """),
        Setting.integer(
            "queue.maintenance_workers", \.queue.maintenanceWorkers, 7, in: 1...256, unit: "items", .restart,
            """
            Alerts, recommendations, announcements, clean-ups and everything else of the
            server's own, at once.
            """),
    ]

    private static let queuePaces = [
        Setting.integer(
            "queue.ai_per_minute", \.queue.aiPerMinute, 0, in: 0...60_000, unit: "items a minute", .restart,
            """
            Questions that begin within a minute, spread evenly but for a tenth: for a
            provider that counts requests. 0: no limit, here and below.
            """),
        Setting.integer(
            "queue.webhook_per_minute", \.queue.webhookPerMinute, 0, in: 0...60_000, unit: "items a minute", .restart,
            """
            The same for webhooks and push messages, of all accounts together. What is too
            much waits its turn.
            """),
        Setting.integer(
            "queue.mail_per_minute", \.queue.mailPerMinute, 0, in: 0...60_000, unit: "items a minute", .restart,
            """
            The same for mails: a server that has never sent many is taken for a spammer
            when it suddenly does.
            """),
        Setting.integer(
            "queue.ingest_per_minute", \.queue.ingestPerMinute, 0, in: 0...60_000, unit: "items a minute", .restart,
            """
            The same for fetching from job sources, which often allow so many requests a
            minute and no more.
            """),
        Setting.integer(
            "queue.index_per_minute", \.queue.indexPerMinute, 0, in: 0...60_000, unit: "items a minute", .restart,
            """
            The same for work on the index: fewer leave more of a small machine's time to
            the requests.
            """),
        Setting.integer(
            "queue.maintenance_per_minute", \.queue.maintenancePerMinute, 0, in: 0...60_000, unit: "items a minute", .restart,
            """
            The same for everything else that the server does by itself. It is rarely of
            use.
            """),
    ]

    private static let queueKeeping = [
        Setting.integer(
            "queue.result_limit_bytes", \.queue.resultLimitBytes, 65_536, in: 1024...1_048_576, unit: "bytes", .restart,
            """
            How long the result of a piece of work may be. Work with a longer one fails,
            and nothing of it is kept.
            """),
        Setting.integer(
            "queue.keep_done_days", \.queue.keepDoneDays, 7, in: 1...365, unit: "days", .restart,
            """
            How long a finished piece of work and its result can still be asked for. Each
            takes some hundred bytes of the database.
            """),
        Setting.integer(
            "queue.keep_dead_days", \.queue.keepDeadDays, 30, in: 1...3650, unit: "days", .restart,
            """
            The same for work that failed for good, which `jobraker queue retry` can try
            again while it is kept.
            """),
    ]
}
