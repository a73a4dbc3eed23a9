import CSQLite

/// Makes a whole, verified copy of the database while it is in use.
///
/// 1. `VACUUM INTO name.partial` from a read-only connection: one read
///    transaction, so one moment, while writers go on.
/// 2. The copy gets the snapshot's mark and the moment it was taken.
/// 3. It is checked: integrity, foreign keys.
/// 4. fsync, rename over the old snapshot, fsync of the directory. Whoever
///    copies the name at any moment gets the old one or the new one, whole.
package enum Snapshot {
    /// The copy's own record of itself.
    package struct Info: Sendable, Equatable {
        package let takenAt: Timestamp
        package let sequence: Int64
        package let bytes: Int64
    }

    static func take(from source: String, to target: String, at now: Timestamp) throws -> Info {
        let partial = target + ".partial"
        for suffix in ["", "-journal", "-wal", "-shm"] { FileSystem.remove(partial + suffix) }
        do {
            let reading = try Connection(path: source, role: .reader)
            try reading.statement("VACUUM INTO $1").run([partial]) { _ in true }
            let sequence = try seal(partial, at: now)
            try FileSystem.sync(partial)
            try FileSystem.replace(target, with: partial)
            return Info(takenAt: now, sequence: sequence, bytes: FileSystem.identity(target)?.size ?? 0)
        } catch {
            FileSystem.remove(partial)
            throw error
        }
    }

    private static func seal(_ path: String, at now: Timestamp) throws -> Int64 {
        let connection = try Connection(path: path, role: .snapshot)
        try connection.execute("PRAGMA application_id = \(SnapshotMark.applicationID)")
        try connection.statement("INSERT OR REPLACE INTO instance (key, value) VALUES ('snapshot_taken_at', $1)")
            .run([now.iso]) { _ in true }
        let reader = Reader(connection: connection)
        try FileCheck.verify(reader, path: path)
        return try reader.int("SELECT sequence FROM last_commit")
    }
}
