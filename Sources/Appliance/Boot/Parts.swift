import Platform

/// All that stands between the core and the network, put together once.
///
/// It starts after the core and before the listeners, and stops after these and before the core.
struct Parts: Sendable {
    let outbound: Outbound
    let vectors: VectorSearch
    let queue: WorkQueue
    let scheduler: Scheduler
    let limiter: RateLimiter
    /// How often texts were judged, and with what outcome.
    let judgements: ModerationCounters
    let views: ViewCounter
    let streams: ChatStreams
    let live: LiveParts
    let mail: MailParts
    let targets: TargetParts
    /// The WebSockets that are open.
    var sockets: SocketRegistry { live.sockets }
    var bus: Bus { live.bus }
    let dispatcher: Dispatcher

    /// What is running when it returns: the index of vectors, which follows the database, and the queue.
    static func start(
        core: Core, model: LocalModel, httpSettings: HTTPSettings, templates: CurrentMailTemplates, current: Appliance.Settings,
        metrics extra: [any MetricsSource]
    ) async throws -> Parts {
        let outbound = Outbound(clock: core.clock, random: core.random)
        let provider = ProviderMetrics()
        let vectors = makeVectors(core, model, outbound, provider, current.values)
        do {
            let searches = RetrievalMetrics(clock: core.clock)
            let retriever = Retriever(database: core.database, vectors: vectors, metrics: searches)
            let assistant = Assistant(
                database: core.database, retriever: retriever,
                provider: ChatProvider(outbound: outbound, metrics: provider), random: core.random,
                settings: { current.values.assistant }, allowance: { current.values.tokenAllowance }, log: core.log)
            let judgements = ModerationCounters()
            let moderator = Moderator(
                provider: ModerationProvider(outbound: outbound, metrics: provider), settings: { current.values.moderation },
                clock: core.clock, counters: judgements, log: core.log)
            let moderation = Moderation(database: core.database, moderator: moderator, log: core.log)
            let mail = try await MailParts.open(core, templates, current)
            let targets = TargetParts(outbound: outbound) { current.values }
            let queue = makeQueue(core, assistant, moderation, vectors, mail, targets, current)
            let scheduler = Scheduler(
                database: core.database, schedules: schedules(current.values), clock: core.clock, log: core.log)
            let limiter = RateLimiter(current.values.rateLimits, clock: core.clock)
            let streams = ChatStreams(
                database: core.database, assistant: assistant, moderation: moderation, clock: core.clock, random: core.random, log: core.log
            )
            try await streams.recover()
            let live = LiveParts(current.values.socketQuotas, clock: core.clock, random: core.random)
            listen(to: core.database, queue: queue, vectors: vectors, streams: streams, live: live)
            try await JobIndex.catchUp(core.database)
            try await DocumentIndex(database: core.database, sources: documentSources).catchUp()
            let views = ViewCounter(database: core.database, clock: core.clock, log: core.log)
            let lists = JobLists(database: core.database)
            let jobs = JobRoutes(
                database: core.database, lists: lists, views: views,
                meaning: JobMeaning(vectors: vectors, metrics: searches),
                similarJobs: VectorSimilarJobs(
                    database: core.database, vectors: vectors, words: TextSimilarJobs(database: core.database)), assistant: assistant,
                queue: queue, clock: core.clock,
                random: core.random, worksInline: { current.values.queue.inline })
            let dispatcher = try await makeDispatcher(
                core,
                ChatRoutes(
                    database: core.database, assistant: assistant, moderation: moderation, queue: queue, streams: streams,
                    worksInline: { current.values.queue.inline }), jobs, vectors, limiter, live, mail, targets, httpSettings, current,
                metrics: [
                    core.database, queue, scheduler.counters, mail.counters, targets.counters, provider, judgements, limiter, live.sockets,
                    live.bus,
                    IndexMetrics(core.database, vectors, searches),
                ] + extra)
            try await vectors.start()
            lists.prepare(clock: core.clock)
            core.retrieval.become(retriever)
            try await queue.start()
            core.runningSchedules.become { schedules(current.values) }
            await scheduler.start()
            views.start()
            return Parts(
                outbound: outbound, vectors: vectors, queue: queue, scheduler: scheduler, limiter: limiter, judgements: judgements,
                views: views, streams: streams, live: live, mail: mail, targets: targets, dispatcher: dispatcher)
        } catch {
            vectors.stop()
            outbound.stop()
            throw error
        }
    }

    /// Lets background work under way finish. Requests may still come meanwhile; what they order waits for the next start.
    /// Answers that are being written end a moment before their connections do, so that their readers hear of it.
    func drain(seconds: Int) async {
        await scheduler.stop()
        async let answers: Void = streams.drain(seconds: max(0, seconds - 2))
        await queue.stop(drainSeconds: seconds)
        await answers
    }

    /// After the last request: what they left in memory goes to the disk.
    func finish() async { await views.stop() }

    /// After the last request and the last piece of work.
    func close() {
        vectors.stop()
        outbound.stop()
        mail.sender.stop()
    }

    /// Events reach their listeners after each commit, on the writer's thread. Weak: a listener holds the database,
    /// and the two would keep each other and the lock for ever.
    private static func listen(
        to database: Database, queue: WorkQueue, vectors: VectorSearch, streams: ChatStreams, live: LiveParts
    ) {
        database.setEventSink { [weak vectors, weak queue, weak streams] events in
            live.bus.publish(events)
            var (hasWork, hasPassages) = (false, false)
            for event in events {
                switch event {
                case is PassagesChanged: hasPassages = true
                case is WorkEnqueued: hasWork = true
                case let asked as WorkCancelAsked: queue?.stopRun(of: asked)
                case let gone as ChatSessionDeleted: streams?.abandon(.sessionDeleted) { _, session in session == gone.session }
                case let ended as LoginEnded:
                    live.sockets.close(login: ended.login)
                    streams?.endReaders { $0.loginID == ended.login }
                case let ended as LoginsEnded:
                    live.sockets.close(account: ended.owner.rowID)
                    streams?.endReaders { $0.owner == ended.owner }
                case let gone as AccountDeleted: streams?.abandon(.sessionDeleted) { owner, _ in owner == gone.owner }
                default: break
                }
            }
            if hasPassages { vectors?.passagesChanged() }
            if hasWork { queue?.wake() }
        }
    }

    private static func makeQueue(
        _ core: Core, _ assistant: Assistant, _ moderation: Moderation, _ vectors: VectorSearch, _ mail: MailParts,
        _ targets: TargetParts, _ current: Appliance.Settings
    ) -> WorkQueue {
        WorkQueue(
            database: core.database,
            workers: [
                ChatWork(database: core.database, assistant: assistant, moderation: moderation),
                AlertWork(database: core.database, clock: core.clock),
                RecommendationWork(database: core.database, recommender: makeRecommender(core, vectors), log: core.log),
                EmbedWork(database: core.database, embedder: vectors.wantedEmbedder, health: vectors.health, log: core.log),
                InterviewWork(database: core.database, assistant: assistant, moderation: moderation, clock: core.clock),
                AccountScrub(database: core.database, log: core.log),
                AnnouncementWork(database: core.database),
                NotificationCleaning(database: core.database, clock: core.clock),
            ] + mail.workers(core) + targets.workers(core) + scheduledWorkers(core, vectors, current),
            settings: current.values.queueSettings,
            node: HostIdentity.name, clock: core.clock, random: core.random, log: core.log)
    }

    /// One for the route and one for the background work, alike.
    private static func makeRecommender(_ core: Core, _ vectors: VectorSearch) -> Recommender {
        Recommender(database: core.database, vectors: vectors, excluded: { try ApplicationStore.appliedJobs(of: $0, in: $1) })
    }

    /// What `auth/export/` gathers, in the order of the document.
    static let personalData: [any PersonalDataSource] = [
        AccountData(), ProfileData(), LoginData(), InvitationData(), ChatData(), NotificationData(), NotificationSettingsData(),
        ListedData(name: "saved_jobs", resource: SavedJob.description) { account, reader in
            try SavedJobStore.list(of: account.owner, category: nil, limit: .max, offset: 0, in: reader)
        },
        ApplicationData(), AutoApplyData(),
        ListedData(name: "job_alerts", resource: JobAlertResource.description) { account, reader in
            try AlertStore.alerts(of: account.owner, user: account.id, limit: .max, offset: 0, in: reader)
        },
        ListedData(name: "recommendations", resource: RecommendedJob.description) { account, reader in
            try RecommendationStore.recommendations(of: account.owner, statuses: nil, limit: .max, offset: 0, in: reader)
        },
        TokenData(), ModerationData(), MailData(), TargetData(), WorkData(),
    ]

    private static func makeDispatcher(
        _ core: Core, _ chat: ChatRoutes, _ jobs: JobRoutes, _ vectors: VectorSearch, _ limiter: RateLimiter, _ live: LiveParts,
        _ mail: MailParts, _ targets: TargetParts, _ httpSettings: HTTPSettings,
        _ current: Appliance.Settings, metrics: [any MetricsSource]
    ) async throws -> Dispatcher {
        let tokens = try await Tokens.open(database: core.database, clock: core.clock, random: core.random) {
            let auth = current.values.auth
            return Tokens.Lifetimes(accessMinutes: auth.accessTokenMinutes, refreshDays: auth.refreshTokenDays)
        }
        let accounts = AccountRoutes(
            database: core.database, hashPool: core.hashPool, hasher: core.hasher, tokens: tokens, clock: core.clock,
            random: core.random, registration: { current.values.registrationInForce }, personalData: personalData, mails: mail.accounts)
        let work =
            WorkRoutes(database: core.database).routes
            + WorkAdminRoutes(admin: WorkAdmin(database: core.database), clock: core.clock).routes
        let applications = ApplicationRoutes(
            database: core.database,
            autoApply: AutoApply(database: core.database, resumes: NoResumes(), executor: nil) { current.values.applications.autoApply })
        let health = HealthRoutes(database: core.database, clock: core.clock) { current.isDraining.load(ordering: .relaxed) }
        let requests = LateMetrics()
        let figures = MetricsRoutes(
            sources: [ProcessMetrics(version: Jobraker.version, startedAt: core.clock.now()), requests] + metrics,
            settings: { current.values.metrics })
        let alerts = AlertRoutes(database: core.database)
        let recommendations = RecommendationRoutes(database: core.database, recommender: makeRecommender(core, vectors), log: core.log)
        let isHealthy: @Sendable () async -> Bool = { [probe = health.probe] in await probe.outcome() == nil }
        let notifications = NotificationRoutes(database: core.database, clock: core.clock)
        let monitoring = MonitoringRoutes(
            database: core.database, clock: core.clock, version: Jobraker.version, startedAt: core.clock.now(), isHealthy: isHealthy,
            sendsMail: { current.values.mail.isConfigured })
        let common = CommonRoutes(
            database: core.database, recommendations: KnownRecommendations(),
            isAssistantConfigured: { current.values.assistant.isConfigured }, isHealthy: isHealthy)
        let socketTokens = SocketTokenRoutes(tokens: tokens, tickets: live.tickets)
        let sockets =
            ChatSocketRoutes(database: core.database, streams: chat.streams, bus: live.bus, limiter: limiter, log: core.log).routes
            + NotificationSocketRoutes(database: core.database, bus: live.bus, log: core.log).routes
        let api =
            accounts.routes + socketTokens.routes + chat.routes + jobs.routes + applications.routes + alerts.routes + recommendations.routes
            + notifications.routes + monitoring.routes + common.routes + work + mail.routes(core)
            + targets.routes(core)
        let dispatcher = try Dispatcher(
            routes: api + sockets + health.routes + figures.routes + SiteRoutes(documenting: api).routes,
            authenticator: AccountAuthenticator(database: core.database, tokens: tokens, tickets: live.tickets), settings: httpSettings,
            log: core.log, clock: core.clock, random: core.random,
            idempotency: IdempotencyTable(database: core.database, bootID: Identifier(v7: core.clock.now(), random: core.random)),
            limiter: limiter, sockets: live.sockets)
        requests.become(dispatcher.metrics)
        return dispatcher
    }
}
