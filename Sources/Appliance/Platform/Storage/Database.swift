import CSQLite
import Synchronization

/// The one database of an instance: one writer, many readers, real durability.
///
/// - `write` runs a closure on the writer's thread, together with all that
///   waits (group commit), and returns after the commit is on the disk.
/// - `read` runs at once on the calling thread, within a small budget.
/// - `scan` runs on one of two threads of its own, for what takes long.
package final class Database: Sendable {
    /// Sizes and times; the defaults are the product's.
    package struct Options: Sendable {
        /// Writes that may wait; one more is refused with `StorageError.queueFull`.
        package var writerQueue = 1024
        /// Writes in one commit.
        package var groupLimit = 256
        /// Pages in the write-ahead log at which the writer checkpoints.
        package var checkpointPages = 1000
        /// Quiet time after which the log is emptied.
        package var idleCheckpointMilliseconds = 5000
        /// Processor time that one `read` may use.
        package var readBudgetMilliseconds = 5
        /// `synchronous=NORMAL`: a power cut undoes acknowledged writes. It is here for the comparison in
        /// docs/benchmarks.md alone; no key of the configuration leads to it.
        package var syncsOnlyAtCheckpoints = false
        package init() {}
    }

    /// What opening found that the operator should hear of.
    package struct OpeningNotes: Sendable, Equatable {
        /// The file was a snapshot that somebody put in place: a restore.
        package var restoredSnapshot = false
        /// Files of another database that lay beside the snapshot, where they are now.
        package var movedAside: [String] = []
        /// The file is a copy of a live one: it was checked whole, and this is its last commit.
        package var copiedFileLastCommit: Timestamp?
    }

    package let directory: DataDirectory
    package let notes: OpeningNotes
    let writer: Writer
    private let readers: ReaderPool
    private let scanners: ScanPool
    let clock: any PlatformClock
    private let newestSchema: Int
    private let snapshotGate: AsyncGate = AsyncGate()
    let scrubGate: AsyncGate = AsyncGate()
    /// The commit up to which this process has scrubbed. It begins anew with each process, so that one scrub too many
    /// is made and never one too few.
    let scrubbed = Atomic<Int64>(-1)

    /// Opens, checks and migrates. Blocking; call it before serving.
    package init(
        directory: DataDirectory, migrations: [Migration], options: Options = Options(), clock: any PlatformClock,
        random: any RandomSource
    ) throws {
        self.directory = directory
        self.clock = clock
        let path = directory.databasePath
        newestSchema = migrations.last?.version ?? 0
        var notes = OpeningNotes()
        let kind = SnapshotMark.kind(of: path)
        if kind == .foreign { throw FileCheck.Failure.notADatabase(path: path) }
        if kind == .unmarked { try Self.refuseForeign(path) }
        if kind == .snapshot {
            notes.restoredSnapshot = true
            notes.movedAside = try Self.moveAside(path, at: clock.now())
            try Self.markLive(path)
        }
        let connection: Connection
        do { connection = try Connection(path: path, role: .writer) } catch StorageError.corrupt(let message) {
            if message == String(cString: sqlite3_errstr(SQLITE_NOTADB)) { throw FileCheck.Failure.notADatabase(path: path) }
            throw FileCheck.Failure.damaged(path: path, detail: message)
        }
        if kind != .missing && kind != .empty {
            notes.copiedFileLastCommit = try Self.checkIfCopied(Reader(connection: connection), path: path)
        }
        try Migrator(migrations: migrations).run(on: connection, at: clock.now()) {
            _ = try Snapshot.take(from: path, to: directory.snapshotPath, at: clock.now())
        }
        try connection.statement("INSERT OR REPLACE INTO instance (key, value) VALUES ('file_identity', $1)")
            .run([FileSystem.identity(path)?.text ?? ""]) { _ in true }
        if options.syncsOnlyAtCheckpoints { try connection.execute("PRAGMA synchronous = NORMAL") }
        self.notes = notes
        writer = Writer(path: path, options: options, clock: clock, random: random)
        readers = ReaderPool(path: path, budgetMilliseconds: options.readBudgetMilliseconds)
        scanners = ScanPool(path: path)
        writer.start(on: connection)
    }

    /// Runs `body` in a transaction and returns its value once that is durable.
    /// Throws what `body` throws (its own changes are then undone), or a `StorageError`.
    package func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await writer.write(body)
    }

    /// Tries whether a write reaches the disk. It is no change: a snapshot stays current.
    package func probe() async throws {
        try await writer.write(isProbe: true) { transaction in
            _ = try transaction.execute("INSERT OR REPLACE INTO instance (key, value) VALUES ('ready_probe', $1)", transaction.now.iso)
        }
    }

    /// Runs `body` at once on this thread's own read-only connection.
    package func read<T>(_ body: (Reader) throws -> T) throws -> T { try readers.read(body) }

    /// Runs `body` at once where that is cheap, and where it is not, on a thread that may be kept busy: for pages of
    /// lists, which are short for nearly everybody and long for somebody.
    package func readPatiently<T: Sendable>(_ body: @escaping @Sendable (Reader) throws -> T) async throws -> T {
        do { return try read(body) } catch StorageError.overBudget { return try await scan(body) }
    }

    /// Runs `body` on a thread that may be kept busy.
    package func scan<T: Sendable>(_ body: @escaping @Sendable (Reader) throws -> T) async throws -> T {
        try await scanners.scan(body)
    }

    /// Receives the events of each commit, in commit order, on the writer's thread.
    package func setEventSink(_ sink: @escaping @Sendable ([any BusEvent]) -> Void) { writer.setEventSink(sink) }

    /// Replaces `<data>/backup/jobraker.db` by a whole, verified copy of this
    /// moment. With `onlyIfChanged`, returns nil when nothing was written since the last one.
    package func takeSnapshot(onlyIfChanged: Bool = false) async throws -> Snapshot.Info? {
        let source = directory.databasePath
        let target = directory.snapshotPath
        return try await snapshotGate.exclusively {
            if onlyIfChanged, try await self.isSnapshotCurrent() { return nil }
            let now = self.clock.now()
            return try await self.scan { _ in try Snapshot.take(from: source, to: target, at: now) }
        }
    }

    private func isSnapshotCurrent() async throws -> Bool {
        guard SnapshotMark.kind(of: directory.snapshotPath) == .snapshot else { return false }
        let target = directory.snapshotPath
        return try await scan { reader in
            let current = try reader.int("SELECT sequence FROM last_commit")
            // A snapshot that cannot be read is not current, and is replaced.
            let kept = try? Reader(connection: Connection(path: target, role: .archive)).int("SELECT sequence FROM last_commit")
            return current == kept
        }
    }

    /// Serves the writes that wait, empties the log, and closes: one file is left, no `-wal`.
    /// Blocking: call it off the cooperative pool.
    package func close() {
        scanners.close()
        readers.close()
        writer.stop()
    }

    package var writesWaiting: Int { writer.waitingCount }
    var counters: Writer.Counters { writer.counters }
    var groupDuration: Histogram { writer.groupDuration }
    var readCounters: (served: Int64, overBudget: Int64) { readers.counters }
    var scansWaiting: Int { scanners.waitingCount }

    /// Gives a restored snapshot the live file's mark while it has no log yet, so that the mark is in the file
    /// itself before anybody's write is acknowledged: a start after a kill would otherwise see a snapshot still,
    /// and move a log aside that holds acknowledged writes.
    private static func markLive(_ path: String) throws {
        do {
            try Connection(path: path, role: .snapshot).execute("PRAGMA application_id = \(Migrator.applicationID)")
        } catch StorageError.corrupt(let message) {
            throw FileCheck.Failure.damaged(path: path, detail: message)
        }
    }

    /// Looks at a file without a mark, without touching it: another program's database stays as it is.
    private static func refuseForeign(_ path: String) throws {
        do {
            let reader = Reader(connection: try Connection.toUnwrittenFile(path))
            let tables = try reader.int("SELECT count(*) FROM sqlite_schema")
            let ours = try reader.int("SELECT count(*) FROM sqlite_schema WHERE name = 'schema_migrations'")
            guard tables == 0 || ours == 1 else { throw MigrationError.foreignDatabase(applicationID: 0) }
        } catch StorageError.corrupt {
            throw FileCheck.Failure.notADatabase(path: path)
        }
    }

    /// A snapshot put in place of a live file may find the old file's log beside
    /// it; replayed into the snapshot it would destroy it.
    private static func moveAside(_ path: String, at now: Timestamp) throws -> [String] {
        var moved: [String] = []
        for suffix in ["-wal", "-shm", "-journal"] where FileSystem.exists(path + suffix) {
            let name = FileSystem.freeName(path + suffix + ".aside-\(now.seconds)")
            try FileSystem.replace(name, with: path + suffix)
            moved.append(name)
        }
        return moved
    }

    /// A file that is not the one this instance last opened was copied here by
    /// somebody; a copy of a live file can be torn, so it is read whole first.
    private static func checkIfCopied(_ reader: Reader, path: String) throws -> Timestamp? {
        do {
            guard try reader.int("SELECT count(*) FROM sqlite_schema WHERE name = 'last_commit'") == 1 else { return nil }
            let remembered = try reader.first("SELECT value FROM instance WHERE key = 'file_identity'") { try $0.text(0) }
            guard remembered != FileSystem.identity(path)?.text else { return nil }
            try FileCheck.verify(reader, path: path)
            return try reader.first("SELECT at FROM last_commit") { try $0.time(0) }
        } catch let failure as FileCheck.Failure {
            throw failure
        } catch {
            throw FileCheck.Failure.damaged(path: path, detail: "\(error)")
        }
    }
}

/// Lets one asynchronous operation at a time through: two snapshots never
/// write the same partial file.
actor AsyncGate {
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func exclusively<T: Sendable>(_ body: @Sendable () async throws -> T) async throws -> T {
        if isBusy { await withCheckedContinuation { waiting.append($0) } }
        isBusy = true
        defer {
            if waiting.isEmpty { isBusy = false } else { waiting.removeFirst().resume() }
        }
        return try await body()
    }
}
