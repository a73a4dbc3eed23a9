import Testing

@testable import Platform

@Suite struct FileCheckTests {
    private let temporary: TemporaryDirectory
    private let directory: DataDirectory

    init() throws {
        temporary = try TemporaryDirectory()
        directory = try DataDirectory(locking: temporary("data"))
    }

    @Test("A whole file is reported with its schema, last commit, rows and size")
    func whole() async throws {
        try await withDatabase(in: directory) { test in
            test.clock.advance(seconds: 5)
            try await test.database.write { try $0.addBook("Oaks") }
        }
        let report = try FileCheck.run(directory.databasePath, newestSchema: 2)
        #expect(report.schemaVersion == 2)
        #expect(report.lastCommit == Timestamp(seconds: 1_700_000_005))
        #expect(report.sequence == 1)
        #expect(
            report.rowCounts == ["book": 1, "idempotency_keys": 0, "instance": 1, "last_commit": 1, "schema_migrations": 2, "shelf": 0])
        #expect(report.bytes == FileSystem.identity(directory.databasePath)?.size)
    }

    @Test("Checking a file leaves nothing beside it")
    func leavesNothing() async throws {
        try await withDatabase(in: directory) { test in try await test.database.write { try $0.addBook("Oaks") } }
        #expect(FileSystem.makeDirectories(temporary("incoming"), mode: 0o700))
        try FileSystem.copy(directory.databasePath, to: temporary("incoming/copy.db"))
        _ = try FileCheck.run(temporary("incoming/copy.db"), newestSchema: 2)
        #expect(entries(of: temporary("incoming")) == ["copy.db"])
    }

    @Test("A file of any name is checked", arguments: ["50% of it?.db", "a#b%41.db", "Bäume.db", "Bäume 50%25?.db"])
    func names(name: String) async throws {
        try await withDatabase(in: directory) { test in try await test.database.write { try $0.addBook("Oaks") } }
        try FileSystem.copy(directory.databasePath, to: temporary(name))
        #expect(try FileCheck.run(temporary(name), newestSchema: 2).rowCounts["book"] == 1)
    }

    @Test("A file that is not there, is empty, or is something else is called that")
    func notADatabase() throws {
        let path = temporary("some.file")
        let missing = #expect(throws: FileCheck.Failure.missing(path: path)) { try FileCheck.run(path, newestSchema: 2) }
        #expect(missing?.message == "\(path): there is no such file")
        for content in ["", "Dear diary,", String(repeating: "Dear diary, ", count: 100)] {
            try writeFile(path, Array(content.utf8))
            let failure = #expect(throws: FileCheck.Failure.notADatabase(path: path)) { try FileCheck.run(path, newestSchema: 2) }
            #expect(failure?.message == "\(path): not a jobraker database")
        }
    }

    @Test("A file of a newer release is refused with both versions")
    func newer() async throws {
        try await withDatabase(in: directory) { _ in }
        let path = directory.databasePath
        let error = MigrationError.databaseIsNewer(database: 2, binary: 1)
        let failure = #expect(throws: FileCheck.Failure.schema(path: path, error: error)) { try FileCheck.run(path, newestSchema: 1) }
        #expect(failure?.message == "\(path): \(error.message)")
    }

    @Test("A file that SQLite cannot read to its end is damaged")
    func damagedFile() async throws {
        try await withDatabase(in: directory) { test in try await test.addLibrary() }
        try damage(directory.databasePath)
        let failure = #expect(throws: FileCheck.Failure.self) { try FileCheck.run(directory.databasePath, newestSchema: 2) }
        #expect(failure?.message.contains("the file is damaged: ") == true)
    }

    @Test("A file without our tables is damaged, not a crash")
    func bare() throws {
        let path = temporary("bare.db")
        try Connection(path: path, role: .writer).execute("PRAGMA application_id = \(Migrator.applicationID)")
        let failure = #expect(throws: FileCheck.Failure.self) { try FileCheck.run(path, newestSchema: 2) }
        #expect(failure?.message.contains("no such table: schema_migrations") == true)
    }

    @Test("A file that remembers no commit is reported as never written to")
    func noCommit() async throws {
        try await withDatabase(in: directory) { test in _ = try await test.database.write { try $0.execute("DELETE FROM last_commit") } }
        let report = try FileCheck.run(directory.databasePath, newestSchema: 2)
        #expect(report.sequence == 0)
        #expect(report.lastCommit == Timestamp(microseconds: 0))
    }
}
