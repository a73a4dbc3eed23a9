extension SettingTable {
    static let auth = SettingTable(
        name: "auth",
        manual: """
            Accounts, logins and their tokens.
            """,
        settings: [
            .integer(
                "auth.access_token_minutes", \.auth.accessTokenMinutes, 60, in: 1...1440, unit: "minutes", .live,
                """
                How long an access token is good for. Short tokens make clients refresh
                often; long ones serve a thief for longer, though logout ends them at once.
                Tokens already given out keep the life they were given.
                """),
            .integer(
                "auth.refresh_token_days", \.auth.refreshTokenDays, 7, in: 1...365, unit: "days", .live,
                """
                How long a login lasts without use. Each refresh begins it anew, and a
                refresh token that is used twice ends its login.
                """),
            .choice(
                "auth.registration", \.auth.registration, .automatic, .live,
                """
                Who may make an account. "open": anybody who reaches the server. "invite":
                whoever brings a code that `jobraker admin invite` has printed. "closed":
                nobody; accounts come from `jobraker admin create`. Empty: open while only
                this machine reaches the server, else invite, so that it does not admit
                strangers merely because it moved to a public address. Others reach it when
                a listener is not loopback, when server.trusted_proxies names a proxy, be it
                on this machine, or when server.public_url is not loopback. A proxy that
                neither key names is not seen: write "invite" there.
                """),
            .integer(
                "auth.password_hash_workers", \.auth.passwordHashWorkers, 2, in: 1...16, unit: "threads", .restart,
                """
                How many passwords are hashed or checked at once. Each takes one core for
                some tenths of a second and 32 MiB meanwhile. More workers than cores slow
                everything down when many people log in; further logins wait, and beyond a
                short queue are answered with 503.
                """),
        ])
}
