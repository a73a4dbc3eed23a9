import ArgumentParser
import Platform

/// `jobraker backup FILE`: a whole, verified copy of the database, now.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write a whole, verified copy of the database to FILE.",
        discussion: "Works with the server running or stopped. An existing FILE is replaced only by a finished copy.")

    @OptionGroup var options: CommonOptions
    @Argument(help: "Where the copy goes.")
    var file: String

    func run() async throws {
        let result = try await CommandRunner(options: options).run(ControlRequest(command: "snapshot"))
        guard let source = result["path"]?.string else { throw CommandRunner.exit(CommandFailure("the server did not name its snapshot")) }
        let report: FileReport
        do {
            try FileSystem.copy(source, to: file + ".partial")
            report = try FileCheck.run(file + ".partial", newestSchema: Schema.migrations.last?.version ?? 0)
            try FileSystem.replace(file, with: file + ".partial")
        } catch {
            FileSystem.remove(file + ".partial")
            throw CommandRunner.exit(CommandFailure(StartFailure.text(for: error)))
        }
        if options.json {
            Terminal.print(result.jsonText)
        } else {
            let rows = report.rowCounts.values.reduce(0, +)
            Terminal.print("\(file): \(report.bytes) bytes, \(rows) rows, checked; last write \(report.lastCommit.iso)")
        }
    }
}
