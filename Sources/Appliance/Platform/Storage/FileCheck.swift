import CSQLite

/// What a whole check of a database file found.
package struct FileReport: Sendable, Equatable {
    package var schemaVersion: Int
    package var lastCommit: Timestamp
    package var sequence: Int64
    package var rowCounts: [String: Int64]
    package var bytes: Int64
}

/// Checks of a database file that nobody is writing to.
package enum FileCheck {
    package enum Failure: Error, Equatable {
        case missing(path: String)
        case notADatabase(path: String)
        case damaged(path: String, detail: String)
        case schema(path: String, error: MigrationError)

        package var message: String {
            switch self {
            case .missing(let path): "\(path): there is no such file"
            case .notADatabase(let path): "\(path): not a jobraker database"
            case .damaged(let path, let detail): "\(path): the file is damaged: \(detail)"
            case .schema(let path, let error): "\(path): \(error.message)"
            }
        }
    }

    /// Reads the whole file: header, structure, indexes, foreign keys, counts.
    package static func run(_ path: String, newestSchema: Int) throws(Failure) -> FileReport {
        switch SnapshotMark.kind(of: path) {
        case .missing: throw .missing(path: path)
        case .empty, .foreign: throw .notADatabase(path: path)
        case .live, .snapshot, .unmarked: break
        }
        do {
            let connection = try Connection.toUnwrittenFile(path)
            return try report(Reader(connection: connection), path: path, newestSchema: newestSchema)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .damaged(path: path, detail: "\(error)")
        }
    }

    /// The structural checks alone, on a connection that is already open.
    static func verify(_ reader: Reader, path: String) throws {
        let problems = try reader.rows("PRAGMA integrity_check(5)") { try $0.text(0) }
        guard problems == ["ok"] else { throw Failure.damaged(path: path, detail: problems.joined(separator: "; ")) }
        let orphans = try reader.rows("PRAGMA foreign_key_check") { "\(try $0.text(0)) row \(try $0.intOrNil(1) ?? 0)" }
        guard orphans.isEmpty else {
            throw Failure.damaged(path: path, detail: "broken references: " + orphans.prefix(5).joined(separator: ", "))
        }
    }

    private static func report(_ reader: Reader, path: String, newestSchema: Int) throws -> FileReport {
        try verify(reader, path: path)
        let version = Int(try reader.int("SELECT max(version) FROM schema_migrations"))
        guard version <= newestSchema else {
            throw Failure.schema(path: path, error: .databaseIsNewer(database: version, binary: newestSchema))
        }
        let tables = try reader.rows(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%STRICT%' ORDER BY name"
        ) { try $0.text(0) }
        var counts: [String: Int64] = [:]
        for table in tables { counts[table] = try reader.int("SELECT count(*) FROM \"\(table)\"") }
        let commit = try reader.first("SELECT sequence, at FROM last_commit") { (try $0.int(0), try $0.time(1)) }
        return FileReport(
            schemaVersion: version, lastCommit: commit?.1 ?? Timestamp(microseconds: 0), sequence: commit?.0 ?? 0,
            rowCounts: counts, bytes: FileSystem.identity(path)?.size ?? 0)
    }
}
