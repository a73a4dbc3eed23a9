extension SettingTable {
    static let applications = SettingTable(
        name: "applications",
        manual: """
            Applying to jobs in a user's name. It happens only where the user asked for
            it: job by job, or by a switch in the user's own profile that is off at first.
            """,
        settings: [
            .boolean(
                "applications.auto_apply", \.applications.autoApply, false, .live,
                """
                false: the server sends no application anywhere, and answers users who ask
                for it with 503. Set it back to false and send SIGHUP to stop all of it at
                once; what is ordered by then is not sent either, while it stays so. true:
                allowed, as far as the server has something to apply with; without that
                users get 503 as well.
                """)
        ])
}
