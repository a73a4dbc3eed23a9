import Testing

@testable import Appliance

@Suite struct ConfigurationChangesTests {
    private func load(_ text: String) throws -> LoadedConfiguration { try ConfigurationFile(text).load() }

    @Test("Nothing changes between two readings of the same values")
    func same() throws {
        let changes = Configuration.changes(from: try load(""), to: try load("server.drain_seconds = 20"))
        #expect(changes.changed.isEmpty && changes.needRestart.isEmpty)
    }

    @Test("Changed keys are told apart by whether they need a restart")
    func split() throws {
        let old = try load("log.level = 'info'\nstorage.directory = '/a'")
        let new = try load(
            """
            log.level = 'debug'
            storage = { directory = '/b', group_limit = 1 }
            auth.access_token_minutes = 5
            server = { listen = ['127.0.0.1:1'], allowed_origins = ['https://a.example'], trusted_proxies = ['::1'] }
            """)
        let changes = Configuration.changes(from: old, to: new)
        #expect(changes.changed == ["server.trusted_proxies", "server.allowed_origins", "auth.access_token_minutes", "log.level"])
        #expect(changes.needRestart == ["server.listen", "storage.directory", "storage.group_limit"])
    }

    @Test("What is in force after a reload: new where it can be, old where it needs a restart")
    func adoption() throws {
        let old = try load("server.drain_seconds = 1")
        let new = try load("server.drain_seconds = 2\nassistant.attempts = 7")
        let inForce = old.adopting(new)
        #expect(inForce.values.server.drainSeconds == 1)
        #expect(inForce.values.assistant.attempts == 7)
        #expect(inForce[origin: "server.drain_seconds"] == old[origin: "server.drain_seconds"])
        #expect(inForce[origin: "assistant.attempts"] == new[origin: "assistant.attempts"])
        #expect(Configuration.changes(from: inForce, to: new).needRestart == ["server.drain_seconds"])
    }

    @Test("A server that still listens to the world does not open itself because the file moved to loopback")
    func registrationFollowsWhatIsInForce() throws {
        let old = try load("server.listen = ['0.0.0.0:8080']")
        let new = try load("")
        #expect(new.values.registrationInForce == .open)
        #expect(old.adopting(new).values.registrationInForce == .invite)
    }

    @Test("A proxy or a public name that a running server is told of ends open registration at once")
    func registrationFollowsProxies() throws {
        let old = try load("")
        for text in ["server.trusted_proxies = ['10.0.0.1']", "server.public_url = 'https://jobs.example.com'"] {
            #expect(old.adopting(try load(text)).values.registrationInForce == .invite)
        }
    }

    @Test(
        "The keys that can change while the server runs",
        arguments: [
            ("log.level", true), ("auth.registration", true), ("assistant.api_key", true), ("server.allowed_origins", true),
            ("server.trusted_proxies", true), ("server.public_url", true), ("server.listen", false), ("storage.directory", false),
            ("auth.password_hash_workers", false), ("embeddings.model", false), ("moderation.provider", true),
            ("moderation.base_url", true), ("moderation.api_key", true),
            ("moderation.model", true), ("moderation.on_failure", true), ("moderation.timeout_ms", true),
            ("backup.interval_minutes", false), ("applications.auto_apply", true),
        ])
    func adoptionTable(_ key: String, _ isLive: Bool) {
        #expect(Setting.byKey[key].map { $0.adoption == .live } == isLive)
    }
}
