import Platform
import TestSupport
import Testing

@testable import Appliance

/// HTTPS as operators and their users meet it, through real sockets and with certificates made for each test.
@Suite("HTTPS", .timeLimit(.minutes(1)))
struct TLSScenarios {
    private static let refusal = #"{"detail":"This server answers over HTTPS only. Change http:// to https:// in the address."}"#
    private static let page = ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")

    @Test("Registering, logging in, asking and logging out work over HTTPS, and links say https")
    func login() async throws {
        try await SecureAppliance.run { server in
            let form = #"{"email":"ada@example.org","password":"correct horse 7","password_confirm":"correct horse 7","first_name":"Ada"}"#
            let registered = try await server.request("POST", "/api/v1/auth/register/", body: form)
            #expect(registered.status == 201)
            let login = try await server.request(
                "POST", "/api/v1/auth/login/", body: #"{"email":"ada@example.org","password":"correct horse 7"}"#)
            let access = try #require(login.json["access"]?.string)
            let refresh = try #require(login.json["refresh"]?.string)
            #expect(try await server.request("GET", "/api/v1/auth/me/", token: access).json["email"] == "ada@example.org")
            let answer = try await server.request("POST", "/api/v1/chat/send/", token: access, body: #"{"content":"Hello"}"#)
            #expect(answer.status == 200 && answer.json["user_message"]?["content"] == "Hello")
            let links = try await server.request("GET", "/api/v1/chat/", token: access).json
            #expect(links == ["sessions": "https://jobs.example.org/api/v1/chat/sessions/"])
            let renewed = try await server.request("POST", "/api/v1/auth/refresh/", body: #"{"refresh":"\#(refresh)"}"#)
            let second = try #require(renewed.json["refresh"]?.string)
            let logout = try await server.request("POST", "/api/v1/auth/logout/", token: access, body: #"{"refresh":"\#(second)"}"#)
            #expect(logout.status < 300)
            #expect(try await server.request("GET", "/api/v1/auth/me/", token: access).status == 401)
        }
    }

    // MARK: Plain HTTP beside it

    @Test("A browser on the plain port is sent to HTTPS, whatever it asks for")
    func browsers() async throws {
        try await SecureAppliance.run { (server) async throws in
            for path in ["/", "/api/v1/chat/?page=2", "/nowhere"] {
                let answer = try await server.plain("GET", path, headers: [Self.page])
                #expect(answer.status == 301 && answer["Location"] == "https://jobs.example.org:\(server.port)\(path)")
                #expect(answer.body.isEmpty && answer["Strict-Transport-Security"] == nil)
            }
            let fetched = try await server.plain("HEAD", "/a", headers: [("Sec-Fetch-Mode", "navigate"), ("Host", "127.0.0.1:80")])
            #expect(fetched.status == 301 && fetched["Location"] == "https://127.0.0.1:\(server.port)/a")
        }
    }

    @Test("With a public address, browsers are sent there; a reload can change it")
    func publicURL() async throws {
        try await SecureAppliance.run(server: #"public_url = "https://jobs.example.com""#) { server in
            #expect(try await server.plain("GET", "/a", headers: [Self.page])["Location"] == "https://jobs.example.com/a")
            try server.reload(server: #"public_url = "https://example.com:4430""#)
            #expect(try await server.plain("GET", "/a", headers: [Self.page])["Location"] == "https://example.com:4430/a")
        }
    }

    @Test("Programs on the plain port are refused, not redirected, before anything else is looked at")
    func programs() async throws {
        try await SecureAppliance.run { (server) async throws in
            let preflight = [("Origin", "https://app.example.org"), ("Access-Control-Request-Method", "POST")]
            let requests: [(String, String, [(String, String)])] = [
                ("GET", "/api/v1/chat/", []), ("POST", "/api/v1/auth/login/", [("Content-Type", "application/json")]),
                ("GET", "/nowhere", [("Accept", "application/json")]),
                ("GET", "/api/v1/auth/me/", [Self.page, ("Authorization", "Bearer x")]),
                ("OPTIONS", "/api/v1/chat/", preflight), ("POST", "/api/v1/auth/login/", [Self.page]),
            ]
            for (method, path, headers) in requests {
                let answer = try await server.plain(method, path, headers: headers)
                #expect(answer.status == 403 && answer.text == Self.refusal, "\(method) \(path)")
                #expect(answer["Location"] == nil && answer["Content-Type"] == "application/json" && answer["WWW-Authenticate"] == nil)
            }
        }
    }

    @Test("Probes are answered on the plain port")
    func probes() async throws {
        try await SecureAppliance.run { (server) async throws in
            #expect(try await server.plain("GET", "/healthz").text == #"{"status":"ok"}"#)
            #expect(try await server.plain("GET", "/readyz", headers: [Self.page]).text == #"{"status":"ready","reasons":[]}"#)
            #expect(try await server.plain("GET", "/health/").text == "OK")
            #expect(try await server.request("GET", "/readyz").status == 200)
        }
    }

    @Test("On loopback plain HTTP is served, and behind a trusted proxy that had HTTPS")
    func otherPlain() async throws {
        try await SecureAppliance.run(server: #"trusted_proxies = ["127.0.0.1"]"#) { (server) async throws in
            let local = try TestClient(port: server.loopbackPort)
            #expect(try await local.request("GET", "/api/v1/auth/me/", headers: [Self.page]).status == 401)
            let proxied = [("X-Forwarded-Proto", "https")]
            #expect(try await server.plain("GET", "/api/v1/auth/me/", headers: proxied).status == 401)
            #expect(try await server.plain("GET", "/api/v1/auth/me/", headers: [("X-Forwarded-Proto", "http")]).status == 403)
            try server.reload()
            #expect(try await server.plain("GET", "/api/v1/auth/me/", headers: proxied).status == 403)
        }
    }

    @Test("tls.redirect = false serves plain HTTP to everybody; a reload can change it")
    func noRedirect() async throws {
        try await SecureAppliance.run(tls: "redirect = false") { server in
            #expect(try await server.plain("GET", "/api/v1/auth/me/", headers: [Self.page]).status == 401)
            try server.reload()
            #expect(try await server.plain("GET", "/api/v1/auth/me/", headers: [Self.page]).status == 301)
        }
    }

    // MARK: The certificate

    @Test("What is wrong with the files stops the start, with the key, its place and the reason, before there is a database")
    func wrongFiles() async throws {
        let directory = try TemporaryDirectory()
        let certificate = try TestCertificate()
        let files = try certificate.write(to: directory.path)
        let rows: [(certificate: String, key: String, line: String)] = [
            ("none.pem", "server.key", "3:1: tls.certificate: \(directory.path)/none.pem: cannot be read: No such file or directory"),
            ("server.pem", "none.key", "4:1: tls.key: \(directory.path)/none.key: cannot be read: No such file or directory"),
            (
                "server.key", "server.key",
                "3:1: tls.certificate: \(files.key): holds no PEM certificate (-----BEGIN CERTIFICATE-----), but a PRIVATE KEY"
            ),
            (
                "server.pem", "other.key",
                "4:1: tls.key: \(directory.path)/other.key: is not the key of the first certificate in \(files.certificate)"
            ),
        ]
        try TestCertificate().write(to: directory.path, as: "other")
        for row in rows {
            let settings = """
                [tls]
                listen = ["127.0.0.1:0"]
                certificate = "\(directory.path)/\(row.certificate)"
                key = "\(directory.path)/\(row.key)"
                """
            do {
                let started = try await TestAppliance.start(settings: settings, in: directory)
                await started.appliance.stop()
                Issue.record("it started with \(row.certificate) and \(row.key)")
            } catch let errors as ConfigurationErrors {
                #expect(errors.text == "\(directory.path)/config.toml:\(row.line)")
            }
            #expect(!FileSystem.exists(directory.path + "/data"))
        }
    }

    @Test("A reload serves the new certificate to new connections, while an old one goes on")
    func reload() async throws {
        let (first, second) = (try TestCertificate(), try TestCertificate())
        try await SecureAppliance.run(first) { server in
            let old = try await TestClient.secure(port: server.port)
            #expect(try await old.request("GET", "/healthz").status == 200)
            try second.write(to: server.directory.path)
            // The file alone changes nothing.
            #expect(try await server.servedCertificate() == first.der)
            try server.reload()
            #expect(try await server.servedCertificate() == second.der)
            #expect(old.session?.certificate == first.der)
            #expect(try await old.request("GET", "/healthz").status == 200)
            #expect(server.appliance.logged.text.split(separator: "\n").count { $0.contains("Certificate in use.") } == 2)
        }
    }

    @Test("A reload with files that cannot be served says why, and the old certificate stays in use")
    func brokenReload() async throws {
        let first = try TestCertificate()
        try await SecureAppliance.run(first) { server in
            let path = server.directory.path + "/server.pem"
            for (text, words) in [
                ("", "holds no PEM certificate (-----BEGIN CERTIFICATE-----)"),
                (try TestCertificate().pem, "is not the key of the first certificate in \(path)"),
            ] {
                try TestCertificate.write(text, to: path)
                do {
                    try server.reload(server: #"allowed_origins = ["https://app.example.org"]"#)
                    Issue.record("a broken file was taken")
                } catch let errors as ConfigurationErrors {
                    #expect(errors.errors.count == 1 && errors.text.hasSuffix(words))
                }
                #expect(try await server.servedCertificate() == first.der)
            }
            // Nothing else of the new configuration was taken over either.
            let answer = try await TestClient(port: server.loopbackPort).request(
                "GET", "/healthz", headers: [("Origin", "https://app.example.org")])
            #expect(answer["Access-Control-Allow-Origin"] == nil)
        }
    }

    @Test("The oldest version is the configured one, and a reload can change it")
    func minimumVersion() async throws {
        let old = TLSOptions { $0.newest = .tls12 }
        try await SecureAppliance.run(tls: #"minimum_version = "1.3""#) { server in
            await #expect(throws: TestClientError.self) { try await TestClient.secure(port: server.port, old) }
            #expect(try await TestClient.secure(port: server.port).session?.version == .tls13)
            try server.reload()
            #expect(try await TestClient.secure(port: server.port, old).session?.version == .tls12)
        }
    }

    @Test("A reload of a server without HTTPS leaves certificates alone")
    func withoutTLS() async throws {
        try await TestAppliance.run { (server: TestAppliance) async throws in
            #expect(server.appliance.secure == nil)
            let loaded = try TestAppliance.configuration(SecureAppliance.settings(in: server.directory), in: server.directory)
            try server.appliance.reloadCertificate(loaded)
            #expect(server.appliance.reload(loaded).needRestart.contains("tls.listen"))
        }
        try await SecureAppliance.run { (server) async throws in
            let before = try await server.servedCertificate()
            try server.appliance.appliance.reloadCertificate(try TestAppliance.configuration("", in: server.directory))
            #expect(try await server.servedCertificate() == before)
        }
    }

    // MARK: Strict-Transport-Security

    @Test("A self-signed certificate never makes clients insist on HTTPS, and the log says why")
    func selfSigned() async throws {
        try await SecureAppliance.run(server: #"public_url = "https://elsewhere.example.org""#) { (server) async throws in
            #expect(try await server.request("GET", "/healthz")["Strict-Transport-Security"] == nil)
            #expect(server.appliance.logged.text.contains("leads to no root that this machine trusts"))
            #expect(server.appliance.logged.text.contains("not for elsewhere.example.org"))
        }
    }

    @Test("A trusted certificate does, over HTTPS only, until it is trusted no more")
    func trusted() async throws {
        let root = try TestCertificate([], isAuthority: true)
        let rootFile = try TemporaryDirectory()
        try TestCertificate.write(root.pem, to: rootFile.path + "/root.pem")
        let clock = ManualClock(SystemClock().now())
        try await SecureAppliance.run(
            try TestCertificate(issuer: root),
            world: { world in
                world.roots = .file(rootFile.path + "/root.pem")
                world.clock = clock
            }
        ) { server in
            let sent = "max-age=31536000; includeSubDomains; preload"
            #expect(try await server.request("GET", "/healthz")["Strict-Transport-Security"] == sent)
            #expect(try await server.plain("GET", "/healthz")["Strict-Transport-Security"] == nil)
            #expect(try await server.plain("GET", "/", headers: [Self.page])["Strict-Transport-Security"] == nil)
            #expect(!server.appliance.logged.text.contains("About the certificate"))

            // Twice a day it is judged anew.
            try TestCertificate.write(try TestCertificate([], isAuthority: true).pem, to: rootFile.path + "/root.pem")
            await clock.untilSleeping()
            clock.advance(seconds: SecureListeners.upkeepSeconds)
            #expect(try await eventually { try await server.request("GET", "/healthz")["Strict-Transport-Security"] == nil })
            #expect(server.appliance.logged.text.contains("leads to no root that this machine trusts"))
        }
    }

    @Test("A reload with a self-signed certificate ends the insisting")
    func trustedBefore() async throws {
        let root = try TestCertificate([], isAuthority: true)
        let rootFile = try TemporaryDirectory()
        try TestCertificate.write(root.pem, to: rootFile.path + "/root.pem")
        try await SecureAppliance.run(
            try TestCertificate(issuer: root), world: { $0.roots = .file(rootFile.path + "/root.pem") }
        ) { server in
            #expect(try await server.request("GET", "/healthz")["Strict-Transport-Security"] != nil)
            try TestCertificate().write(to: server.directory.path)
            try server.reload()
            #expect(try await server.request("GET", "/healthz")["Strict-Transport-Security"] == nil)
        }
    }

    // MARK: Stopping

    @Test("A stop says goodbye to connections over HTTPS")
    func stop() async throws {
        let directory = try TemporaryDirectory()
        try TestCertificate().write(to: directory.path)
        let started = try await TestAppliance.start(settings: SecureAppliance.settings(in: directory), in: directory)
        let server = SecureAppliance(appliance: started, directory: directory)
        let idle = try await TestClient.secure(port: server.port)
        #expect(try await idle.request("GET", "/healthz").status == 200)
        await started.appliance.stop()
        #expect(try await idle.readToEnd().isEmpty && idle.wasToldGoodbye)
        await #expect(throws: TestClientError.self) { try await TestClient.secure(port: server.port) }
    }

    @Test("The addresses that are listened on are told with their scheme")
    func addresses() async throws {
        try await SecureAppliance.run { (server) async throws in
            let values = try TestAppliance.configuration(SecureAppliance.settings(in: server.directory), in: server.directory).values
            #expect(
                ServeCommand.addresses(values, ports: server.appliance.appliance.ports)
                    == "0.0.0.0:\(server.publicPort), 127.0.0.1:\(server.loopbackPort), https://127.0.0.1:\(server.port)")
        }
    }
}
