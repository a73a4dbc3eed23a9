import Platform

/// The schedules there are, by the names of the original server's tasks. A name is a key of `[schedule]`, and what
/// `jobraker schedule` takes.
enum ScheduleName: String, Sendable, CaseIterable {
    case syncJobs = "automated_daily_job_sync"
    case fetchAdzuna = "fetch_adzuna_jobs"
    case matchJobs = "batch_intelligent_job_matching"
    case tellRecommendations = "send_daily_job_recommendations"
    case weeklyRecommendations = "send_weekly_job_recommendations"
    case dailyAlerts = "process_daily_job_alerts"
    case weeklyAlerts = "process_weekly_job_alerts"
    case followUps = "send_follow_up_reminders"
    case tellWeek = "send_weekly_activity_summary"
    case submitApplications = "process_pending_applications"
    case checkSkyvern = "check_stale_skyvern_applications"
    case closeJobs = "clean_up_old_job_listings"
    case embedJobs = "batch_generate_job_embeddings"
    case embedProfiles = "batch_generate_user_embeddings"
    case checkIndex = "rebuild_embedding_index"
    case maintenance = "weekly_system_maintenance"
    case watchHealth = "monitor_system_health"

    /// What switches one off in the file, as empty text does.
    static let off = "off"

    var standard: String {
        switch self {
        case .syncJobs: "0 6 * * *"
        case .fetchAdzuna: "0 */4 * * *"
        case .matchJobs: "0 8 * * *"
        case .tellRecommendations: "0 9 * * *"
        case .weeklyRecommendations: "0 10 * * mon"
        case .dailyAlerts: "0 9 * * *"
        case .weeklyAlerts: "0 9 * * mon"
        case .followUps: "0 11 * * *"
        case .tellWeek: "0 10 * * sat"
        case .submitApplications: "*/30 * * * *"
        case .checkSkyvern: "0 */2 * * *"
        case .closeJobs: "0 3 * * sun"
        case .embedJobs: "0 */2 * * *"
        case .embedProfiles: "0 1 * * *"
        case .checkIndex: "0 4 * * sun"
        case .maintenance: "0 2 * * mon"
        case .watchHealth: "*/15 * * * *"
        }
    }

    var path: Setting.Path<String> {
        switch self {
        case .syncJobs: \.schedule.syncJobs
        case .fetchAdzuna: \.schedule.fetchAdzuna
        case .matchJobs: \.schedule.matchJobs
        case .tellRecommendations: \.schedule.tellRecommendations
        case .weeklyRecommendations: \.schedule.weeklyRecommendations
        case .dailyAlerts: \.schedule.dailyAlerts
        case .weeklyAlerts: \.schedule.weeklyAlerts
        case .followUps: \.schedule.followUps
        case .tellWeek: \.schedule.tellWeek
        case .submitApplications: \.schedule.submitApplications
        case .checkSkyvern: \.schedule.checkSkyvern
        case .closeJobs: \.schedule.closeJobs
        case .embedJobs: \.schedule.embedJobs
        case .embedProfiles: \.schedule.embedProfiles
        case .checkIndex: \.schedule.checkIndex
        case .maintenance: \.schedule.maintenance
        case .watchHealth: \.schedule.watchHealth
        }
    }

    /// What it does, as the manual says it.
    var manual: String {
        switch self {
        case .syncJobs:
            """
            Brings in new jobs from every source that is configured. Without any it says
            not_configured, and brings none.
            """
        case .fetchAdzuna:
            """
            Brings in new jobs from Adzuna. Without access to it it says not_configured.
            """
        case .matchJobs:
            """
            Finds the jobs that suit each account. Nobody is told of them here, but by
            the two schedules that follow.
            """
        case .tellRecommendations:
            """
            Tells each account of the new jobs that suit it well, once. Who asked for
            weekly news is left to the next schedule.
            """
        case .weeklyRecommendations:
            """
            Tells those accounts that asked for weekly news (the frequency in their
            settings) of the new jobs that suit them well.
            """
        case .dailyAlerts:
            """
            Runs the job alerts that are daily, and the monthly ones whose month is
            over.
            """
        case .weeklyAlerts:
            """
            Runs the job alerts that are weekly. More often than once in half a week it
            finds none that is due.
            """
        case .followUps:
            """
            Reminds applicants of applications whose follow-up date has come, once a
            date.
            """
        case .tellWeek:
            """
            Tells each account what it did in the last seven days, where it did
            anything.
            """
        case .submitApplications:
            """
            Sends automatic applications that wait, where there is something to send
            them with; else it says not_configured.
            """
        case .checkSkyvern:
            """
            Asks after automatic applications of which nothing was heard for an hour.
            """
        case .closeJobs:
            """
            Closes jobs whose deadline has passed, and old ones; see
            close_jobs_after_days.
            """
        case .embedJobs:
            """
            Makes vectors for jobs and articles that lack one. They are made when a job
            comes in; this finds what was left out.
            """
        case .embedProfiles:
            """
            Makes vectors for the lines of profiles that lack one, so that jobs can be
            compared with them.
            """
        case .checkIndex:
            """
            Holds the index against what it is made of, document by document, and mends
            what differs.
            """
        case .maintenance:
            """
            Deletes what nobody needs any more: expired logins, notifications that were
            read a month ago, mails that were sent or kept then, old entries of logs.
            """
        case .watchHealth:
            """
            Looks whether the server is well (the database takes writes, the disk has
            room, no background work is half an hour late, none failed for good in the
            last day) and notifies the staff when that changes.
            """
        }
    }
}

extension Configuration {
    /// The timetable of a schedule as it is in force; nil while it is off.
    func timetable(of name: ScheduleName) -> Timetable? {
        let text = self[keyPath: name.path]
        guard schedule.enabled, !text.isEmpty, text != ScheduleName.off else { return nil }
        // The text was judged when it was read; the system's zones may have gone since.
        return try? Timetable(text, zone: schedule.timezone.isEmpty ? "UTC" : schedule.timezone)
    }
}
