import Platform
import Synchronization
import VecIndex

/// A running instance: the core, the network in front of it, and the loops beside it.
///
/// Parts start in the order in which they depend on each other and stop in
/// reverse: no request is taken in before everything behind it stands, and
/// nothing is closed that a request still uses.
final class Appliance: Sendable {
    /// What a test may put in the place of the real world.
    struct World: Sendable {
        var clock: any PlatformClock = SystemClock()
        var random: any RandomSource = SystemRandom()
        var log = Log()
        var hashing = PasswordHasher.Parameters.standard
        var storage = Database.Options()
        /// Whom certificates are held against.
        var roots = CertificateTrust.Roots.system
    }

    let core: Core
    let parts: Parts
    /// The ports that are listened on, in the configuration's order: `server.listen`, then `tls.listen`.
    let ports: [Int]
    private let servers: [HTTPServer]
    private let control: ControlServer
    /// Nil without HTTPS.
    let secure: SecureListeners?
    private let httpSettings: HTTPSettings
    private let current: Settings
    private let loops: Mutex<[Task<Void, Never>]> = Mutex([])
    private let drainSeconds: Int

    /// The route table, as it is served.
    var routes: [Route] { parts.dispatcher.routes }

    /// The settings that a reload may change, shared with the parts that read them.
    final class Settings: Sendable {
        private let loaded: Mutex<LoadedConfiguration>
        let isDraining = Atomic<Bool>(false)

        init(_ loaded: LoadedConfiguration) { self.loaded = Mutex(loaded) }

        var values: Configuration { loaded.withLock { $0.values } }

        /// Takes over what may change while running; keys that need a restart keep their values.
        func adopt(_ new: LoadedConfiguration) -> (before: LoadedConfiguration, now: LoadedConfiguration) {
            loaded.withLock { current in
                let before = current
                current = before.adopting(new)
                return (before, current)
            }
        }
    }

    private init(
        core: Core, parts: Parts, ports: [Int], servers: [HTTPServer], control: ControlServer, secure: SecureListeners?,
        httpSettings: HTTPSettings, current: Settings
    ) {
        self.core = core
        self.parts = parts
        self.ports = ports
        self.servers = servers
        self.control = control
        self.secure = secure
        self.httpSettings = httpSettings
        self.current = current
        drainSeconds = current.values.server.drainSeconds
    }

    /// Starts everything; when it returns, the ports are open and ready.
    static func start(_ loaded: LoadedConfiguration, world: World = World()) async throws -> Appliance {
        // Before any other thread runs: OpenBLAS with a thread a core is slower than with one on small products.
        VecBLAS.useOneThread()
        let configuration = loaded.values
        // Before the database is opened, and perhaps changed by a migration, for a start that a bad file ends.
        let secure = try SecureListeners(loaded, clock: world.clock, log: world.log, roots: world.roots)
        // Opening a model takes about as long as opening a database.
        let model = LocalModel(in: configuration.storage.directory, log: world.log)
        if configuration.embeddings.provider == .local { Task { _ = model.embedder() } }
        let templates = CurrentMailTemplates(try CurrentMailTemplates.load(loaded))
        let core = try Core(
            configuration: configuration, clock: world.clock, random: world.random, log: world.log, hashing: world.hashing,
            storage: world.storage)
        let current = Settings(loaded)
        var opened: [HTTPServer] = []
        var parts: Parts?
        do {
            let httpSettings = HTTPSettings(httpValues(configuration, secure))
            let started = try await Parts.start(
                core: core, model: model, httpSettings: httpSettings, templates: templates, current: current,
                metrics: secure.map { [$0.contexts] } ?? [])
            parts = started
            let dispatcher = started.dispatcher
            var (ports, securePorts): ([Int], [Int]) = ([], [])
            // First, so that the plain ones know from the start where to send browsers.
            for address in configuration.tls.listen {
                let server = HTTPServer(
                    configuration: serverConfiguration(address, configuration.server), dispatcher: dispatcher, tls: secure?.contexts)
                securePorts.append(try await server.start())
                opened.append(server)
            }
            if let first = securePorts.first { secure?.opened(first) }
            httpSettings.replace(httpValues(configuration, secure))
            for address in configuration.server.listen {
                // On loopback nobody listens in, and the operator's own tools go on working.
                let plain = secure == nil || address.isLoopback ? dispatcher : dispatcher.askingForHTTPS()
                let server = HTTPServer(configuration: serverConfiguration(address, configuration.server), dispatcher: plain)
                ports.append(try await server.start())
                opened.append(server)
            }
            let control = try ControlServer(path: core.directory.controlSocketPath) { try await core.handle($0, progress: $1) }
            let appliance = Appliance(
                core: core, parts: started, ports: ports + securePorts, servers: opened, control: control, secure: secure,
                httpSettings: httpSettings, current: current)
            appliance.startLoops()
            return appliance
        } catch {
            for server in opened { await server.stop(drainSeconds: 0) }
            await parts?.drain(seconds: 0)
            await parts?.finish()
            parts?.close()
            await offPool { core.close() }
            throw error
        }
    }

    /// Serves what the files of `[tls]` hold now, also when their names have not changed. Throws what is wrong with
    /// them, and then nothing has changed. To be called before `reload`, which cannot fail.
    func reloadCertificate(_ loaded: LoadedConfiguration) throws(ConfigurationErrors) {
        try secure?.reload(loaded)
    }

    /// Makes mails with these templates from now on. They are read again with each reload, as files may have changed whose
    /// directory has not.
    func use(_ templates: MailTemplates) { parts.mail.templates.replace(templates) }

    /// Takes over what of a new configuration can change while running, and
    /// names what needs a restart.
    func reload(_ loaded: LoadedConfiguration) -> (changed: [String], needRestart: [String]) {
        let (before, now) = current.adopt(loaded)
        let changes = Configuration.changes(from: before, to: loaded)
        httpSettings.replace(Self.httpValues(now.values, secure))
        parts.limiter.replace(now.values.rateLimits)
        parts.sockets.replace(now.values.socketQuotas)
        parts.scheduler.replace(Parts.schedules(now.values))
        core.log.level = now.values.log.level
        core.log.format = now.values.log.format
        return changes
    }

    /// Lets requests under way finish, at most the configured drain time, then
    /// closes everything. What was acknowledged is on the disk long before.
    func stop() async {
        current.isDraining.store(true, ordering: .sequentiallyConsistent)
        for loop in loops.withLock({ $0 }) { loop.cancel() }
        let seconds = drainSeconds
        await withTaskGroup(of: Void.self) { group in
            for server in servers { group.addTask { await server.stop(drainSeconds: Double(seconds)) } }
            group.addTask { [parts] in await parts.drain(seconds: seconds) }
        }
        await parts.finish()
        parts.close()
        let (control, core) = (self.control, self.core)
        await Self.offPool {
            control.stop()
            core.close()
        }
    }

    /// Runs blocking work on a thread of its own and waits for it.
    private static func offPool(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            BlockingWork.run {
                body()
                continuation.resume()
            }
        }
    }

    // MARK: Settings of the parts

    private static func httpValues(_ configuration: Configuration, _ secure: SecureListeners?) -> HTTPSettings.Values {
        HTTPSettings.Values(
            allowedOrigins: configuration.server.allowedOrigins,
            trustedProxies: configuration.server.trustedProxies.compactMap(CIDR.init),
            publicURL: configuration.server.publicURL.isEmpty ? nil : configuration.server.publicURL,
            strictTransportSecurity: secure?.sendsStrictTransportSecurity ?? false,
            httpsPort: configuration.tls.redirect ? secure?.port : nil)
    }

    private static func serverConfiguration(_ address: ListenAddress, _ server: ServerSettings) -> HTTPServerConfiguration {
        var limits = HTTPLimits()
        limits.body = server.bodyLimitBytes
        limits.connections = server.maxConnections
        limits.headerTime = Int64(server.headerTimeoutSeconds) * 1000
        limits.bodyTime = Int64(server.bodyTimeoutSeconds) * 1000
        limits.idle = Int64(server.idleTimeoutSeconds) * 1000
        return HTTPServerConfiguration(host: address.host, port: address.port, limits: limits)
    }

    // MARK: Loops

    private func startLoops() {
        if let secure { startUpkeep(of: secure) }
        let minutes = current.values.backup.intervalMinutes
        guard minutes > 0 else { return }
        let core = self.core
        let task = Task { await SnapshotLoop(core: core, intervalMinutes: minutes).run() }
        loops.withLock { $0.append(task) }
    }

    private func startUpkeep(of secure: SecureListeners) {
        let (clock, settings) = (core.clock, httpSettings)
        let task = Task {
            while (try? await clock.sleep(microseconds: Int64(SecureListeners.upkeepSeconds) * 1_000_000)) != nil {
                secure.upkeep()
                // This value alone: a reload may be changing the others.
                settings.set(\.strictTransportSecurity, secure.sendsStrictTransportSecurity)
            }
        }
        loops.withLock { $0.append(task) }
    }
}
