import ArgumentParser
import Glibc
import Platform

/// `jobraker restore FILE`: puts a backup in the place of the database.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Check FILE and put it in the place of the database.",
        discussion: "The server must be stopped. The database that was there is renamed, not deleted.")

    @OptionGroup var options: CommonOptions
    @Flag(name: .long, help: "Check the file and say what is in it; change nothing.")
    var dryRun = false
    @Argument(help: "A snapshot, or the database file of a stopped server.")
    var file: String

    func run() async throws {
        umask(0o077)
        let directory = try options.load().values.storage.directory
        do {
            let newest = Schema.migrations.last?.version ?? 0
            if dryRun { return report(try FileCheck.run(file, newestSchema: newest), kept: []) }
            let locked = try DataDirectory(locking: directory)
            let outcome = try Restore.run(file, into: locked, newestSchema: newest, at: SystemClock().now())
            report(outcome.report, kept: outcome.kept)
        } catch {
            throw CommandRunner.exit(CommandFailure(StartFailure.text(for: error)))
        }
    }

    private func report(_ report: FileReport, kept: [String]) {
        if options.json {
            let counts = report.rowCounts.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.number("\($0.value)")) }
            let json = JSONValue.object(
                JSONObject([
                    ("restored", .bool(!dryRun)), ("schema_version", .number("\(report.schemaVersion)")),
                    ("last_write", .string(report.lastCommit.iso)), ("bytes", .number("\(report.bytes)")),
                    ("rows", .object(JSONObject(counts))), ("kept", .array(kept.map(JSONValue.string))),
                ]))
            return Terminal.print(json.jsonText)
        }
        Terminal.print("\(file): whole, schema version \(report.schemaVersion), last write \(report.lastCommit.iso)")
        for (table, rows) in report.rowCounts.sorted(by: { $0.key < $1.key }) where rows > 0 { Terminal.print("  \(table): \(rows)") }
        for name in kept { Terminal.print("the previous file is kept as \(name)") }
        Terminal.print(dryRun ? "nothing was changed" : "restored; start the server now")
    }
}
