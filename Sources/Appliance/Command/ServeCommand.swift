import ArgumentParser
import Glibc
import Platform
import UnixSignals

/// `jobraker serve`: runs the appliance until SIGTERM or SIGINT.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the server.",
        discussion: "SIGTERM and SIGINT stop it after the requests under way; SIGHUP reads the configuration file again.")

    @Option(name: .long, help: "The configuration file. Without one, the built-in defaults hold: loopback only.")
    var config: String?

    func run() async throws {
        // What the server makes is for its own user alone.
        umask(0o077)
        let environment = ProcessEnvironment.current
        let loaded: LoadedConfiguration
        do { loaded = try Configuration.load(path: config, environment: environment) } catch {
            Terminal.error(error.text)
            throw ExitCode(2)
        }
        let output = LogOutput()
        defer { output.close() }
        let log = Log(level: loaded.values.log.level, format: loaded.values.log.format, sink: output.write)
        let notifier = SystemdNotifier(environment: environment)
        // From here on, so that no signal is lost while the server starts.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        let appliance: Appliance
        do {
            var world = Appliance.World()
            world.log = log
            appliance = try await Appliance.start(loaded, world: world)
        } catch let error as ConfigurationErrors {
            Terminal.error(error.text)
            throw ExitCode(2)
        } catch {
            Terminal.error("jobraker cannot start: \(StartFailure.text(for: error))")
            throw ExitCode(1)
        }
        let addresses = Self.addresses(loaded.values, ports: appliance.ports)
        log.info("Ready.", ["listen": .string(addresses), "data": .string(loaded.values.storage.directory)])
        notifier.ready(status: "Listening on \(addresses)")
        StartMemory.giveBack()
        for await signal in signals {
            guard signal == .sighup else { break }
            reload(appliance, environment: environment, log: log, notifier: notifier)
        }
        notifier.stopping()
        log.info("Stopping.")
        await appliance.stop()
        log.info("Stopped.")
    }

    /// Where the server listens, with the ports that it got: plain addresses first, as `Appliance.ports` has them.
    static func addresses(_ values: Configuration, ports: [Int]) -> String {
        let plain = values.server.listen.map { ("", $0.host) }
        let secure = values.tls.listen.map { ("https://", $0.host) }
        return zip(plain + secure, ports).map { "\($0.0)\($0.1):\($1)" }.joined(separator: ", ")
    }

    /// A file with a mistake changes nothing; the mistakes go to the log.
    private func reload(_ appliance: Appliance, environment: [String: String], log: Log, notifier: SystemdNotifier) {
        notifier.reloading()
        var status = "Configuration read again"
        defer { notifier.ready(status: status) }
        do {
            let loaded = try Configuration.load(path: config, environment: environment)
            let templates = try CurrentMailTemplates.load(loaded)
            try appliance.reloadCertificate(loaded)
            appliance.use(templates)
            let (changed, needRestart) = appliance.reload(loaded)
            for key in changed { log.info("Configuration changed.", ["key": .string(key)]) }
            for key in needRestart { log.warning("Configuration changed, but takes effect only after a restart.", ["key": .string(key)]) }
            if changed.isEmpty && needRestart.isEmpty { log.info("Configuration read again; nothing changed.") }
        } catch {
            log.error("The configuration has mistakes; the one in use stays.", ["error": .string(error.text)])
            status = "Reload refused, the configuration has mistakes; the one in use stays"
        }
    }
}
