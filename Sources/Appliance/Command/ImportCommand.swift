import ArgumentParser
import Glibc
import Platform

/// `jobraker import`: brings jobs or knowledge in from files.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import jobs or knowledge articles from files.",
        discussion: "A file with a mistake imports nothing. Importing the same file again changes nothing.",
        subcommands: [Jobs.self, Knowledge.self])

    static let sizeLimit = 256 << 20

    struct Jobs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "jobs", abstract: "Import jobs from a .jsonl or .csv file.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "The file: one JSON object a line, or comma-separated values with a header line.")
        var file: String

        func run() async throws {
            guard let format = ["jsonl", "csv"].first(where: { file.hasSuffix(".\($0)") }) else {
                throw CommandRunner.exit(CommandFailure("\(file): the name must end in .jsonl or .csv", exit: 2))
            }
            guard let bytes = FileSystem.read(file, limit: ImportCommand.sizeLimit) else {
                throw CommandRunner.exit(CommandFailure("\(file): \(FileSystem.lastError())", exit: 2))
            }
            let arguments = JSONValue.object(JSONObject([("format", .string(format))]))
            let result = try await CommandRunner(options: options)
                .run(ControlRequest(command: "import.jobs", arguments: arguments, payload: bytes))
            ImportCommand.report(result, of: "jobs", json: options.json)
        }
    }

    struct Knowledge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "knowledge", abstract: "Import the Markdown files of a directory as knowledge articles.")

        @OptionGroup var options: CommonOptions
        @Argument(help: "The directory; its .md files are read, those of its folders too.")
        var directory: String

        func run() async throws {
            var files: [JSONValue] = []
            var size = 0
            for name in try MarkdownFolder.files(in: directory) {
                let path = directory + "/" + name
                guard let bytes = FileSystem.read(path, limit: ImportCommand.sizeLimit - size) else {
                    throw CommandRunner.exit(CommandFailure("\(path): \(FileSystem.lastError())", exit: 2))
                }
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    throw CommandRunner.exit(CommandFailure("\(path):1: the file is not UTF-8 text", exit: 2))
                }
                size += bytes.count
                files.append(.object(JSONObject([("file", .string(name)), ("text", .string(text))])))
            }
            let result = try await CommandRunner(options: options)
                .run(ControlRequest(command: "import.knowledge", payload: JSONValue.array(files).bytes))
            ImportCommand.report(result, of: "articles", json: options.json)
        }
    }

    private static func report(_ result: JSONValue, of kind: String, json: Bool) {
        if json { return Terminal.print(result.jsonText) }
        let (created, updated, unchanged) = (result["created"]?.int ?? 0, result["updated"]?.int ?? 0, result["unchanged"]?.int ?? 0)
        Terminal.print("\(kind): \(created) created, \(updated) updated, \(unchanged) unchanged")
        let twins = result["possible_duplicates"]?.array?.count ?? 0
        if twins > 0 { Terminal.print("\(kind): \(twins) of the new ones are like others that were there (--json names them)") }
    }
}

/// Lists the Markdown files below a directory, in order of their names.
enum MarkdownFolder {
    static func files(in directory: String) throws -> [String] {
        let all = try list(directory, prefix: "", depth: 0)
        guard !all.isEmpty else { throw CommandRunner.exit(CommandFailure("\(directory): there is no .md file in it", exit: 2)) }
        return all.sorted()
    }

    private static func list(_ path: String, prefix: String, depth: Int) throws -> [String] {
        guard let handle = opendir(path) else {
            throw CommandRunner.exit(CommandFailure("\(path): \(FileSystem.lastError())", exit: 2))
        }
        defer { closedir(handle) }
        var found: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix(".") { continue }
            if entry.pointee.d_type == UInt8(DT_DIR), depth < 16 {
                found += try list(path + "/" + name, prefix: prefix + name + "/", depth: depth + 1)
            } else if name.hasSuffix(".md") {
                found.append(prefix + name)
            }
        }
        return found
    }
}
