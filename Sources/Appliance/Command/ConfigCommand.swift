import ArgumentParser
import Glibc
import Platform

/// `jobraker config …`: look at the configuration without starting anything.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check, show or explain the configuration.",
        subcommands: [Check.self, Dump.self, Example.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read the configuration as a start would, and report every mistake.",
            discussion: "Exit status 0: a start would accept it. 2: it would not, and each line says where and why.")

        @Option(name: .long, help: "The configuration file. Without one, the built-in defaults hold.")
        var config: String?

        func run() throws {
            try ConfigCommand.answer { environment throws(ConfigurationErrors) in try output(environment) }
        }

        func output(_ environment: [String: String]) throws(ConfigurationErrors) -> String {
            let loaded = try Configuration.load(path: config, environment: environment)
            _ = try CurrentMailTemplates.load(loaded)
            let pair = try CertificateFiles.pair(for: loaded)
            let warnings = pair.map { CertificateFiles.warnings(about: $0, at: SystemClock().now(), in: loaded) } ?? []
            let set = Setting.all.count { loaded[origin: $0.key] != .standard }
            return "\(config.map { PrintableText.clean($0) } ?? "no file"): no mistakes; \(set) of \(Setting.all.count) keys set\n"
                + warnings.map { $0 + "\n" }.joined()
        }
    }

    struct Dump: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the value of every key, and where it comes from.",
            discussion: "Secrets are shown unless --redacted is given. Exit status 2: the configuration has mistakes.")

        @OptionGroup var options: CommonOptions

        @Flag(help: "Hide secrets, as for a bug report.")
        var redacted = false

        func run() throws {
            try ConfigCommand.answer { environment throws(ConfigurationErrors) in try output(environment) }
        }

        func output(_ environment: [String: String]) throws(ConfigurationErrors) -> String {
            let loaded = try Configuration.load(path: options.config, environment: environment)
            let dump = ConfigurationDump(loaded: loaded, redacted: redacted)
            return options.json ? dump.json : dump.text
        }
    }

    struct Example: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the manual of the configuration file: every key with its default.")

        func run() {
            Terminal.write(ConfigurationExample.text, to: STDOUT_FILENO)
        }
    }

    /// Prints what `output` makes of this process's environment, or exits 2 with one line for each mistake.
    private static func answer(_ output: ([String: String]) throws(ConfigurationErrors) -> String) throws {
        do {
            Terminal.write(try output(ProcessEnvironment.current), to: STDOUT_FILENO)
        } catch {
            Terminal.error(error.text)
            throw ExitCode(2)
        }
    }
}
