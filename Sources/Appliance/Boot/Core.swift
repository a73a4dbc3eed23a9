import Platform

/// The appliance without its network: the database and the parts that commands
/// work with. The server is built on one, and so is a command that holds the lock.
final class Core: Sendable {
    let directory: DataDirectory
    let database: Database
    let hashPool: HashPool
    let hasher: PasswordHasher
    let clock: any PlatformClock
    let random: any RandomSource
    let log: Log
    /// What embeds, as the configuration has it.
    let embeddings: EmbeddingsProvider
    /// The running server's search; a command that holds the lock has none.
    let retrieval = LateRetriever()
    /// The schedules, as this configuration has them, and as the running server has them.
    let configuredSchedules: [Schedule]
    let runningSchedules = RunningSchedules()

    /// Takes the data directory's lock, opens the database and brings its schema up to date.
    init(
        configuration: Configuration, clock: any PlatformClock, random: any RandomSource, log: Log,
        hashing: PasswordHasher.Parameters = .standard, storage tuning: Database.Options = Database.Options()
    ) throws {
        self.clock = clock
        self.random = random
        self.log = log
        embeddings = configuration.embeddings.provider
        configuredSchedules = Parts.schedules(configuration)
        directory = try DataDirectory(locking: configuration.storage.directory)
        var options = tuning
        options.writerQueue = configuration.storage.writerQueue
        options.groupLimit = configuration.storage.groupLimit
        database = try Database(directory: directory, migrations: Schema.migrations, options: options, clock: clock, random: random)
        hashPool = HashPool(workers: configuration.auth.passwordHashWorkers, queue: 16)
        hasher = PasswordHasher(parameters: hashing, random: random)
        for file in database.notes.movedAside {
            log.warning(
                "The database is a restored snapshot; a file of the old one lay beside it and was moved aside.", ["file": .string(file)])
        }
        if let lastCommit = database.notes.copiedFileLastCommit, !database.notes.restoredSnapshot {
            log.warning(
                "The database file was copied here. It was checked and is whole; what was written after its last commit is not in it.",
                ["last_commit": .string(lastCommit.iso)])
        }
    }

    /// Blocking; leaves one file and no write-ahead log, and the directory to whoever wants it next.
    func close() {
        hashPool.stop()
        database.close()
        directory.unlock()
    }

    /// The commands that work the same with and without a running server.
    func handle(_ request: ControlRequest, progress: @escaping @Sendable (CommandProgress) -> Void) async throws -> JSONValue {
        switch request.command {
        case "snapshot": return try await takeSnapshot()
        case "import.jobs": return try await importJobs(request, progress)
        case "import.knowledge": return try await importKnowledge(request, progress)
        case "export": return try await exportPiece(request.arguments)
        default:
            if request.command.hasPrefix("index.") { return try await index(request, progress) }
            if request.command.hasPrefix("schedule.") { return try await schedule(request) }
            if request.command.hasPrefix("mail.") { return try await mail(request) }
            if request.command.hasPrefix("admin.") { return try await administer(request) }
            if request.command.hasPrefix("queue.") { return try await manageQueue(request) }
            throw CommandFailure("unknown command \"\(request.command)\": this server is of another release", exit: 2)
        }
    }

    private func takeSnapshot() async throws -> JSONValue {
        guard let info = try await database.takeSnapshot() else { throw CommandFailure("the snapshot was not taken") }
        return .object(
            JSONObject([
                ("path", .string(directory.snapshotPath)), ("taken_at", .string(info.takenAt.iso)), ("bytes", .number("\(info.bytes)")),
                ("sequence", .number("\(info.sequence)")),
            ]))
    }
}
