import CSQLite

/// Carries the writer's connection onto its thread, and opens it again there.
final class ConnectionBox: @unchecked Sendable {
    // Safety: made before the thread starts and touched by that thread alone afterwards.
    var connection: Connection?
    var pages = 0
    /// How many groups are still to be run with savepoints.
    var guardedGroups = 0

    init(_ connection: Connection) {
        self.connection = connection
        watch(connection)
    }

    func opened(_ path: String) throws -> Connection {
        if let connection { return connection }
        let fresh = try Connection(path: path, role: .writer)
        watch(fresh)
        connection = fresh
        return fresh
    }

    /// SQLite tells after each commit how many pages the log holds.
    private func watch(_ connection: Connection) {
        sqlite3_wal_hook(
            connection.handle,
            { raw, _, _, pages in
                guard let raw else { return SQLITE_OK }
                Unmanaged<ConnectionBox>.fromOpaque(raw).takeUnretainedValue().pages = Int(pages)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}
