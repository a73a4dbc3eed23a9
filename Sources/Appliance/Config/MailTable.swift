extension SettingTable {
    static let mail = SettingTable(
        name: "mail",
        manual: """
            The server that mail is handed to, by SMTP. Without mail.host nothing is sent:
            what would have been sent is kept for the staff to look at, and people who ask
            for a new password by mail are told that this server sends none. What is kept
            is not sent later by itself.
            """,
        settings: [
            .text(
                "mail.host", \.mail.host, .mailHost, .live,
                """
                The mail server's name: "smtp.example.com". Needs mail.from, and mail.site_url
                or server.public_url, for the links in mails never follow a request's Host
                header. With a wrong one mails wait and are tried again for most of a day;
                jobraker mail test tells at once.
                """),
            .integer(
                "mail.port", \.mail.port, 587, in: 1...65535, unit: "(a port)", .live,
                """
                587 is usual with "starttls", 465 with "tls", 25 for a relay on this machine.
                """),
            .choice(
                "mail.security", \.mail.security, .startTLS, .live,
                """
                "starttls": begins in the clear, and demands TLS before anything else is said.
                "tls": TLS from the first byte. Either way the server's certificate must be
                good for mail.host; there is no way to switch that off. "none": no TLS, for a
                relay on this machine: mail.host must then be loopback.
                """),
            .text(
                "mail.user", \.mail.user, .name, .live,
                """
                The name to log in with; needs mail.password. Empty: no login, as a relay that
                knows this machine wants it.
                """),
            .text(
                "mail.password", \.mail.password, .secret, .live,
                """
                The password to log in with. With a wrong one mails wait and are tried again.
                """),
            .text(
                "mail.ca_file", \.mail.caFile, .path, .live,
                """
                A PEM file with the authorities whose certificates mail.host may have, in the
                place of the system's: for a mail server with a certificate of your own. A
                file that cannot be read makes every mail wait.
                """),
            .text(
                "mail.from", \.mail.from, .mailAddress, .live,
                """
                The address that mails come from: "jobs@example.com". The mail server has to
                allow it to this user, and its domain's records (SPF, DKIM, DMARC) decide
                whether mails arrive or are taken for spam.
                """),
            .text(
                "mail.from_name", \.mail.fromName, .name, .live,
                """
                The name beside that address, and what mails call this service: "Welcome to
                …!". Empty: Jobraker.
                """),
            .text(
                "mail.site_url", \.mail.siteURL, .endpoint, .live,
                """
                Where people use this service, for the links in mails: the pages
                /verify-email?token=…, /reset-password?token=…, /profile, /jobs/ID,
                /applications, /alerts, /recommendations, /notifications and
                /settings/notifications below it. Empty: server.public_url. A client without
                such pages can take the code that each of the first two mails also holds.
                """),
            .text(
                "mail.templates", \.mail.templates, .path, .live,
                """
                A directory with templates in the place of the built-in ones: welcome.txt,
                welcome.html, layout.html and so on; what is missing there stays built in.
                jobraker mail preview shows the result. A template with a mistake stops the
                start, with its file and line; on SIGHUP the old ones then stay.
                """),
            .integer(
                "mail.per_hour", \.mail.perHour, 500, in: 1...1_000_000, unit: "mails an hour", .live,
                """
                How many mails go out at most; what is more waits. Keep it below what the mail
                server allows, which otherwise refuses the rest.
                """),
            .integer(
                "mail.recipient_per_hour", \.mail.recipientPerHour, 20, in: 1...10000, unit: "mails an hour", .live,
                """
                The same for one recipient. Mails that anybody may set off by naming an
                address (a new password, a confirmation) stop at three beside it.
                """),
            .integer(
                "mail.timeout_seconds", \.mail.timeoutSeconds, 30, in: 1...600, unit: "seconds", .live,
                """
                How long the mail server may take for each answer. Too short: a mail that a
                slow server has taken counts as failed, and is sent once more.
                """),
        ])
}
