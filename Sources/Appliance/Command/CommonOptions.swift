import ArgumentParser
import Glibc
import Platform

/// What every command that works on an instance takes.
struct CommonOptions: ParsableArguments {
    @Option(name: .long, help: "The configuration file. Without one, the built-in defaults hold.")
    var config: String?

    @Flag(name: .long, help: "Print the result as JSON.")
    var json = false

    /// The configuration, or exit 2 with one line for each mistake.
    func load() throws -> LoadedConfiguration {
        do {
            return try Configuration.load(path: config, environment: ProcessEnvironment.current)
        } catch {
            Terminal.error(error.text)
            throw ExitCode(2)
        }
    }
}

/// Writing to the person who runs a command.
enum Terminal {
    static func print(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    static func error(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

    static func write(_ text: String, to file: Int32) {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress?.advanced(by: sent), bytes.count - sent) }
            if count <= 0 { return }
            sent += count
        }
    }
}

/// The environment of this process.
enum ProcessEnvironment {
    static var current: [String: String] {
        var values: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let line = String(cString: text)
            if let equals = line.firstIndex(of: "=") { values[String(line[..<equals])] = String(line[line.index(after: equals)...]) }
            entry += 1
        }
        return values
    }
}
