import Testing

@testable import Platform

@Suite struct RestoreTests {
    private let temporary: TemporaryDirectory
    private let directory: DataDirectory
    private let now = Timestamp(seconds: 1_800_000_000)
    private var path: String { directory.databasePath }

    init() throws {
        temporary = try TemporaryDirectory()
        directory = try DataDirectory(locking: temporary("data"))
    }

    /// A snapshot of a database with one book, as a file that came from elsewhere.
    private func snapshot(of title: String) async throws -> String {
        try await withDatabase { test in
            try await test.database.write { try $0.addBook(title) }
            _ = try await test.database.takeSnapshot()
            try FileSystem.copy(test.directory.snapshotPath, to: temporary("incoming.db"))
        }
        return temporary("incoming.db")
    }

    private func titles() async throws -> [String] { try await withDatabase(in: directory) { test in try test.titles() } }

    @Test("The file takes the database's place, and the report is that of the check")
    func intoEmpty() async throws {
        let file = try await snapshot(of: "Oaks")
        let outcome = try Restore.run(file, into: directory, newestSchema: 2, at: now)
        let checked = try FileCheck.run(file, newestSchema: 2)
        #expect(outcome.report == checked)
        #expect(outcome.report.rowCounts["book"] == 1)
        #expect(outcome.kept == [])
        #expect(entries(of: directory.path) == ["backup", "jobraker.db", "lock"])
        let restored = try await titles()
        #expect(restored == ["Oaks"])
    }

    @Test("What was there is kept under names that say when, log and all")
    func keeps() async throws {
        let file = try await snapshot(of: "Oaks")
        try await withDatabase { test in
            try await test.database.write { try $0.addBook("Elms") }
            try copyFiles(of: test.directory.databasePath, to: path, suffixes: ["", "-wal", "-shm"])
        }
        let outcome = try Restore.run(file, into: directory, newestSchema: 2, at: now)
        let kept = path + ".before-restore-1800000000"
        #expect(outcome.kept == [kept, kept + "-wal", kept + "-shm"])
        let restored = try await titles()
        #expect(restored == ["Oaks"])
        let old = try Reader(connection: Connection(path: kept, role: .reader)).rows("SELECT title FROM book") { try $0.text(0) }
        #expect(old == ["Elms"])
    }

    @Test("A second restore within the second loses nothing of what the first one kept")
    func twice() async throws {
        let file = try await snapshot(of: "Oaks")
        try await withDatabase(in: directory) { test in try await test.database.write { try $0.addBook("Elms") } }
        let first = try Restore.run(file, into: directory, newestSchema: 2, at: now)
        let second = try Restore.run(file, into: directory, newestSchema: 2, at: now)
        #expect(Set(first.kept).isDisjoint(with: second.kept))
    }

    @Test("A file whose last commits are still in the log beside it is restored with them")
    func withLog() async throws {
        let file = temporary("copy.db")
        try await withDatabase { test in
            try await test.database.write { try $0.addBook("Oaks") }
            _ = try await test.database.takeSnapshot()
            try copyFiles(of: test.directory.snapshotPath, to: file)
        }
        let live = try Connection(path: file, role: .writer)
        try live.execute("PRAGMA application_id = \(Migrator.applicationID); PRAGMA wal_checkpoint(TRUNCATE)")
        try live.execute("INSERT INTO book (title) VALUES ('Elms')")
        let copied = temporary("with-log.db")
        try copyFiles(of: file, to: copied)
        let outcome = try Restore.run(copied, into: directory, newestSchema: 2, at: now)
        #expect(outcome.report.rowCounts["book"] == 2)
        let restored = try await titles()
        #expect(restored == ["Oaks", "Elms"])
    }

    @Test("A file that fails its check changes nothing")
    func refused() async throws {
        let file = try await snapshot(of: "Oaks")
        try await withDatabase(in: directory) { test in try await test.database.write { try $0.addBook("Elms") } }
        let before = FileSystem.read(path, limit: 64 << 20)
        #expect(throws: FileCheck.Failure.schema(path: file, error: .databaseIsNewer(database: 2, binary: 1))) {
            try Restore.run(file, into: directory, newestSchema: 1, at: now)
        }
        try writeFile(file, Array("Dear diary,".utf8))
        #expect(throws: FileCheck.Failure.notADatabase(path: file)) { try Restore.run(file, into: directory, newestSchema: 2, at: now) }
        #expect(FileSystem.read(path, limit: 64 << 20) == before)
        #expect(entries(of: directory.path) == ["backup", "jobraker.db", "lock"])
    }

    @Test("A file that is missing or damaged is named as the caller named it, and nothing is left of the attempt")
    func names() async throws {
        let file = temporary("copy.db")
        #expect(throws: FileCheck.Failure.missing(path: file)) { try Restore.run(file, into: directory, newestSchema: 2, at: now) }
        try await withDatabase { test in
            try await test.addLibrary()
            _ = try await test.database.takeSnapshot()
            try copyFiles(of: test.directory.snapshotPath, to: file)
        }
        try damage(file)
        let failure = #expect(throws: FileCheck.Failure.self) { try Restore.run(file, into: directory, newestSchema: 2, at: now) }
        #expect(failure?.message.hasPrefix("\(file): the file is damaged: ") == true)
        #expect(entries(of: directory.path) == ["backup", "lock"])
    }

    @Test("A live copy that is damaged at its top is refused, log or not", arguments: [true, false])
    func damagedLive(withLog: Bool) async throws {
        let file = temporary("copy.db")
        let source = try DataDirectory(locking: temporary("source"))
        try await withDatabase(in: source) { test in try await test.addLibrary() }
        var bytes = FileSystem.read(source.databasePath, limit: 64 << 20) ?? []
        for index in 100..<4096 { bytes[index] = 0xA5 }
        try writeFile(file, bytes)
        if withLog { try writeFile(file + "-wal", [UInt8](repeating: 0, count: 4096)) }
        let failure = #expect(throws: FileCheck.Failure.self) { try Restore.run(file, into: directory, newestSchema: 2, at: now) }
        #expect(failure?.message.hasPrefix("\(file): the file is damaged: ") == true)
        #expect(entries(of: directory.path) == ["backup", "lock"])
    }

    @Test("A file that cannot be copied beside the database changes nothing")
    func noRoom() async throws {
        let file = try await snapshot(of: "Oaks")
        try await withDatabase(in: directory) { test in try await test.database.write { try $0.addBook("Elms") } }
        #expect(FileSystem.makeDirectories(path + ".incoming", mode: 0o700))
        #expect(throws: StorageError.io(message: "\(path).incoming: Is a directory")) {
            try Restore.run(file, into: directory, newestSchema: 2, at: now)
        }
        let kept = try await titles()
        #expect(kept == ["Elms"])
    }
}
