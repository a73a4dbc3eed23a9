import Glibc
import Testing

@testable import Platform

/// A disk that fills up or turns read-only under a running database.
@Suite(.enabled(if: SmallDisk.isPossible, "mounting a small file system needs root"))
struct DiskTroubleTests {
    /// Writes a book of 40 kB; true when it was acknowledged.
    private func add(_ title: String, to test: TestDatabase) async throws -> Bool {
        do {
            try await test.database.write { _ = try $0.execute("INSERT INTO book (title, scan) VALUES ($1, zeroblob(40000))", title) }
            return true
        } catch let error as StorageError {
            let isHonest =
                switch error {
                case .diskFull, .io: true
                default: false
                }
            #expect(isHonest, "\(error)")
            return false
        }
    }

    @Test("On a full disk every caller learns the truth about its own write, and when there is room again it goes on")
    func full() async throws {
        let disk = try SmallDisk()
        let directory = try DataDirectory(locking: disk.path)
        try await withDatabase(in: directory) { test in
            try writeFile(disk.path + "/ballast", [UInt8](repeating: 1, count: 300_000))
            var acknowledged: [String] = []
            while try await add("volume \(acknowledged.count)", to: test) { acknowledged.append("volume \(acknowledged.count)") }
            #expect(acknowledged.count > 2)
            #expect(test.database.counters.failedCommits == 1)
            #expect(try test.titles() == acknowledged)

            let more = try await withThrowingTaskGroup(of: String?.self) { group in
                for index in 0..<8 { group.addTask { try await add("late \(index)", to: test) ? "late \(index)" : nil } }
                return try await group.reduce(into: [String]()) { list, title in if let title { list.append(title) } }
            }
            #expect(Set(try test.titles()) == Set(acknowledged + more))

            unlink(disk.path + "/ballast")
            #expect(try await add("after", to: test))
            #expect(Set(try test.titles()) == Set(acknowledged + more + ["after"]))
        }
        let report = try FileCheck.run(directory.databasePath, newestSchema: 2)
        #expect((report.rowCounts["book"] ?? 0) > 3)
    }

    @Test("A snapshot that does not fit leaves no half of it, and the database goes on")
    func snapshotDoesNotFit() async throws {
        let disk = try SmallDisk()
        try await withDatabase(in: DataDirectory(locking: disk.path)) { test in
            for index in 0..<5 { #expect(try await add("volume \(index)", to: test)) }
            try writeFile(disk.path + "/ballast", [UInt8](repeating: 1, count: 550_000))
            await #expect(throws: StorageError.diskFull) { try await test.database.takeSnapshot() }
            #expect(entries(of: test.directory.backupDirectory) == [])
            unlink(disk.path + "/ballast")
            #expect(try await test.database.takeSnapshot()?.sequence == 5)
        }
    }

    @Test("On a disk that turned read-only writes fail with the reason, and when it is writable again they work")
    func readOnly() async throws {
        let disk = try SmallDisk()
        let elsewhere = try TemporaryDirectory()
        // The lock is held open for writing all the time, which the system would not let become read-only.
        symlink(elsewhere("lock"), disk.path + "/lock")
        try await withDatabase(in: DataDirectory(locking: disk.path)) { test in
            try await test.database.write { try $0.addBook("Oaks") }
            // A failed commit makes the writer drop its connection; the next write opens a new one.
            await #expect(throws: StorageError.self) {
                try await test.database.write { _ = try $0.execute("INSERT INTO book (title, sequel_rid) VALUES ('Elms', 99)") }
            }
            try disk.setReadOnly(true)
            for _ in 0..<3 {
                let error = await #expect(throws: StorageError.self) { try await test.database.write { try $0.addBook("Nettles") } }
                #expect(error == .readOnly || error == .io(message: "unable to open database file"), "\(String(describing: error))")
            }
            try disk.setReadOnly(false)
            try await test.database.write { try $0.addBook("Yews") }
            #expect(try test.titles() == ["Oaks", "Yews"])
        }
    }

    @Test("A data directory on a read-only disk is unusable, and the reason is the system's")
    func readOnlyDirectory() throws {
        let disk = try SmallDisk()
        try disk.setReadOnly(true)
        #expect(throws: DataDirectory.Failure.unusable(path: disk.path + "/backup", reason: "Read-only file system")) {
            try DataDirectory(locking: disk.path)
        }
    }
}
