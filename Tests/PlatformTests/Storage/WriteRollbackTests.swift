import Testing

@testable import Platform

/// Errors that take more with them than the statement that met them.
@Suite struct WriteRollbackTests {
    private static let taken = StorageError.constraint(.unique, message: "UNIQUE constraint failed: book.title")

    @Test("When a statement rolls the whole transaction back, its closure fails and the others run again")
    func repeats() async throws {
        try await withDatabase { test in
            try await test.database.write { try $0.addBook("Oaks") }
            let hold = try await test.holdWriter()
            let first = try await test.queue { tx in
                try tx.addBook("Elms")
                return tx.lastRowID
            }
            let culprit = try await test.queue { _ = try $0.execute("INSERT OR ROLLBACK INTO book (title) VALUES ('Oaks')") }
            let last = try await test.queue { try $0.addBook("Limes") }
            try await hold.release()
            #expect(try await first.value == 2)
            try await last.value
            await #expect(throws: Self.taken) { try await culprit.value }
            #expect(test.database.counters.repeatedGroups == 1)
            #expect(try test.titles() == ["Oaks", "Elms", "Limes"])
        }
    }

    @Test("A group of which each in turn rolls everything back ends, and each learns why")
    func allRollBack() async throws {
        try await withDatabase { test in
            try await test.database.write { try $0.addBook("Oaks") }
            let hold = try await test.holdWriter()
            var tasks: [Task<Void, any Error>] = []
            for _ in 0..<3 {
                tasks.append(try await test.queue { _ = try $0.execute("INSERT OR ROLLBACK INTO book (title) VALUES ('Oaks')") })
            }
            try await hold.release()
            for task in tasks { await #expect(throws: Self.taken) { try await task.value } }
            #expect(test.database.counters.repeatedGroups == 3)
        }
    }

    @Test("A closure that hides such an error is told that its write is gone")
    func hidden() async throws {
        try await withDatabase { test in
            try await test.database.write { try $0.addBook("Oaks") }
            await #expect(throws: StorageError.rolledBack) {
                try await test.database.write { tx in
                    try tx.addBook("Nettles")
                    _ = try? tx.execute("INSERT OR ROLLBACK INTO book (title) VALUES ('Oaks')")
                }
            }
            #expect(try test.titles() == ["Oaks"])
        }
    }

    @Test("A closure that goes on after such an error writes nothing outside a transaction")
    func goesOn() async throws {
        try await withDatabase { test in
            try await test.database.write { try $0.addBook("Oaks") }
            await #expect(throws: StorageError.rolledBack) {
                try await test.database.write { tx in
                    _ = try? tx.execute("INSERT OR ROLLBACK INTO book (title) VALUES ('Oaks')")
                    try tx.addBook("Nettles")
                }
            }
            #expect(try test.titles() == ["Oaks"])
        }
    }

    @Test("A commit that fails fails its whole group with the reason, and the next write works")
    func failedCommit() async throws {
        try await withDatabase { test in
            let hold = try await test.holdWriter()
            let innocent = try await test.queue { try $0.addBook("Oaks") }
            let culprit = try await test.queue { _ = try $0.execute("INSERT INTO book (title, sequel_rid) VALUES ('Elms', 99)") }
            try await hold.release()
            let reason = StorageError.constraint(.foreignKey, message: "FOREIGN KEY constraint failed")
            await #expect(throws: reason) { try await innocent.value }
            await #expect(throws: reason) { try await culprit.value }
            #expect(test.database.counters.failedCommits == 1)
            #expect(try test.titles() == [])
            try await test.database.write { try $0.addBook("Limes") }
            #expect(try test.titles() == ["Limes"])
        }
    }

    @Test("A table that may not grow fails only the write that needs more, and the connection serves on")
    func tableFull() async throws {
        try await withDatabase { test in
            let hold = try await test.holdWriter()
            let small = try await test.queue { try $0.addBook("Oaks") }
            let large = try await test.queue { tx in
                let pages = try tx.int("PRAGMA page_count")
                _ = try tx.int("PRAGMA max_page_count = \(pages + 1)")
                defer { _ = try? tx.int("PRAGMA max_page_count = 1000000") }
                try tx.execute("INSERT INTO book (title, scan) VALUES ('Atlas', zeroblob(100000))")
            }
            try await hold.release()
            try await small.value
            await #expect(throws: StorageError.diskFull) { try await large.value }
            #expect(try test.titles() == ["Oaks"])
        }
    }

    @Test("After a failed commit a clean stop still leaves one file")
    func closesAfterFailure() async throws {
        let temporary = try TemporaryDirectory()
        let directory = try DataDirectory(locking: temporary.path)
        let test = try TestDatabase(in: directory)
        try await test.database.write { try $0.addBook("Oaks") }
        #expect(try test.titles() == ["Oaks"])
        await #expect(throws: StorageError.self) {
            try await test.database.write { _ = try $0.execute("INSERT INTO book (title, sequel_rid) VALUES ('Elms', 99)") }
        }
        try await test.close()
        #expect(entries(of: temporary.path) == ["backup", "jobraker.db", "lock"])
    }
}
