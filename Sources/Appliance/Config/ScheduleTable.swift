extension SettingTable {
    static let schedule = SettingTable(
        name: "schedule",
        manual: """
            What the server does by itself, and when. A time is five fields as of cron:
            minute, hour, day of month, month, day of week; lists, ranges, steps and names
            of three letters as there, and @hourly, @daily, @weekly, @monthly, @yearly.
            Behind them may stand a time zone: "0 9 * * mon-fri Europe/Berlin". "off", or
            empty text, switches one off.

            After a downtime the last slot that was missed runs once, and no other. Where
            clocks change: what runs in every hour counts the hours that pass; any other
            time that is left out in spring runs at the change, and one that comes twice
            in autumn runs the first time. jobraker schedule list|next|run shows it all,
            and runs one at once, whether it is on or off.
            """,
        settings: general + ScheduleName.allCases.map(\.setting))

    private static let general: [Setting] = [
        .boolean(
            "schedule.enabled", \.schedule.enabled, true, .live,
            """
            false: nothing runs by itself. Slots that pass meanwhile are not made up
            for later.
            """),
        .text(
            "schedule.timezone", \.schedule.timezone, "UTC", .timeZone, .live,
            """
            Whose clock the times below are on, where they name no other: a name such as
            Europe/Berlin.
            """),
        .integer(
            "schedule.close_jobs_after_days", \.schedule.closeJobsAfterDays, 30, in: 0...3650, unit: "days", .live,
            """
            How long a job stays open that was neither posted nor added since; then
            clean_up_old_job_listings closes it. Too few: jobs that are still open
            vanish from searches. 0: age closes none, only a deadline does.
            """),
    ]
}

extension ScheduleName {
    fileprivate var setting: Setting { .text("schedule." + rawValue, path, standard, .timetable, .live, manual) }
}
