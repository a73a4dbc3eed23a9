import ArgumentParser
import Glibc
import Platform

/// `jobraker export`: writes jobs, or whatever else can be exported, to a file or to standard output.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Export \(names) to a file, one record a line.",
        discussion: """
            Works with the server running or stopped. An existing file is replaced only by a finished export. What is exported as \
            jobs can be imported again; JSON Lines keep everything, in CSV lists are joined by semicolons.
            """)

    private static let names = Core.exportSources.map(\.name).joined(separator: " or ")

    @OptionGroup var options: CommonOptions
    @Argument(help: "What to export: \(names).")
    var what: String
    @Option(name: .long, help: "jsonl or csv.")
    var format = "jsonl"
    @Option(name: .long, help: "The file; - writes to standard output.")
    var output = "-"

    func run() async throws {
        let progress = ProgressLine()
        let result = try await CommandRunner(options: options).converse { call in
            let file = try ExportOutput(output)
            do {
                let count = try await write(to: file, progress, call)
                try file.finish()
                return .object(JSONObject([(what, .integer(count)), ("output", .string(output))]))
            } catch {
                file.abandon()
                throw error
            }
        }
        // On standard output there is nothing but the records.
        guard output != "-" else { return }
        Terminal.print(options.json ? result.jsonText : "\(what): \(result[what]?.int ?? 0) exported to \(output)")
    }

    private func write(to file: ExportOutput, _ progress: ProgressLine, _ call: CommandRunner.Call) async throws -> Int {
        var count = 0
        var after: Int? = 0
        while let start = after {
            let arguments: JSONValue = ["what": .string(what), "format": .string(format), "after": .integer(start)]
            let piece = try await call(ControlRequest(command: "export", arguments: arguments), progress)
            guard let text = piece["text"]?.string else { throw CommandFailure("the server's answer is not understood") }
            try file.write(text)
            count += piece["count"]?.int ?? 0
            after = piece["next"]?.int
            if output != "-" { progress.show(CommandProgress(step: what, done: count, total: max(count, piece["total"]?.int ?? 0))) }
        }
        return count
    }
}

/// Where an export goes. A file gets its name only when it is whole.
struct ExportOutput {
    private let path: String?
    private let descriptor: Int32

    private static let mode: mode_t = 0o600

    init(_ output: String) throws(CommandFailure) {
        path = output == "-" ? nil : output
        descriptor = output == "-" ? STDOUT_FILENO : open(output + ".partial", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, Self.mode)
        guard descriptor >= 0 else { throw CommandFailure("\(output): \(FileSystem.lastError())") }
    }

    func write(_ text: String) throws(CommandFailure) { try write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw CommandFailure("\(path ?? "standard output"): \(FileSystem.lastError())") }
            sent += count
        }
    }

    func finish() throws(CommandFailure) {
        guard let path else { return }
        guard fsync(descriptor) == 0, rename(path + ".partial", path) == 0 else {
            throw CommandFailure("\(path): \(FileSystem.lastError())")
        }
        close(descriptor)
    }

    /// After a failure: leaves nothing half done.
    func abandon() {
        guard let path else { return }
        close(descriptor)
        unlink(path + ".partial")
    }
}
