extension SettingTable {
    static let metrics = SettingTable(
        name: "metrics",
        manual: """
            Figures about the running server at /metrics, as Prometheus reads them.
            """,
        settings: [
            .boolean(
                "metrics.enabled", \.metrics.enabled, true, .live,
                """
                false: /metrics is not found, for anybody. The figures are counted all the
                same, and are there again after a reload.
                """),
            .text(
                "metrics.token", \.metrics.token, .secret, .live,
                """
                What a scraper has to send as a bearer token (authorization: credentials in
                Prometheus). Empty: only clients on this machine get an answer, others 401.
                With a token, those on this machine need it too.
                """),
        ])
}
