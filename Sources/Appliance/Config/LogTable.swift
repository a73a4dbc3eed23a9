extension SettingTable {
    static let log = SettingTable(
        name: "log",
        manual: """
            What the server writes to standard error, where systemd's journal picks it up.
            """,
        settings: [
            .choice(
                "log.level", \.log.level, .info, .live,
                """
                The least serious line that is written. "debug" is many lines a request;
                "error" also hides the warnings that come before one.
                """),
            .choice(
                "log.format", \.log.format, .text, .live,
                """
                "text" for people, "json" (one object a line) for programs. A program that
                expects the one and gets the other loses every line.
                """),
        ])
}
