import Testing

@testable import Platform

@Suite struct ScanTests {
    private struct Refused: Error, Equatable {}

    @Test("A scan reads what is committed, and its error is its caller's")
    func scans() async throws {
        try await withDatabase { test in
            try await test.database.write { try $0.addBook("Oaks") }
            let titles = try await test.database.scan { try $0.rows("SELECT title FROM book") { try $0.text(0) } }
            #expect(titles == ["Oaks"])
            await #expect(throws: Refused()) { try await test.database.scan { _ in throw Refused() } }
            let count = try await test.database.scan { try $0.int("SELECT count(*) FROM book") }
            #expect(count == 1)
        }
    }

    @Test("Two scans run at the same time; the third waits")
    func twoThreads() async throws {
        try await withDatabase { test in
            let database = test.database
            let gate = Gate()
            let tasks = (0..<3).map { index in
                Task {
                    try await database.scan { reader in
                        gate.enter()
                        return try reader.int("SELECT \(index)")
                    }
                }
            }
            #expect(await gate.arrivals(2))
            gate.open()
            for (index, task) in tasks.enumerated() {
                let value = try await task.value
                #expect(value == Int64(index))
            }
        }
    }

    @Test("With the thread busy and the queue full the next scan is refused at once; closing serves the one that waits")
    func full() async throws {
        let temporary = try TemporaryDirectory()
        try Connection(path: temporary("scan.db"), role: .writer).execute("CREATE TABLE t (a)")
        let pool = ScanPool(path: temporary("scan.db"), threads: 1, limit: 1)
        let gate = Gate()
        let running = Task { try await pool.scan { _ in gate.enter() } }
        #expect(await gate.arrivals())
        let refused = Shared(0)
        let rivals = (0..<3).map { _ in
            Task {
                do { return try await pool.scan { try $0.int("SELECT 42") } } catch StorageError.queueFull {
                    refused.update { $0 += 1 }
                    return 0
                }
            }
        }
        #expect(await eventually { refused.value == 2 })
        let closing = Task { try await offPool { pool.close() } }
        gate.open()
        try await running.value
        try await closing.value
        var values: [Int64] = []
        for rival in rivals { values.append(try await rival.value) }
        #expect(values.sorted() == [0, 0, 42])
        await #expect(throws: StorageError.closed) { try await pool.scan { _ in } }
    }

    @Test("A scan whose connection cannot be opened says so, and a later one tries again")
    func opensLater() async throws {
        let temporary = try TemporaryDirectory()
        let pool = ScanPool(path: temporary("scan.db"), threads: 1)
        await #expect(throws: StorageError.io(message: "unable to open database file")) {
            try await pool.scan { try $0.int("SELECT 42") }
        }
        try Connection(path: temporary("scan.db"), role: .writer).execute("CREATE TABLE t (a)")
        let answer = try await pool.scan { try $0.int("SELECT 42") }
        #expect(answer == 42)
        try await offPool { pool.close() }
    }

    @Test("The statements of one scan see one state, whatever is committed between them")
    func oneState() async throws {
        try await withDatabase { test in
            let gate = Gate()
            let counts = Task {
                try await test.database.scan { reader in
                    let before = try reader.int("SELECT count(*) FROM book")
                    gate.enter()
                    return [before, try reader.int("SELECT count(*) FROM book")]
                }
            }
            #expect(await gate.arrivals())
            try await test.database.write { try $0.addBook("Oaks") }
            gate.open()
            let seen = try await counts.value
            #expect(seen == [0, 0])
        }
    }
}
