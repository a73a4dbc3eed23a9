import Testing

@testable import Platform

@Suite struct OpeningTests {
    private let temporary: TemporaryDirectory
    private let directory: DataDirectory
    private var path: String { directory.databasePath }

    init() throws {
        temporary = try TemporaryDirectory()
        directory = try DataDirectory(locking: temporary("restored"))
    }

    /// Opens what lies in the directory and closes it again.
    private func open(clock: ManualClock = ManualClock()) async throws -> (notes: Database.OpeningNotes, titles: [String]) {
        try await withDatabase(in: directory, clock: clock) { test in (test.database.notes, try test.titles()) }
    }

    @Test("A new directory gets a new database, and there is nothing to report")
    func fresh() async throws {
        let opened = try await open()
        #expect(opened.notes == Database.OpeningNotes())
        #expect(SnapshotMark.kind(of: path) == .live)
    }

    @Test("Each commit is synced; what the benchmark compares this with is asked for", arguments: [(false, 2), (true, 1)])
    func syncing(onlyAtCheckpoints: Bool, synchronous: Int64) async throws {
        var options = TestDatabase.options
        options.syncsOnlyAtCheckpoints = onlyAtCheckpoints
        try await withDatabase(in: directory, options: options) { test in
            let found = try await test.database.write { try $0.int("PRAGMA synchronous") }
            #expect(found == synchronous)
        }
    }

    @Test("An empty file is as good as none")
    func empty() async throws {
        try writeFile(path, [])
        let opened = try await open()
        #expect(opened.notes == Database.OpeningNotes())
    }

    @Test("A snapshot put in place is served; the log of another file beside it is moved aside and reported")
    func strayLog() async throws {
        try await withDatabase { test in
            try await test.database.write { try $0.addBook("Oaks") }
            test.clock.advance(seconds: 100)
            _ = try await test.database.takeSnapshot()
            try await test.database.write { try $0.addBook("Nettles") }
            try copyFiles(of: test.directory.snapshotPath, to: path)
            for suffix in ["-wal", "-shm"] { try FileSystem.copy(test.directory.databasePath + suffix, to: path + suffix) }
        }
        try writeFile(path + "-journal", Array("stray".utf8))
        let opened = try await open(clock: ManualClock(Timestamp(seconds: 1_800_000_000)))
        #expect(opened.titles == ["Oaks"])
        #expect(opened.notes.restoredSnapshot)
        #expect(opened.notes.movedAside == ["-wal", "-shm", "-journal"].map { path + $0 + ".aside-1800000000" })
        #expect(opened.notes.movedAside.allSatisfy(FileSystem.exists))
        #expect(opened.notes.copiedFileLastCommit == Timestamp(seconds: 1_700_000_000))
        #expect(SnapshotMark.kind(of: path) == .live)
        let again = try await open()
        #expect(again.notes == Database.OpeningNotes())
    }

    @Test("A raw copy of a live file is served as it was, and its last commit is reported")
    func rawCopy() async throws {
        try await withDatabase { test in
            test.clock.advance(seconds: 77)
            try await test.database.write { try $0.addBook("Oaks") }
            try copyFiles(of: test.directory.databasePath, to: path)
        }
        let opened = try await open()
        #expect(opened.titles == ["Oaks"])
        #expect(!opened.notes.restoredSnapshot)
        #expect(opened.notes.movedAside == [])
        #expect(opened.notes.copiedFileLastCommit == Timestamp(seconds: 1_700_000_077))
        let again = try await open()
        #expect(again.notes == Database.OpeningNotes())
    }

    @Test("A server killed before its first checkpoint starts again with all it had acknowledged")
    func killedYoung() async throws {
        try await withDatabase { test in
            try await test.database.write { try $0.addBook("Oaks") }
            try copyFiles(of: test.directory.databasePath, to: path)
        }
        let opened = try await open()
        #expect(opened.titles == ["Oaks"])
    }

    @Test("A server killed after it was opened on a snapshot keeps what was written since")
    func killedAfterRestore() async throws {
        try await withDatabase { test in
            try await test.database.write { try $0.addBook("Oaks") }
            _ = try await test.database.takeSnapshot()
            try copyFiles(of: test.directory.snapshotPath, to: temporary("snapshot.db"))
        }
        let other = try DataDirectory(locking: temporary("other"))
        try copyFiles(of: temporary("snapshot.db"), to: other.databasePath)
        try await withDatabase(in: other) { test in
            try await test.database.write { try $0.addBook("Elms") }
            try copyFiles(of: other.databasePath, to: path)
        }
        let opened = try await open()
        #expect(opened.titles == ["Oaks", "Elms"])
        #expect(opened.notes.movedAside == [])
    }

    @Test("A copy that is damaged is refused, and said to be", arguments: [true, false])
    func damaged(snapshot: Bool) async throws {
        let source = try DataDirectory(locking: temporary("source"))
        try await withDatabase(in: source) { test in
            try await test.addLibrary()
            _ = try await test.database.takeSnapshot()
        }
        try FileSystem.copy(snapshot ? source.snapshotPath : source.databasePath, to: path)
        try damage(path)
        let failure = await #expect(throws: FileCheck.Failure.self) { try await open() }
        guard case .damaged(path, let detail) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(failure?.message == "\(path): the file is damaged: \(detail)")
    }

    @Test("A copy whose very first pages are damaged is refused with the same words")
    func damagedAtTheTop() async throws {
        let source = try DataDirectory(locking: temporary("source"))
        try await withDatabase(in: source) { test in try await test.addLibrary() }
        var bytes = FileSystem.read(source.databasePath, limit: 64 << 20) ?? []
        for index in 100..<4096 { bytes[index] = 0xA5 }
        try writeFile(path, bytes)
        let failure = await #expect(throws: FileCheck.Failure.self) { try await open() }
        #expect(failure?.message.hasPrefix("\(path): the file is damaged: ") == true)
    }

    @Test("A copy that lacks what every file of ours has is refused too")
    func incomplete() async throws {
        let source = try DataDirectory(locking: temporary("source"))
        try await withDatabase(in: source) { test in try await test.database.write { try $0.addBook("Oaks") } }
        try FileSystem.copy(source.databasePath, to: path)
        try Connection(path: path, role: .snapshot).execute("DROP TABLE instance")
        let failure = await #expect(throws: FileCheck.Failure.self) { try await open() }
        #expect(failure?.message.contains("no such table: instance") == true)
    }

    @Test("A file that is not a database is refused untouched", arguments: ["Dear diary,\n", "SQLite format 3"])
    func notADatabase(content: String) async throws {
        let bytes = Array(content.utf8) + [UInt8](repeating: 0, count: 4000)
        try writeFile(path, bytes)
        await #expect(throws: FileCheck.Failure.self) { try await open() }
        #expect(FileSystem.read(path, limit: 1 << 20) == bytes)
    }

    @Test("The database of another program is refused untouched", arguments: [0, 0x1234])
    func notOurs(applicationID: Int) async throws {
        try writeFile(path, [])
        try Connection(path: path, role: .snapshot).execute("CREATE TABLE theirs (a); PRAGMA application_id = \(applicationID)")
        let bytes = FileSystem.read(path, limit: 1 << 20)
        await #expect(throws: (any Error).self) { try await open() }
        #expect(FileSystem.read(path, limit: 1 << 20) == bytes)
        #expect(entries(of: directory.path) == ["backup", "jobraker.db", "lock"])
    }

    @Test("A database of this program that has no tables yet is completed")
    func marked() async throws {
        try writeFile(path, [])
        try Connection(path: path, role: .snapshot).execute("PRAGMA application_id = \(Migrator.applicationID)")
        let opened = try await open()
        #expect(opened.notes == Database.OpeningNotes())
    }
}
