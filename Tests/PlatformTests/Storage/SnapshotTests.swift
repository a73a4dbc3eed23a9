import Testing

@testable import Platform

@Suite struct SnapshotTests {
    private static let snapshotFiles = ["jobraker.db"]

    private func content(_ path: String) throws -> [String] {
        try Reader(connection: Connection(path: path, role: .reader)).rows("SELECT title FROM book ORDER BY rid") { try $0.text(0) }
    }

    @Test("A snapshot is one file with the same rows, the mark, the moment it was taken, and its place in the sequence")
    func takes() async throws {
        try await withDatabase { test in
            try await test.database.write { try $0.addBook("Oaks") }
            try await test.database.write { try $0.addBook("Elms") }
            let info = try await test.database.takeSnapshot()
            let path = test.directory.snapshotPath
            #expect(info?.takenAt == test.clock.now())
            #expect(info?.sequence == 2)
            #expect(info?.bytes == FileSystem.identity(path)?.size)
            #expect(entries(of: test.directory.backupDirectory) == Self.snapshotFiles)
            #expect(SnapshotMark.kind(of: path) == .snapshot)
            #expect(try content(path) == ["Oaks", "Elms"])
            let reader = Reader(connection: try Connection(path: path, role: .reader))
            #expect(
                try reader.first("SELECT value FROM instance WHERE key = 'snapshot_taken_at'") { try $0.text(0) } == "2023-11-14T22:13:20Z")
            #expect(try reader.first("PRAGMA journal_mode") { try $0.text(0) } == "delete")
            #expect(try FileCheck.run(path, newestSchema: 2).rowCounts["book"] == 2)
        }
    }

    @Test("What an interrupted snapshot left behind is replaced")
    func partial() async throws {
        try await withDatabase { test in
            for suffix in ["", "-journal", "-wal", "-shm"] {
                try writeFile(test.directory.snapshotPath + ".partial" + suffix, Array("half".utf8))
            }
            _ = try await test.database.takeSnapshot()
            #expect(entries(of: test.directory.backupDirectory) == Self.snapshotFiles)
        }
    }

    @Test("When nothing was written since the last one, none is taken")
    func onlyIfChanged() async throws {
        try await withDatabase { test in
            #expect(try await test.database.takeSnapshot(onlyIfChanged: true)?.sequence == 0)
            #expect(try await test.database.takeSnapshot(onlyIfChanged: true) == nil)
            try await test.database.write { try $0.addBook("Oaks") }
            #expect(try await test.database.takeSnapshot(onlyIfChanged: true)?.sequence == 1)
            #expect(try await test.database.takeSnapshot(onlyIfChanged: true) == nil)
            #expect(try await test.database.takeSnapshot() != nil)
        }
    }

    @Test("A damaged snapshot is no reason to take none: it is replaced")
    func replacesDamaged() async throws {
        try await withDatabase { test in
            try await test.addLibrary()
            _ = try await test.database.takeSnapshot()
            let path = test.directory.snapshotPath
            let whole = FileSystem.read(path, limit: 64 << 20) ?? []
            try writeFile(path, Array(whole.prefix(4096)) + [UInt8](repeating: 0xA5, count: whole.count - 4096))
            #expect(try await test.database.takeSnapshot(onlyIfChanged: true) != nil)
            #expect(try FileCheck.run(path, newestSchema: 2).rowCounts["book"] == 400)
        }
    }

    @Test("A snapshot under writes is one moment: never half of a transaction")
    func underWrites() async throws {
        try await withDatabase { test in
            try await test.addLibrary()
            let enough = Shared(false)
            let writing = Task {
                var count = 0
                while !enough.value {
                    let number = count
                    try await test.database.write { tx in
                        try tx.execute("INSERT INTO shelf (name) VALUES ($1)", "shelf \(number)")
                        try tx.addBook("pair of shelf \(number)")
                    }
                    count += 1
                }
            }
            for _ in 0..<5 {
                let before = try test.database.read { try $0.int("SELECT sequence FROM last_commit") }
                let info = try await test.database.takeSnapshot()
                let report = try FileCheck.run(test.directory.snapshotPath, newestSchema: 2)
                #expect(report.sequence == info?.sequence)
                #expect(report.sequence >= before)
                #expect(report.rowCounts["shelf"] == report.sequence - 1)
                #expect(report.rowCounts["book"] == 400 + report.sequence - 1)
            }
            enough.update { $0 = true }
            try await writing.value
        }
    }

    @Test("Several at once are taken one after the other")
    func oneAtATime() async throws {
        try await withDatabase { test in
            let infos = try await withThrowingTaskGroup(of: Snapshot.Info?.self) { group in
                for _ in 0..<5 { group.addTask { try await test.database.takeSnapshot() } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(infos.count == 5)
            #expect(infos.allSatisfy { $0?.sequence == 0 })
            #expect(entries(of: test.directory.backupDirectory) == Self.snapshotFiles)
        }
    }

    @Test("A copy that fails its check does not replace the good one before it")
    func brokenReferences() async throws {
        let temporary = try TemporaryDirectory()
        let directory = try DataDirectory(locking: temporary.path)
        try await withDatabase(in: directory) { test in
            try await test.database.write { try $0.addBook("Oaks") }
            _ = try await test.database.takeSnapshot()
        }
        // Another program, without foreign keys, wrote to the file while the server was down.
        try Connection(path: directory.databasePath, role: .snapshot).execute("INSERT INTO book (title, shelf_rid) VALUES ('Elms', 9)")
        try await withDatabase(in: directory) { test in
            let failure = FileCheck.Failure.damaged(
                path: directory.snapshotPath + ".partial", detail: "broken references: book row 2")
            await #expect(throws: failure) { try await test.database.takeSnapshot() }
            #expect(entries(of: directory.backupDirectory) == Self.snapshotFiles)
            let kept = try content(directory.snapshotPath)
            #expect(kept == ["Oaks"])
        }
    }

    @Test("A snapshot that cannot be put in its place leaves nothing half-made")
    func noPlace() async throws {
        try await withDatabase { test in
            let source = test.directory.databasePath
            #expect(throws: StorageError.self) { try Snapshot.take(from: source, to: "/proc/nowhere/jobraker.db", at: test.clock.now()) }
            #expect(throws: StorageError.self) {
                try Snapshot.take(from: source + ".none", to: test.directory.snapshotPath, at: test.clock.now())
            }
            #expect(FileSystem.makeDirectories(test.directory.snapshotPath, mode: 0o700))
            await #expect(throws: StorageError.io(message: "\(test.directory.snapshotPath): Is a directory")) {
                try await test.database.takeSnapshot()
            }
            #expect(entries(of: test.directory.backupDirectory) == Self.snapshotFiles)
        }
    }

    @Test("Before a file with data takes a new schema step, its snapshot is taken")
    func beforeMigration() async throws {
        let temporary = try TemporaryDirectory()
        let directory = try DataDirectory(locking: temporary.path)
        try await withDatabase(in: directory) { test in try await test.database.write { try $0.addBook("Oaks") } }
        #expect(entries(of: directory.backupDirectory) == [])
        let next = Migration(version: 3, name: "loans", sql: "CREATE TABLE loan (rid INTEGER PRIMARY KEY) STRICT")
        try await withDatabase(in: directory, migrations: TestSchema.migrations + [next]) { test in
            let loans = try test.database.read { try $0.int("SELECT count(*) FROM loan") }
            #expect(loans == 0)
            #expect(try content(directory.snapshotPath) == ["Oaks"])
            #expect(try FileCheck.run(directory.snapshotPath, newestSchema: 3).schemaVersion == 2)
        }
    }
}
