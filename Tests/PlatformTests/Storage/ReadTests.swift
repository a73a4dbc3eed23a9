import Glibc
import Testing

@testable import Platform

@Suite struct ReadTests {
    private static let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    @Test("Rows, the first row, a number, and row by row: four ways to read the same")
    func reads() async throws {
        try await withDatabase { test in
            try await test.database.write { tx in for title in ["Oaks", "Elms", "Yews"] { try tx.addBook(title) } }
            try test.database.read { reader in
                #expect(try reader.rows("SELECT title FROM book WHERE rid > $1 ORDER BY rid", 1) { try $0.text(0) } == ["Elms", "Yews"])
                #expect(try reader.rows("SELECT rid FROM book WHERE rid < $1", arguments: [2]) { try $0.int(0) } == [1])
                #expect(try reader.first("SELECT title FROM book ORDER BY title") { try $0.text(0) } == "Elms")
                #expect(try reader.first("SELECT title FROM book WHERE rid = $1", 9) { try $0.text(0) } == nil)
                #expect(try reader.int("SELECT count(*) FROM book WHERE rid <> $1", 1) == 2)
                #expect(try reader.int("SELECT count(*) FROM book WHERE rid <> $1", arguments: [1]) == 2)
                #expect(try reader.int("SELECT rid FROM book WHERE rid = 9") == 0)
                var titles: [String] = []
                try reader.each("SELECT title FROM book ORDER BY rid DESC LIMIT $1", 2) { titles.append(try $0.text(0)) }
                #expect(titles == ["Yews", "Elms"])
            }
        }
    }

    @Test("A read that takes too much processor time is stopped, and the next one works")
    func budget() async throws {
        var options = TestDatabase.options
        options.readBudgetMilliseconds = 5
        try await withDatabase(options: options) { test in
            #expect(throws: StorageError.overBudget) { try test.database.read { try $0.int(Self.endless) } }
            let answer = try test.database.read { try $0.int("SELECT 42") }
            #expect(answer == 42)
        }
    }

    @Test("A patient read that takes too long at once is done where it may take long")
    func patient() async throws {
        var options = TestDatabase.options
        options.readBudgetMilliseconds = 1
        try await withDatabase(options: options) { test in
            let quick = try await test.database.readPatiently { try $0.int("SELECT 42") }
            #expect(quick == 42)
            let sum = """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT sum(i) FROM n
                """
            #expect(throws: StorageError.overBudget) { try test.database.read { try $0.int(sum) } }
            let slow = try await test.database.readPatiently { try $0.int(sum) }
            #expect(slow == 20_000_100_000)
        }
    }

    @Test("A read inside a read shares the budget of the outer one")
    func nested() async throws {
        var options = TestDatabase.options
        options.readBudgetMilliseconds = 5
        try await withDatabase(options: options) { test in
            try test.database.read { outer in
                #expect(throws: StorageError.overBudget) { try test.database.read { try $0.int(Self.endless) } }
                #expect(throws: StorageError.overBudget) { try outer.int(Self.endless) }
            }
        }
    }

    @Test("A read cannot write")
    func readOnly() async throws {
        try await withDatabase { test in
            #expect(throws: StorageError.readOnly) {
                try test.database.read { try $0.rows("INSERT INTO shelf (name) VALUES ('top') RETURNING rid") { try $0.int(0) } }
            }
            await #expect(throws: StorageError.readOnly) {
                try await test.database.scan { try $0.rows("DELETE FROM shelf RETURNING rid") { try $0.int(0) } }
            }
        }
    }

    @Test("Every thread reads on a connection of its own, at the same time")
    func ownConnections() async throws {
        try await withDatabase { test in
            let database = test.database
            let gate = Gate()
            let handles: Shared<Set<UInt>> = Shared([])
            let threads = (0..<4).map { _ in
                Task {
                    try await offPool {
                        try database.read { reader in
                            handles.update { $0.insert(UInt(bitPattern: reader.connection.handle)) }
                            gate.enter()
                            _ = try reader.int("SELECT count(*) FROM book")
                        }
                    }
                }
            }
            #expect(await gate.arrivals(4))
            gate.open()
            for thread in threads { try await thread.value }
            #expect(handles.value.count == 4)
        }
    }

    @Test("The connection of a thread goes with the thread")
    func endedThreads() async throws {
        try await withDatabase { test in
            let database = test.database
            for _ in 0..<16 {
                // Joined, so that the thread is gone and not only done.
                try await offPool {
                    PlatformThread.start("reader") { _ = try? database.read { try $0.int("SELECT count(*) FROM book") } }.join()
                }
            }
            #expect(openFiles(at: test.directory.databasePath + "-wal") < 8)
        }
    }

    @Test("The statements of one read see one state, whatever is committed between them")
    func oneState() async throws {
        try await withDatabase { test in
            let database = test.database
            let gate = Gate()
            let counts = Task {
                try await offPool {
                    try database.read { reader in
                        let before = try reader.int("SELECT count(*) FROM book")
                        gate.enter()
                        return [before, try reader.int("SELECT count(*) FROM book")]
                    }
                }
            }
            #expect(await gate.arrivals())
            try await database.write { try $0.addBook("Oaks") }
            gate.open()
            let seen = try await counts.value
            #expect(seen == [0, 0])
        }
    }

    /// How many descriptors of this process stand for the file of that name.
    private func openFiles(at path: String) -> Int {
        entries(of: "/proc/self/fd").count { number in
            var name = [CChar](repeating: 0, count: 4096)
            let length = readlink("/proc/self/fd/" + number, &name, name.count)
            return length > 0 && name.prefix(length).map(UInt8.init(bitPattern:)) == Array(path.utf8)
        }
    }
}
