import Testing

@testable import Platform

@Suite struct CheckpointTests {
    private func size(_ path: String) -> Int64 { FileSystem.identity(path)?.size ?? 0 }

    @Test("When the log has grown to its limit its pages move into the main file")
    func byPages() async throws {
        var options = TestDatabase.options
        options.checkpointPages = 8
        try await withDatabase(options: options) { test in
            let path = test.directory.databasePath
            let before = size(path)
            try await test.database.write { _ = try $0.execute("INSERT INTO book (title, scan) VALUES ('Atlas', zeroblob(200000))") }
            #expect(await eventually { test.database.counters.checkpoints == 1 })
            #expect(size(path) > before + 180_000)
            #expect(size(path + "-wal") > 0)
        }
    }

    @Test("Below the limit nothing moves")
    func notYet() async throws {
        try await withDatabase { test in
            try await test.database.write { try $0.addBook("Oaks") }
            try await test.database.write { _ in }
            #expect(test.database.counters.checkpoints == 0)
        }
    }

    @Test("When it is quiet the log is emptied, and again after the next write")
    func whenIdle() async throws {
        var options = TestDatabase.options
        options.idleCheckpointMilliseconds = 20
        try await withDatabase(options: options) { test in
            let log = test.directory.databasePath + "-wal"
            for title in ["Oaks", "Elms"] {
                try await test.database.write { try $0.addBook(title) }
                #expect(await eventually { self.size(log) == 0 })
            }
            #expect(try test.titles() == ["Oaks", "Elms"])
        }
    }

    @Test("An idle checkpoint that a reader holds up delays no write")
    func readerHoldsUp() async throws {
        var options = TestDatabase.options
        options.idleCheckpointMilliseconds = 1
        try await withDatabase(options: options) { test in
            try await test.database.write { try $0.addBook("Oaks") }
            let gate = Gate()
            let reading = Task { try await test.database.scan { try $0.each("SELECT title FROM book") { _ in gate.enter() } } }
            #expect(await gate.arrivals())
            let start = ContinuousClock.now
            for index in 0..<3 {
                try await test.database.write { try $0.addBook("volume \(index)") }
                // Long enough for the idle time to pass, and a checkpoint to begin, before the next write comes.
                let quiet = ContinuousClock.now + .milliseconds(10)
                _ = await eventually { ContinuousClock.now > quiet }
            }
            #expect(ContinuousClock.now - start < .seconds(4))
            gate.open()
            try await reading.value
        }
    }

    @Test("A clean stop leaves one file without a log, with all that was written")
    func close() async throws {
        let temporary = try TemporaryDirectory()
        let directory = try DataDirectory(locking: temporary.path)
        try await withDatabase(in: directory) { test in
            try await test.database.write { try $0.addBook("Oaks") }
            _ = try await test.database.scan { try $0.int("SELECT count(*) FROM book") }
            #expect(try test.titles() == ["Oaks"])
        }
        #expect(entries(of: temporary.path) == ["backup", "jobraker.db", "lock"])
        try await withDatabase(in: directory) { test in
            #expect(test.database.notes == Database.OpeningNotes())
            let titles = try test.titles()
            #expect(titles == ["Oaks"])
        }
    }
}
