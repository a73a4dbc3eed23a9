import Platform

extension SettingTable {
    static let tls = SettingTable(
        name: "tls",
        manual: """
            HTTPS by the server itself, without a proxy in front: TLS 1.2 and 1.3. The
            files are read again on SIGHUP; if they are bad then, the old certificate
            stays in use and the log says what is wrong.
            """,
        settings: [
            .listeners(
                "tls.listen", \.tls.listen, [], count: 0...16, .restart,
                """
                The addresses to listen on for HTTPS: ["[::]:443"] is every address of the
                machine, ["0.0.0.0:443"] every IPv4 one. Empty: no HTTPS. It needs
                tls.certificate and tls.key, and a port below 1024 the right to it
                (CAP_NET_BIND_SERVICE in the unit).
                """),
            .text(
                "tls.certificate", \.tls.certificate, .path, .live,
                """
                The PEM file with the server's certificate, and behind it the intermediate
                ones up to but without the root: what certbot calls fullchain.pem. With
                an intermediate one missing, browsers may cope and other clients fail.
                """),
            .text(
                "tls.key", \.tls.key, .path, .live,
                """
                The PEM file with the private key of that certificate, RSA or ECDSA, without
                a passphrase. Only the server's account should be able to read it; who has
                it can pretend to be this server.
                """),
            .choice(
                "tls.minimum_version", \.tls.minimumVersion, .version12, .live,
                """
                The oldest TLS that clients may speak. "1.3" locks out what was last updated
                before 2018 or so; what is older than 1.2 is broken and never served.
                """),
            .boolean(
                "tls.redirect", \.tls.redirect, true, .live,
                """
                Whether server.listen addresses other than loopback stop serving plain HTTP
                while tls.listen is set: browsers are redirected to https://, other clients
                get 403 (a redirect would hide that they send their passwords in the clear),
                and health checks are answered. The redirect leads to server.public_url, or
                to the host that was asked for, at the port of the first tls.listen address.
                false serves everything on the plain addresses too.
                """),
        ])
}
