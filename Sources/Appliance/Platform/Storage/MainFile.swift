import CSQLite

/// The main file of a database, through the handle that SQLite itself has on it.
///
/// A second descriptor would not do: closing it would drop the locks that SQLite holds on the file (POSIX gives them to
/// the process, not to the descriptor).
struct MainFile {
    private let file: UnsafeMutablePointer<sqlite3_file>
    private let methods: sqlite3_io_methods

    /// It may be used as long as the connection is open.
    init(of connection: Connection) throws {
        var found: UnsafeMutablePointer<sqlite3_file>?
        let code = withUnsafeMutablePointer(to: &found) {
            sqlite3_file_control(connection.handle, "main", SQLITE_FCNTL_FILE_POINTER, UnsafeMutableRawPointer($0))
        }
        guard code == SQLITE_OK, let found, let methods = found.pointee.pMethods else {
            throw StorageError(code: code == SQLITE_OK ? SQLITE_CANTOPEN : code, connection: nil)
        }
        file = found
        self.methods = methods.pointee
    }

    var size: Int64 {
        get throws {
            var size: sqlite3_int64 = 0
            try check(methods.xFileSize(file, &size))
            return size
        }
    }

    func read(_ count: Int, at offset: Int64, into buffer: UnsafeMutableRawPointer) throws {
        try check(methods.xRead(file, buffer, Int32(count), offset))
    }

    func write(_ bytes: UnsafeRawPointer, _ count: Int, at offset: Int64) throws {
        try check(methods.xWrite(file, bytes, Int32(count), offset))
    }

    func sync() throws { try check(methods.xSync(file, SQLITE_SYNC_FULL)) }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw StorageError(code: code, connection: nil) }
    }
}
