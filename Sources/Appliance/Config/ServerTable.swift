extension SettingTable {
    static let server = SettingTable(
        name: "server",
        manual: """
            Where the server listens, and how much of anybody's patience and memory a
            client may use.
            """,
        settings: [
            .listeners(
                "server.listen", \.server.listen, ["127.0.0.1:8080"], count: 1...16, .restart,
                """
                The addresses to listen on for plain HTTP. "0.0.0.0:8080" is every IPv4
                address of the machine, "[::]:8080" every IPv6 and IPv4 one (so not both);
                port 0 lets the system pick a free port, which the log then names. Anything
                but loopback sends passwords in the clear, unless a proxy with TLS stands in
                front or tls.redirect sees to it.
                An address that is in use, or not this machine's, stops the start.
                """),
            .text(
                "server.public_url", \.server.publicURL, .origin, .live,
                """
                How the world writes this server's address, for the links in its
                answers: "https://jobs.example.com". Empty: each request's own Host header is
                believed, which is right on a laptop and behind a proxy that checks it, and
                wrong wherever a stranger may choose the header.
                """),
            .list(
                "server.trusted_proxies", \.server.trustedProxies, of: .network, count: 0...64, .live,
                """
                The proxies whose X-Forwarded-For and X-Forwarded-Proto are believed:
                ["127.0.0.1", "10.0.0.0/8"]. Too few: every client seems to be the proxy,
                and they share one set of limits. Too many: a client can claim to be anybody.
                """),
            .list(
                "server.allowed_origins", \.server.allowedOrigins, of: .origin, count: 0...64, .live,
                """
                The web pages that may call this server from a browser, each exactly as the
                browser writes it: ["https://app.example.com"]. Empty: only pages that this
                server itself delivers. One that is missing fails in the browser alone, with
                a message about CORS in its console. There is no "*".
                """),
            .integer(
                "server.body_limit_bytes", \.server.bodyLimitBytes, 2_621_440, in: 1024...104_857_600, unit: "bytes", .restart,
                """
                The largest body of a request. A larger one is answered with 413. It is held
                in memory while the request lasts, so the worst case is this times the number
                of clients that send at once.
                """),
            .integer(
                "server.max_connections", \.server.maxConnections, 4096, in: 1...65536, unit: "connections", .restart,
                """
                How many connections each listener keeps open at once; one more is closed as
                soon as it opens. Keep it well below the process's limit of open files
                (LimitNOFILE in the unit), which the database and the provider share.
                """),
            .integer(
                "server.header_timeout_seconds", \.server.headerTimeoutSeconds, 10, in: 1...300, unit: "seconds", .restart,
                """
                How long a client may take to send the head of a request. Too short cuts off
                slow mobile networks; too long lets idle attackers hold connections.
                """),
            .integer(
                "server.body_timeout_seconds", \.server.bodyTimeoutSeconds, 60, in: 1...3600, unit: "seconds", .restart,
                """
                How long a client may take to send the body. It has to suit the largest body
                on the slowest line that you care about.
                """),
            .integer(
                "server.idle_timeout_seconds", \.server.idleTimeoutSeconds, 75, in: 1...3600, unit: "seconds", .restart,
                """
                How long a connection may stay open between two requests. Keep it above the
                same limit of a proxy in front: otherwise the proxy now and then sends a
                request into a connection that is just being closed, and reports 502.
                """),
            .integer(
                "server.drain_seconds", \.server.drainSeconds, 20, in: 0...600, unit: "seconds", .restart,
                """
                How long running requests may take to finish when the server stops; then they
                are cut off. Keep it below TimeoutStopSec in the unit, or systemd kills the
                process first, which loses no data but looks like a crash.
                """),
        ])
}
