import CSQLite
import Testing

@testable import Platform

@Suite struct StorageErrorTests {
    @Test(
        "SQLite's result codes become facts",
        arguments: [
            (SQLITE_BUSY, StorageError.busy), (SQLITE_LOCKED, .busy), (SQLITE_BUSY | 2 << 8, .busy), (SQLITE_INTERRUPT, .overBudget),
            (SQLITE_FULL, .diskFull), (SQLITE_READONLY, .readOnly), (SQLITE_READONLY | 4 << 8, .readOnly),
            (SQLITE_IOERR | 4 << 8, .io(message: "disk I/O error")), (SQLITE_CANTOPEN, .io(message: "unable to open database file")),
            (SQLITE_PERM, .io(message: "access permission denied")),
            (SQLITE_CORRUPT, .corrupt(message: "database disk image is malformed")),
            (SQLITE_NOTADB, .corrupt(message: "file is not a database")),
            (SQLITE_CONSTRAINT | 8 << 8, .constraint(.unique, message: "constraint failed")),
            (SQLITE_TOOBIG, .statement(message: "string or blob too big", sql: "SELECT 1")),
        ])
    func codes(code: Int32, expected: StorageError) {
        #expect(StorageError(code: code, connection: nil, sql: "SELECT 1") == expected)
    }

    private static let tables = """
        CREATE TABLE parent (id INTEGER PRIMARY KEY);
        CREATE TABLE bare (a TEXT);
        CREATE TABLE child (
            id INTEGER PRIMARY KEY, name TEXT UNIQUE, must TEXT NOT NULL DEFAULT '', size INTEGER CHECK (size > 0),
            parent_id INTEGER REFERENCES parent (id)
        ) STRICT;
        INSERT INTO bare (rowid, a) VALUES (1, 'x');
        INSERT INTO child (id, name) VALUES (1, 'taken');
        """

    @Test(
        "The rule that a write broke is told apart",
        arguments: [
            ("INSERT INTO child (name) VALUES ('taken')", StorageError.Constraint.unique, "UNIQUE constraint failed: child.name"),
            ("INSERT INTO child (id) VALUES (1)", .unique, "UNIQUE constraint failed: child.id"),
            ("INSERT INTO bare (rowid) VALUES (1)", .unique, "UNIQUE constraint failed: bare.rowid"),
            ("INSERT INTO child (parent_id) VALUES (9)", .foreignKey, "FOREIGN KEY constraint failed"),
            ("INSERT INTO child (must) VALUES (NULL)", .notNull, "NOT NULL constraint failed: child.must"),
            ("INSERT INTO child (size) VALUES (0)", .check, "CHECK constraint failed: size > 0"),
            ("INSERT INTO child (size) VALUES ('big')", .other, "cannot store TEXT value in INTEGER column child.size"),
        ])
    func constraints(sql: String, rule: StorageError.Constraint, message: String) throws {
        let temporary = try TemporaryDirectory()
        let connection = try Connection(path: temporary("test.db"), role: .writer)
        try connection.execute(Self.tables)
        #expect(throws: StorageError.constraint(rule, message: message)) { try connection.statement(sql).run([]) { _ in true } }
    }

    @Test(
        "Trouble that passes is a 503 with Retry-After, a defect is a 500 without",
        arguments: [
            (StorageError.queueFull, 503), (.closed, 503), (.busy, 503), (.overBudget, 503), (.diskFull, 503), (.readOnly, 503),
            (.io(message: "secret path"), 503), (.corrupt(message: "secret"), 503), (.rolledBack, 503),
            (.constraint(.unique, message: "secret"), 500), (.statement(message: "secret", sql: "secret"), 500),
            (.unexpectedValue(column: 3), 500),
        ])
    func http(error: StorageError, status: Int) {
        #expect(error.status == status)
        #expect(error.headers.map(\.name) == (status == 503 ? ["Retry-After"] : []))
        var writer = JSONWriter()
        error.writeBody(into: &writer)
        let detail = status == 503 ? "The server is busy. Please try again." : "Internal server error."
        #expect(writer.bytes == Array("{\"detail\":\"\(detail)\"}".utf8))
    }
}
