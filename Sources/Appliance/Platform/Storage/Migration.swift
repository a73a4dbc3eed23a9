/// One step of the schema. Steps are only ever appended: a released one never
/// changes, which its checksum proves at every start.
package struct Migration: Sendable {
    package let version: Int
    package let name: String
    package let sql: String

    package init(version: Int, name: String, sql: String) {
        self.version = version
        self.name = name
        self.sql = sql
    }

    var checksum: [UInt8] { SHA256.hash(Array(sql.utf8)) }
}

/// Why a database file cannot be served by this binary.
package enum MigrationError: Error, Equatable {
    /// The file was written by a newer release.
    case databaseIsNewer(database: Int, binary: Int)
    /// A step that this file has taken differs from the one in the binary.
    case changed(version: Int, name: String)
    /// A step failed; the file is as it was before it.
    case failed(version: Int, name: String, reason: String)
    /// The file is SQLite, but not ours.
    case foreignDatabase(applicationID: Int64)

    package var message: String {
        switch self {
        case .databaseIsNewer(let database, let binary):
            "the database has schema version \(database), and this release of jobraker knows versions up to \(binary): "
                + "install the newer release again, or restore a snapshot taken before the upgrade"
        case .changed(let version, let name):
            "schema step \(version) (\(name)) of the database differs from this release's: the file was made by another build"
        case .failed(let version, let name, let reason):
            "schema step \(version) (\(name)) failed and was undone: \(reason)"
        case .foreignDatabase(let id):
            "the file is an SQLite database of another program (application id \(id))"
        }
    }
}

/// Brings a database file to this binary's schema.
///
/// 1. The steps already taken are compared with ours, by checksum.
/// 2. Before the first new step on a database that holds data, `beforeChange`
///    runs: it takes the snapshot that undoes a bad upgrade.
/// 3. Each step runs in one transaction together with the row that records it.
struct Migrator {
    static let applicationID: Int64 = 0x4A42_524B  // "JBRK"

    let migrations: [Migration]

    func run(on connection: Connection, at now: Timestamp, beforeChange: () throws -> Void) throws {
        let reader = Reader(connection: connection)
        let applicationID = try reader.int("PRAGMA application_id")
        let tables = try reader.int("SELECT count(*) FROM sqlite_schema")
        guard applicationID == Self.applicationID || applicationID == SnapshotMark.applicationID || (applicationID == 0 && tables == 0)
        else { throw MigrationError.foreignDatabase(applicationID: applicationID) }
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum BLOB NOT NULL, applied_at INTEGER NOT NULL
            ) STRICT
            """)
        if applicationID != Self.applicationID { try connection.execute("PRAGMA application_id = \(Self.applicationID)") }

        let taken = try reader.rows("SELECT version, name, checksum FROM schema_migrations ORDER BY version") {
            (version: Int(try $0.int(0)), name: try $0.text(1), checksum: try $0.blob(2))
        }
        let known = migrations.last?.version ?? 0
        if let newest = taken.last?.version, newest > known {
            throw MigrationError.databaseIsNewer(database: newest, binary: known)
        }
        for (step, ours) in zip(taken, migrations) where step.version != ours.version || step.checksum != ours.checksum {
            throw MigrationError.changed(version: step.version, name: step.name)
        }
        let pending = migrations.dropFirst(taken.count)
        if !taken.isEmpty && !pending.isEmpty { try beforeChange() }
        for step in pending { try apply(step, on: connection, at: now) }
    }

    private func apply(_ step: Migration, on connection: Connection, at now: Timestamp) throws {
        do {
            try connection.execute("BEGIN IMMEDIATE")
            try connection.execute(step.sql)
            try connection.statement("INSERT INTO schema_migrations VALUES ($1, $2, $3, $4)")
                .run([step.version, step.name, step.checksum, now]) { _ in true }
            try connection.execute("COMMIT")
        } catch {
            if !connection.isOutsideTransaction { try? connection.execute("ROLLBACK") }
            throw MigrationError.failed(version: step.version, name: step.name, reason: "\(error)")
        }
    }
}
