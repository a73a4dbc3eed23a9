import ArgumentParser
import Platform
import TestSupport

@testable import Appliance

/// A directory with a configuration file in it, for commands as they are typed.
struct CommandLine: Sendable {
    let directory: TemporaryDirectory

    init(settings: String = "") throws {
        directory = try TemporaryDirectory()
        _ = try TestAppliance.configuration(settings, in: directory)
    }

    /// Runs `jobraker <words> --config <file>` in this process and returns its exit status.
    func run(_ words: String...) async throws -> Int32 { try await run(all: words) }

    func run(all words: [String]) async throws -> Int32 {
        do {
            var command = try Jobraker.parseAsRoot(words + ["--config", directory.path + "/config.toml"])
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
            return 0
        } catch let code as ExitCode {
            return code.rawValue
        }
    }

    func path(_ name: String) -> String { directory.path + "/" + name }

    /// A look at the database of a server that is stopped.
    func count(_ sql: String) async throws -> Int64 {
        let core = try Core(
            configuration: try Configuration.load(path: path("config.toml"), environment: [:]).values, clock: SystemClock(),
            random: SystemRandom(), log: Log(level: .error), hashing: .test)
        defer { core.close() }
        return try await core.database.scan { try $0.int(sql) }
    }

    /// Runs `body` with a server on the directory, or without one.
    func with(server isRunning: Bool, _ body: () async throws -> Void) async throws {
        guard isRunning else { return try await body() }
        try await TestAppliance.rerun(in: directory) { _ in try await body() }
        _ = try await eventually { (try? DataDirectory(locking: path("data"))) != nil }
    }
}
