import Platform

/// What the server does by itself: which work each schedule orders, and who does it.
extension Parts {
    /// All schedules, as the configuration has them.
    static func schedules(_ configuration: Configuration) -> [Schedule] {
        ScheduleName.allCases.map { name in
            Schedule(name: name.rawValue, timetable: configuration.timetable(of: name), order: order(of: name))
        }
    }

    private static func order(of name: ScheduleName) -> WorkOrder {
        switch name {
        case .syncJobs: UnconfiguredWork.order("jobs.sync")
        case .fetchAdzuna: UnconfiguredWork.order("jobs.fetch_adzuna")
        case .submitApplications: UnconfiguredWork.order("applications.submit_pending")
        case .checkSkyvern: UnconfiguredWork.order("applications.check_skyvern")
        case .matchJobs: RecommendationWork.all
        case .tellRecommendations: RecommendationNews.order(.daily)
        case .weeklyRecommendations: RecommendationNews.order(.weekly)
        case .dailyAlerts: AlertWork.order(.daily)
        case .weeklyAlerts: AlertWork.order(.weekly)
        case .followUps: FollowUpWork.order
        case .tellWeek: WeekSummaryWork.order
        case .closeJobs: JobClosing.order
        case .embedJobs: BackfillWork.order(.jobs)
        case .embedProfiles: BackfillWork.order(.profiles)
        case .checkIndex: IndexCheckWork.order
        case .maintenance: MaintenanceWork.order
        case .watchHealth: HealthMonitor.order
        }
    }

    /// Those that nothing but a schedule orders.
    static func scheduledWorkers(_ core: Core, _ vectors: VectorSearch, _ current: Appliance.Settings) -> [any Worker] {
        let (database, clock, log) = (core.database, core.clock, core.log)
        let directory = core.directory.path
        let automatic: @Sendable () -> [String] = {
            (current.values.applications.autoApply ? [] : ["applications.auto_apply = true"]) + ["an executor of applications"]
        }
        return [
            UnconfiguredWork(kind: "jobs.sync") { ["a source of jobs"] },
            UnconfiguredWork(kind: "jobs.fetch_adzuna") { ["access to Adzuna"] },
            UnconfiguredWork(kind: "applications.submit_pending", missing: automatic),
            UnconfiguredWork(kind: "applications.check_skyvern") { ["access to Skyvern"] },
            RecommendationNews(database: database, log: log),
            FollowUpWork(database: database, clock: clock),
            WeekSummaryWork(database: database, log: log),
            JobClosing(database: database, clock: clock) { current.values.schedule.closeJobsAfterDays },
            BackfillWork(database: database, sources: documentSources, embedder: vectors.wantedEmbedder),
            IndexCheckWork(database: database, sources: documentSources, vectors: vectors, log: log),
            MaintenanceWork(database: database, cleanings: MaintenanceWork.all),
            HealthMonitor(database: database, clock: clock, log: log) { HostFigures(diskOf: directory).freeDiskBytes },
        ]
    }
}
