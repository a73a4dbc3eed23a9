import CSQLite
import Glibc
import Testing

@testable import Platform

@Suite struct StorageConnectionTests {
    private let temporary: TemporaryDirectory
    init() throws { temporary = try TemporaryDirectory() }

    @Test(
        "The writer is durable, checks references, and checkpoints only when it is told to",
        arguments: [
            ("synchronous", 2), ("foreign_keys", 1), ("wal_autocheckpoint", 0), ("cache_size", -16384), ("temp_store", 2),
            ("cell_size_check", 1), ("trusted_schema", 0), ("journal_size_limit", 67_108_864), ("mmap_size", 0), ("secure_delete", 1),
        ])
    func writerPragmas(name: String, value: Int64) throws {
        let reader = Reader(connection: try Connection(path: temporary("test.db"), role: .writer))
        #expect(try reader.int("PRAGMA \(name)") == value)
        #expect(try reader.first("PRAGMA journal_mode") { try $0.text(0) } == "wal")
    }

    @Test("A defensive connection refuses what could harm the file")
    func defensive() throws {
        let connection = try Connection(path: temporary("test.db"), role: .writer)
        try connection.execute("CREATE TABLE t (a)")
        try? connection.execute("PRAGMA writable_schema = ON")
        #expect(throws: StorageError.statement(message: "table sqlite_master may not be modified", sql: "DELETE FROM sqlite_schema")) {
            try connection.execute("DELETE FROM sqlite_schema")
        }
    }

    @Test("A reader and a sealer open no file that is not there")
    func missing() {
        let expected = StorageError.io(message: "unable to open database file")
        #expect(throws: expected) { try Connection(path: temporary("none.db"), role: .reader) }
        #expect(throws: expected) { try Connection(path: temporary("none.db"), role: .snapshot) }
        #expect(throws: expected) { try Connection(path: temporary.path, role: .writer) }
    }

    @Test("A file that is no database is refused again and again, and nothing is left open")
    func garbage() throws {
        let path = temporary("test.db")
        try writeFile(path, [UInt8](repeating: 7, count: 8192))
        for _ in 0..<50 {
            #expect(throws: StorageError.corrupt(message: "file is not a database")) { try Connection(path: path, role: .writer) }
        }
    }

    @Test("A second writer is told that the file is busy")
    func busy() throws {
        let first = try Connection(path: temporary("test.db"), role: .writer)
        try first.execute("CREATE TABLE t (a)")
        let second = try Connection(path: temporary("test.db"), role: .writer)
        sqlite3_busy_timeout(second.handle, 0)
        try first.execute("BEGIN IMMEDIATE")
        #expect(!first.isOutsideTransaction)
        #expect(throws: StorageError.busy) { try second.execute("BEGIN IMMEDIATE") }
        try first.execute("COMMIT")
        #expect(first.isOutsideTransaction)
        try second.execute("BEGIN IMMEDIATE; ROLLBACK")
    }
}
