import Glibc

@testable import Appliance

/// A configuration file in a directory of its own, gone with the last reference.
final class ConfigurationFile {
    let directory: String
    let path: String

    init(_ text: String, name: String = "config.toml") {
        var template = Array("/tmp/jobraker-config-XXXXXX".utf8CString)
        directory = mkdtemp(&template).map { String(cString: $0) } ?? "/nonexistent"
        path = directory + "/" + name
        write(text, name: name)
    }

    deinit {
        unlink(path)
        for setting in Setting.all { unlink("\(directory)/\(setting.key)") }
        rmdir(directory)
    }

    func write(_ text: String, name: String) {
        let file = open(directory + "/" + name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        _ = Glibc.write(file, text, text.utf8.count)
        close(file)
    }

    func load(_ environment: [String: String] = [:]) throws(ConfigurationErrors) -> LoadedConfiguration {
        try Configuration.load(path: path, environment: environment)
    }

    /// The mistakes that loading the text reports, as if the file lay in the working directory.
    static func mistakes(_ text: String, _ environment: [String: String] = [:]) -> [String] {
        let file = ConfigurationFile(text)
        do {
            _ = try file.load(environment)
            return []
        } catch {
            return error.errors.map { relative($0.line, to: file) }
        }
    }

    static func relative(_ line: String, to file: ConfigurationFile) -> String {
        line.split(separator: file.directory + "/", omittingEmptySubsequences: false).joined()
    }
}
