import CSQLite
import Testing

@testable import Platform

@Suite struct StatementTests {
    private let temporary: TemporaryDirectory
    private let reader: Reader

    init() throws {
        temporary = try TemporaryDirectory()
        reader = Reader(connection: try Connection(path: temporary("test.db"), role: .writer))
    }

    private func joined(_ sql: String, _ arguments: [(any SQLBindable)?]) throws -> [String] {
        try reader.rows(sql, arguments: arguments) { try $0.text(0) }
    }

    @Test(
        "Parameter $n takes the n-th argument, wherever and however often it stands",
        arguments: [
            ("SELECT $1 || $2", "ab"), ("SELECT $2 || $1", "ba"), ("SELECT $2 || $1 || $2", "bab"), ("SELECT $3 || $1", "ca"),
            ("SELECT ? || ?", "ab"), ("SELECT ?3 || ?1", "ca"), ("SELECT :x || :y || :x", "aba"),
        ])
    func order(sql: String, expected: String) throws {
        #expect(try joined(sql, ["a", "b", "c"]) == [expected])
    }

    @Test("An argument that is missing is a defect, and is named")
    func missing() {
        #expect(throws: StorageError.statement(message: "argument 2 is missing", sql: "SELECT $1, $2")) {
            try reader.int("SELECT $1, $2", 1)
        }
    }

    @Test("A statement that is wrong in itself is a defect, and carries its text")
    func wrong() {
        #expect(throws: StorageError.statement(message: "no such table: nowhere", sql: "SELECT * FROM nowhere")) {
            try reader.int("SELECT * FROM nowhere")
        }
        #expect(throws: StorageError.statement(message: "not an error", sql: "-- nothing")) { try reader.int("-- nothing") }
        #expect(throws: StorageError.statement(message: "no such table: nowhere", sql: "DROP TABLE nowhere")) {
            try reader.connection.execute("DROP TABLE nowhere")
        }
    }

    @Test("A value that cannot be bound fails the statement before it runs")
    func bindFails() {
        #expect(throws: StorageError.statement(message: "column index out of range", sql: "SELECT $1")) {
            try reader.int("SELECT $1", arguments: [Misplaced()])
        }
    }

    private struct Misplaced: SQLBindable {
        func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index + 1, 0) }
    }

    @Test("An error in the row closure ends the query and leaves the statement ready for the next run")
    func throwingRow() throws {
        struct Enough: Error {}
        let sql = "SELECT $1 UNION ALL SELECT 2"
        #expect(throws: Enough.self) { try reader.rows(sql, 1) { _ -> Int64 in throw Enough() } }
        #expect(try reader.rows(sql, 7) { try $0.int(0) } == [7, 2])
    }

    @Test("One text that runs inside itself is two statements")
    func nested() throws {
        let sql = "SELECT $1 UNION ALL SELECT $1 + 1"
        let pairs = try reader.rows(sql, 10) { outer in
            let tens = try outer.int(0)
            return try reader.rows(sql, tens * 10) { try $0.int(0) }
        }
        #expect(pairs == [[100, 101], [110, 111]])
    }

    @Test("More texts than are cached come and go, but never one that is running")
    func cache() throws {
        var sum: Int64 = 0
        try reader.each("SELECT 1 UNION ALL SELECT 2") { row in
            for number in 0..<300 { sum += try reader.int("SELECT \(number)") }
            sum += try row.int(0)
        }
        #expect(sum == 2 * (0..<300).reduce(0, +) + 3)
    }

    @Test("Nothing stays bound from one run to the next")
    func clears() throws {
        #expect(try reader.first("SELECT $1 IS NULL, $2", "x", 1) { try $0.bool(0) } == false)
        #expect(try reader.first("SELECT $1 IS NULL, $2", nil, 1) { try $0.bool(0) } == true)
    }
}
