import ArgumentParser

/// The `jobraker` program.
@main
struct Jobraker: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "jobraker",
        abstract: "A self-hosted AI job-search backend in one binary and one database file.",
        version: version,
        subcommands: [
            ServeCommand.self, ConfigCommand.self, AdminCommand.self, ImportCommand.self, ExportCommand.self, BackupCommand.self,
            RestoreCommand.self, IndexCommand.self, QueueCommand.self, ScheduleCommand.self, MailCommand.self, ModelCommand.self,
            EmbedCommand.self,
        ])
}
