import Platform
import Testing

@testable import Appliance

/// `[schedule]`: which times are in force, and which are refused.
@Suite("The configuration of schedules") struct ScheduleConfigurationTests {
    private static func timetables(_ text: String) throws -> [String: String?] {
        let values = try ConfigurationFile(text).load().values
        return Dictionary(uniqueKeysWithValues: Parts.schedules(values).map { ($0.name, $0.timetable?.text) })
    }

    @Test("Without a file every schedule is on, at the contract's times, in UTC")
    func standards() throws {
        let contract = [
            "automated_daily_job_sync": "0 6 * * *", "process_pending_applications": "*/30 * * * *",
            "batch_intelligent_job_matching": "0 8 * * *", "weekly_system_maintenance": "0 2 * * mon",
            // The original ran these each minute of their hour, which was a mistake.
            "fetch_adzuna_jobs": "0 */4 * * *", "check_stale_skyvern_applications": "0 */2 * * *",
            "batch_generate_job_embeddings": "0 */2 * * *", "batch_generate_user_embeddings": "0 1 * * *",
            "send_daily_job_recommendations": "0 9 * * *", "send_weekly_activity_summary": "0 10 * * sat",
            "clean_up_old_job_listings": "0 3 * * sun", "rebuild_embedding_index": "0 4 * * sun", "monitor_system_health": "*/15 * * * *",
            "process_daily_job_alerts": "0 9 * * *", "process_weekly_job_alerts": "0 9 * * mon",
            "send_weekly_job_recommendations": "0 10 * * mon", "send_follow_up_reminders": "0 11 * * *",
        ]
        #expect(try Self.timetables("") == contract.mapValues { Optional($0 + " UTC") })
    }

    @Test("One can have another time, another zone, or be off; all can")
    func overridden() throws {
        let text = """
            [schedule]
            timezone = "America/New_York"
            send_follow_up_reminders = "30 7 * * mon-fri"
            process_daily_job_alerts = "@daily Europe/Berlin"
            fetch_adzuna_jobs = "off"
            automated_daily_job_sync = ""
            """
        let timetables = try Self.timetables(text)
        #expect(timetables["send_follow_up_reminders"] == "30 7 * * mon-fri America/New_York")
        #expect(timetables["process_daily_job_alerts"] == "@daily Europe/Berlin")
        #expect(timetables["rebuild_embedding_index"] == "0 4 * * sun America/New_York")
        #expect(timetables["fetch_adzuna_jobs"] == .some(nil) && timetables["automated_daily_job_sync"] == .some(nil))
        #expect(try Self.timetables("schedule.enabled = false").values.allSatisfy { $0 == nil })
    }

    @Test(
        "What is no time, or no zone, is refused with its place",
        arguments: [
            "send_follow_up_reminders = \"0 25 * * *\"", "send_follow_up_reminders = \"daily\"",
            "send_follow_up_reminders = \"0 9 * * * Mars/Base\"", "send_follow_up_reminders = \"0 0 30 2 *\"",
            "timezone = \"Mars/Base\"", "send_follow_up_reminder = \"0 9 * * *\"", "close_jobs_after_days = -1",
        ])
    func refused(line: String) throws {
        let mistakes = ConfigurationFile.mistakes("[schedule]\n" + line)
        #expect(mistakes.count == 1)
    }

    @Test("A wrong time is told with what is expected in its place")
    func words() {
        let form = "five fields as of cron, such as \"0 9 * * mon\", with a time zone behind them or not; or \"off\""
        #expect(TextForm.timetable.words == form)
        for text in ["0 9 * * *", "@daily", "off", "0 9 * * * Europe/Berlin"] { #expect(TextForm.timetable.accepts(text), "\(text)") }
        for text in ["never", "* *", "@reboot"] { #expect(!TextForm.timetable.accepts(text), "\(text)") }
    }
}
