import Glibc
import Testing

@testable import Platform

@Suite struct ScrubTests {
    private static let mark = "volume-"
    private static let nameLength = mark.utf8.count + 16

    private static func isHex(_ byte: UInt8) -> Bool { "0123456789abcdef".utf8.contains(byte) }

    /// How often the name of each book stands in a file, wherever.
    private func names(in path: String) -> [String: Int] {
        let bytes = FileSystem.read(path, limit: 64 << 20) ?? []
        let mark = Array(Self.mark.utf8)
        var found: [String: Int] = [:]
        bytes.withUnsafeBytes { file in
            guard var place = file.baseAddress else { return }
            let end = place + file.count
            while let next = memchr(place, Int32(mark[0]), place.distance(to: end)) {
                let start = UnsafeRawPointer(next)
                place = start + 1
                guard start.distance(to: end) >= Self.nameLength, memcmp(start, mark, mark.count) == 0 else { continue }
                let name = UnsafeRawBufferPointer(start: start, count: Self.nameLength)
                // One that was left behind may have been overwritten in part: it names no book any more.
                guard name.dropFirst(mark.count).allSatisfy(Self.isHex) else { continue }
                found[String(decoding: name, as: UTF8.self), default: 0] += 1
            }
        }
        return found
    }

    /// Books whose rows grow and shrink, so that pages are split and evened out.
    private func fill(_ test: TestDatabase) async throws {
        try await test.database.write { tx in
            let random = SeededRandom(11)
            func number(_ limit: Int) -> Int { random.bytes(2).reduce(0) { $0 << 8 | Int($1) } % limit }
            for _ in 0..<1000 { try tx.addBook(Self.mark + Hex.encode(random.bytes(8))) }
            for _ in 0..<1000 {
                try tx.execute("UPDATE book SET scan = zeroblob($1) WHERE rid = $2", number(800), number(1000) + 1)
            }
        }
    }

    private func stir(_ test: TestDatabase) async throws {
        try await test.database.write { tx in
            _ = try tx.execute("UPDATE book SET scan = zeroblob(length(coalesce(scan, '')) + 40), title = title || '+'")
        }
    }

    @Test("What moved cells left behind outlives their deletion, but no scrub, and no later commit brings it back")
    func leftBehind() async throws {
        let temporary = try TemporaryDirectory()
        let directory = try DataDirectory(locking: temporary.path)
        try await withDatabase(in: directory) { try await fill($0) }
        // A title stands in the table and in its index; one that stands there a third time was left behind.
        let twice = names(in: directory.databasePath)
        #expect(twice.count == 1000)
        let left = twice.filter { $0.value > 2 }.keys
        try #require(!left.isEmpty)
        let doomed = Array(left)
        func isFree(_ path: String) -> Bool { Set(names(in: path).keys).isDisjoint(with: doomed) }

        try await withDatabase(in: directory) { test in
            _ = try await test.database.takeSnapshot()
            #expect(!isFree(directory.snapshotPath))
            let commit = try await test.database.write { tx in
                for title in doomed { try tx.execute("DELETE FROM book WHERE title = $1", title) }
                return try tx.commitNumber
            }
            let report = try #require(try await test.database.scrub(through: commit))
            #expect(report.pages > 0 && report.bytes > 0)
            #expect(isFree(directory.databasePath) && isFree(directory.snapshotPath))
            #expect(FileSystem.identity(directory.databasePath + "-wal")?.size == 0)
            let rows = try await test.database.scan { reader in
                (try reader.first("PRAGMA integrity_check") { try $0.text(0) }, try reader.int("SELECT count(*) FROM book"))
            }
            #expect(rows.0 == "ok" && rows.1 == 1000 - Int64(doomed.count))
            try await stir(test)
        }
        #expect(isFree(directory.databasePath))
        #expect(names(in: directory.databasePath).count == 1000 - doomed.count)
        #expect(try FileCheck.run(directory.databasePath, newestSchema: 2).rowCounts["book"] == 1000 - Int64(doomed.count))
    }

    @Test("Deleted cells and pages that became free are overwritten, overflow pages included")
    func deleted() async throws {
        try await withDatabase { test in
            let name = Self.mark + "0123456789abcdef"
            try await test.database.write { tx in
                try tx.addBook(Self.mark + "fedcba9876543210")
                try tx.execute("INSERT INTO book (title, scan) VALUES ($1, $2)", name, Array(String(repeating: name, count: 2000).utf8))
            }
            _ = try await test.database.scrub(through: 1)
            #expect(names(in: test.directory.databasePath)[name] ?? 0 > 1900)
            let commit = try await test.database.write { tx in
                try tx.execute("DELETE FROM book WHERE title = $1", name)
                return try tx.commitNumber
            }
            #expect(try await test.database.scrub(through: commit) != nil)
            #expect(Set(names(in: test.directory.databasePath).keys) == [Self.mark + "fedcba9876543210"])
            #expect(Set(names(in: test.directory.snapshotPath).keys) == [Self.mark + "fedcba9876543210"])
        }
    }

    @Test("A commit's number is the one under which it is counted")
    func commitNumber() async throws {
        try await withDatabase { test in
            for _ in 0..<3 {
                let number = try await test.database.write { tx in
                    try tx.addBook("\(tx.random.bytes(8))")
                    return try tx.commitNumber
                }
                #expect(try test.database.read { try $0.int("SELECT sequence FROM last_commit") } == number)
            }
        }
    }

    @Test("One scrub serves all who wait for commits before it; a later commit takes another")
    func shared() async throws {
        try await withDatabase { test in
            try await test.database.write { try $0.addBook("Oaks") }
            let reports = try await withThrowingTaskGroup(of: ScrubReport?.self) { group in
                for _ in 0..<5 { group.addTask { try await test.database.scrub(through: 1) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(reports.count == 5 && reports.count { $0 != nil } == 1)
            try await test.database.write { try $0.addBook("Elms") }
            #expect(try await test.database.scrub(through: 2) != nil)
            #expect(try await test.database.scrub(through: 2) == nil)
        }
    }

    @Test("A reader in the log is let finish, and writers go on meanwhile")
    func readerHoldsUp() async throws {
        try await withDatabase { test in
            try await test.database.write { try $0.addBook("Oaks") }
            let gate = Gate()
            let reading = Task { try await test.database.scan { try $0.each("SELECT title FROM book") { _ in gate.enter() } } }
            #expect(await gate.arrivals())
            let scrubbing = Task { try await test.database.scrub(through: 1) }
            await test.clock.untilSleeping()
            try await test.database.write { try $0.addBook("Elms") }
            #expect(try test.titles() == ["Oaks", "Elms"])
            gate.open()
            try await reading.value
            test.clock.advance(microseconds: 100_000)
            #expect(try await scrubbing.value != nil)
        }
    }

    @Test("A database that is closed scrubs nothing")
    func closed() async throws {
        let temporary = try TemporaryDirectory()
        let test = try TestDatabase(in: DataDirectory(locking: temporary.path))
        try await test.close()
        await #expect(throws: StorageError.closed) { try await test.database.scrub(through: 1) }
    }
}
