import Testing

@testable import Platform

@Suite struct MigrationTests {
    private let temporary: TemporaryDirectory
    private let connection: Connection
    private let now = Timestamp(seconds: 1_700_000_000)

    private static let one = Migration(version: 1, name: "trees", sql: "CREATE TABLE tree (name TEXT) STRICT")
    private static let two = Migration(version: 2, name: "leaves", sql: "CREATE TABLE leaf (tree TEXT) STRICT")
    private static let broken = Migration(version: 2, name: "leaves", sql: "CREATE TABLE leaf (tree TEXT) STRICT; CREATE TABLE tree (x)")

    init() throws {
        temporary = try TemporaryDirectory()
        connection = try Connection(path: temporary("test.db"), role: .writer)
    }

    private func run(_ migrations: [Migration], beforeChange: () throws -> Void = {}) throws {
        try Migrator(migrations: migrations).run(on: connection, at: now, beforeChange: beforeChange)
    }

    private var tables: [String] {
        get throws { try Reader(connection: connection).rows("SELECT name FROM sqlite_schema ORDER BY name") { try $0.text(0) } }
    }

    @Test("A new file takes every step, and records each with its checksum and time")
    func fresh() throws {
        var changes = 0
        try run([Self.one, Self.two]) { changes += 1 }
        #expect(changes == 0)
        #expect(try tables == ["leaf", "schema_migrations", "tree"])
        let reader = Reader(connection: connection)
        #expect(try reader.int("PRAGMA application_id") == 0x4A42_524B)
        let steps = try reader.rows("SELECT version, name, checksum, applied_at FROM schema_migrations ORDER BY version") {
            "\(try $0.int(0)) \(try $0.text(1)) \(Hex.encode(try $0.blob(2)).prefix(8)) \(try $0.time(3).iso)"
        }
        let sums = [Self.one, Self.two].map { Hex.encode(SHA256.hash(Array($0.sql.utf8))).prefix(8) }
        #expect(steps == ["1 trees \(sums[0]) 2023-11-14T22:13:20Z", "2 leaves \(sums[1]) 2023-11-14T22:13:20Z"])
    }

    @Test("A file that is up to date is left alone")
    func again() throws {
        try run([Self.one])
        try run([Self.one]) { throw TestFailure("nothing changes") }
        #expect(try tables == ["schema_migrations", "tree"])
    }

    @Test("Before the first new step on a file with data the caller may save it; if that fails, nothing changes")
    func beforeChange() throws {
        try run([Self.one])
        #expect(throws: TestFailure("no room")) { try run([Self.one, Self.two]) { throw TestFailure("no room") } }
        #expect(try tables == ["schema_migrations", "tree"])
        var seen: [String] = []
        try run([Self.one, Self.two]) { seen = try tables }
        #expect(seen == ["schema_migrations", "tree"])
        #expect(try tables == ["leaf", "schema_migrations", "tree"])
    }

    @Test("A step that was changed after its release is refused")
    func changed() throws {
        try run([Self.one])
        let other = Migration(version: 1, name: "trees", sql: "CREATE TABLE tree (name TEXT, age INTEGER) STRICT")
        let error = #expect(throws: MigrationError.self) { try run([other, Self.two]) }
        #expect(error == .changed(version: 1, name: "trees"))
        #expect(
            error?.message == "schema step 1 (trees) of the database differs from this release's: the file was made by another build")
        let renumbered = Migration(version: 3, name: "trees", sql: Self.one.sql)
        #expect(throws: MigrationError.changed(version: 1, name: "trees")) { try run([renumbered]) }
    }

    @Test("A file from a newer release is refused, and the message says what to do")
    func newer() throws {
        try run([Self.one, Self.two])
        let error = #expect(throws: MigrationError.self) { try run([Self.one]) }
        #expect(error == .databaseIsNewer(database: 2, binary: 1))
        #expect(
            error?.message == "the database has schema version 2, and this release of jobraker knows versions up to 1: "
                + "install the newer release again, or restore a snapshot taken before the upgrade")
        #expect(throws: MigrationError.databaseIsNewer(database: 2, binary: 0)) { try run([]) }
    }

    @Test("A step that fails is undone whole; the steps before it stay")
    func failed() throws {
        let error = #expect(throws: MigrationError.self) { try run([Self.one, Self.broken]) }
        guard case .failed(2, "leaves", let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("table tree already exists"))
        #expect(error?.message == "schema step 2 (leaves) failed and was undone: \(reason)")
        #expect(try tables == ["schema_migrations", "tree"])
        #expect(connection.isOutsideTransaction)
        try run([Self.one, Self.two])
        #expect(try tables == ["leaf", "schema_migrations", "tree"])
    }

    @Test("A step that ends its transaction itself is undone and reported like any other")
    func rollsBackItself() throws {
        let step = Migration(
            version: 1, name: "twins",
            sql: "CREATE TABLE twin (id INTEGER PRIMARY KEY); INSERT OR ROLLBACK INTO twin VALUES (1), (1)")
        let error = #expect(throws: MigrationError.self) { try run([step]) }
        #expect(error?.message.hasPrefix("schema step 1 (twins) failed and was undone: ") == true)
        #expect(try tables == ["schema_migrations"])
    }

    @Test("The database of another program is refused untouched", arguments: [0, 0x1234])
    func foreign(id: Int64) throws {
        try connection.execute("CREATE TABLE theirs (a); PRAGMA application_id = \(id)")
        let error = #expect(throws: MigrationError.self) { try run([Self.one]) }
        #expect(error == .foreignDatabase(applicationID: id))
        #expect(error?.message == "the file is an SQLite database of another program (application id \(id))")
        #expect(try tables == ["theirs"])
    }

    @Test("The platform's own step makes a database that counts its commits")
    func platform() throws {
        try run(PlatformSchema.migrations)
        #expect(try Reader(connection: connection).int("SELECT sequence FROM last_commit") == 0)
    }
}
