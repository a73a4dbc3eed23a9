/// Puts a database file in the place of an instance's own.
///
/// 1. The file is copied beside the live one under another name, with the log
///    that may lie beside it (a live file copied after a kill), and the log is
///    folded in.
/// 2. The copy is checked whole, and its schema must not be newer than ours.
/// 3. The live file and its log are renamed, never deleted: `….before-restore-<time>`.
/// 4. The copy takes the name, and the directory is synced.
///
/// The caller holds the data directory's lock, so no server runs meanwhile.
/// Stopped at any point, either the old file or the new one is in place, or
/// the old one lies beside under its new name and the command can be repeated.
package enum Restore {
    package struct Outcome: Sendable, Equatable {
        package let report: FileReport
        /// Where the files that were replaced lie now.
        package let kept: [String]
    }

    private static let parts = ["", "-wal", "-shm"]

    package static func run(
        _ file: String, into directory: DataDirectory, newestSchema: Int, at now: Timestamp
    ) throws -> Outcome {
        let target = directory.databasePath
        let incoming = target + ".incoming"
        for part in parts { FileSystem.remove(incoming + part) }
        let report: FileReport
        do {
            report = try receive(file, as: incoming, newestSchema: newestSchema)
        } catch {
            for part in parts { FileSystem.remove(incoming + part) }
            throw error
        }
        let keptName = FileSystem.freeName(target + ".before-restore-\(now.seconds)", besides: parts)
        var kept: [String] = []
        for part in parts where FileSystem.exists(target + part) {
            try FileSystem.replace(keptName + part, with: target + part)
            kept.append(keptName + part)
        }
        try FileSystem.replace(target, with: incoming)
        return Outcome(report: report, kept: kept)
    }

    private static func receive(_ file: String, as incoming: String, newestSchema: Int) throws -> FileReport {
        let kind = SnapshotMark.kind(of: file)
        if kind == .missing { throw FileCheck.Failure.missing(path: file) }
        if kind == .foreign || kind == .empty { throw FileCheck.Failure.notADatabase(path: file) }
        try FileSystem.copy(file, to: incoming)
        // Beside a snapshot a log is somebody else's.
        if kind != .snapshot, FileSystem.hasLog(file) {
            try FileSystem.copy(file + "-wal", to: incoming + "-wal")
            do {
                try Connection(path: incoming, role: .writer).execute("PRAGMA wal_checkpoint(TRUNCATE)")
            } catch {
                throw FileCheck.Failure.damaged(path: file, detail: "\(error)")
            }
        }
        do { return try FileCheck.run(incoming, newestSchema: newestSchema) } catch { throw error.naming(file) }
    }
}

extension FileCheck.Failure {
    /// The same failure, told of the file that the caller knows.
    func naming(_ path: String) -> FileCheck.Failure {
        switch self {
        case .missing: .missing(path: path)
        case .notADatabase: .notADatabase(path: path)
        case .damaged(_, let detail): .damaged(path: path, detail: detail)
        case .schema(_, let error): .schema(path: path, error: error)
        }
    }
}
