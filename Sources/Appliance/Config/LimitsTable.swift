extension SettingTable {
    static let limits = SettingTable(
        name: "limits",
        manual: """
            How much one client may ask for. Requests are counted by account, or without
            one by address (IPv6: by /64 network); each class of request has a bucket
            of its own, which refills evenly. A request too many is answered with 429
            and Retry-After. Behind a proxy, server.trusted_proxies must name it:
            otherwise all clients share the proxy's address.
            """,
        settings: [
            .boolean(
                "limits.enabled", \.limits.enabled, true, .live,
                """
                false switches all of this table off: for a load test, or when something in
                front of the server does the same.
                """),
            .integer(
                "limits.authentication_per_minute", \.limits.authenticationPerMinute, 20, in: 1...1_000_000, unit: "requests a minute",
                .live,
                """
                Logins, registrations and exchanges of tokens. Many let a stranger try more
                passwords; few lock out a team that shares one address in the morning.
                """),
            .integer(
                "limits.reading_per_minute", \.limits.readingPerMinute, 1200, in: 1...1_000_000, unit: "requests a minute", .live,
                """
                What only reads. Too few and the pages of a client stay empty; the limit
                is there for programs that have run wild.
                """),
            .integer(
                "limits.writing_per_minute", \.limits.writingPerMinute, 300, in: 1...1_000_000, unit: "requests a minute", .live,
                """
                What changes something. Each of these waits for the disk, and is kept.
                """),
            .integer(
                "limits.assistant_per_minute", \.limits.assistantPerMinute, 30, in: 1...1_000_000, unit: "requests a minute", .live,
                """
                Questions to the assistant. Each may cost money at the provider, and seconds
                of its time.
                """),
            .integer(
                "limits.messages_per_minute", \.limits.messagesPerMinute, 120, in: 1...1_000_000, unit: "messages a minute", .live,
                """
                Messages over WebSockets, all of an account's together; that somebody is
                typing is one too. One too many closes its socket with 1008.
                """),
            .integer(
                "limits.sockets_per_account", \.limits.socketsPerAccount, 10, in: 1...1_000_000, unit: "connections", .live,
                """
                WebSockets that one account may have open at once, over all its devices. A
                page of the chat has two. One more is refused with 429.
                """),
            .integer(
                "limits.sockets_per_address", \.limits.socketsPerAddress, 100, in: 1...1_000_000, unit: "connections", .live,
                """
                The same for one address, whoever is behind it: a team that shares one has
                to find room. IPv6: by /64 network.
                """),
            .integer(
                "limits.account_tokens_per_day", \.limits.accountTokensPerDay, 250_000, in: 0...1_000_000_000_000, unit: "tokens", .live,
                """
                How many of the model's tokens, questions and answers together, one account
                may use from midnight to midnight UTC. The answer that passes the limit is
                still given; the next question gets 429 until the day is over. 0: no limit.
                """),
            .integer(
                "limits.instance_tokens_per_day", \.limits.instanceTokensPerDay, 5_000_000, in: 0...1_000_000_000_000, unit: "tokens",
                .live,
                """
                The same for all accounts together: what a day may cost at most. 0: no limit.
                """),
        ])
}
