/// Puts a database file in the place of an instance's own.
///
/// 1. The file is checked whole, and its schema must not be newer than ours.
/// 2. It is copied beside the live file under another name, and synced.
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

    package static func run(
        _ file: String, into directory: DataDirectory, newestSchema: Int, at now: Timestamp
    ) throws -> Outcome {
        let report = try FileCheck.run(file, newestSchema: newestSchema)
        let target = directory.databasePath
        let incoming = target + ".incoming"
        try FileSystem.copy(file, to: incoming)
        var kept: [String] = []
        for suffix in ["", "-wal", "-shm"] where FileSystem.exists(target + suffix) {
            let name = target + ".before-restore-\(now.seconds)" + suffix
            try FileSystem.replace(name, with: target + suffix)
            kept.append(name)
        }
        try FileSystem.replace(target, with: incoming)
        return Outcome(report: report, kept: kept)
    }
}
