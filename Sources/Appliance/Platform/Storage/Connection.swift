import CSQLite
import Glibc

/// One SQLite connection with its cached statements. Belongs to one thread at a time.
///
/// The pragmas are the ones of `docs/decisions.md`: WAL, `synchronous=FULL` (an
/// acknowledged commit survives a power cut), foreign keys on, a defensive
/// connection that trusts nothing in the schema of a file it was handed.
final class Connection {
    enum Role {
        /// The one connection that writes to the live file.
        case writer
        case reader
        /// Reads a file that nobody writes to, and leaves nothing beside it: no log, no lock.
        case archive
        /// Seals a fresh copy that nobody else has seen: no WAL, one file.
        case snapshot
    }

    let handle: OpaquePointer
    private let role: Role
    private var statements: [String: Statement] = [:]
    private static let cachedStatements = 256
    /// Milliseconds that the writer waits for a lock. Nobody of ours holds one; a shell might.
    static let writerPatience: Int32 = 5000

    /// How long the running `withBudget` may go on.
    private enum Budget {
        case none
        /// Not asked of the clock yet: most reads end long before they would be stopped.
        case unused(nanoseconds: UInt64)
        /// Until this processor time of this thread, in nanoseconds.
        case until(UInt64)
    }

    private var budget = Budget.none

    /// Done once, at the first connection of the process. Where somebody was earlier it has no effect, and does no harm.
    private static let isFrugal = jobraker_sqlite3_count_no_memory() == SQLITE_OK

    init(path: String, role: Role) throws {
        _ = Self.isFrugal
        var opened: OpaquePointer?
        let flags =
            switch role {
            case .writer: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .reader: SQLITE_OPEN_READONLY
            case .archive: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            case .snapshot: SQLITE_OPEN_READWRITE
            }
        let name = role == .archive ? Self.archiveURI(path) : path
        let code = sqlite3_open_v2(name, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let opened else {
            defer { sqlite3_close_v2(opened) }
            throw StorageError(code: code, connection: opened)
        }
        handle = opened
        self.role = role
        // From here on `deinit` closes the handle, also when this throws.
        try configure()
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(handle)
    }

    /// Opens a file that nobody writes to. With a log beside it, it is only whole together with the log.
    static func toUnwrittenFile(_ path: String) throws -> Connection {
        try Connection(path: path, role: FileSystem.hasLog(path) ? .reader : .archive)
    }

    /// The name under which SQLite treats a file as one that never changes.
    private static func archiveURI(_ path: String) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/".utf8)
        let escaped = path.utf8.map { plain.contains($0) ? String(UnicodeScalar($0)) : "%" + Hex.encode([$0]) }
        return "file:\(escaped.joined())?immutable=1"
    }

    private func configure() throws {
        sqlite3_busy_timeout(handle, role == .writer ? Self.writerPatience : 250)
        _ = jobraker_sqlite3_db_config_flag(handle, SQLITE_DBCONFIG_DEFENSIVE, 1)
        _ = jobraker_sqlite3_db_config_flag(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        try execute("PRAGMA temp_store = MEMORY")
        try execute("PRAGMA mmap_size = 0")
        try execute("PRAGMA cell_size_check = ON")
        guard role == .writer else {
            try execute("PRAGMA cache_size = -4096")
            return
        }
        try execute("PRAGMA cache_size = -16384")
        try execute("PRAGMA journal_mode = WAL")
        try execute("PRAGMA synchronous = FULL")
        try execute("PRAGMA foreign_keys = ON")
        // Some builds of SQLite have it as their default, others do not. It costs a page write that is made anyway.
        try execute("PRAGMA secure_delete = ON")
        try execute("PRAGMA journal_size_limit = 67108864")
        // The writer decides itself when to checkpoint: by size, when idle, and at the end.
        try execute("PRAGMA wal_autocheckpoint = 0")
    }

    /// Runs statements that take no parameters and whose rows do not matter.
    func execute(_ sql: String) throws {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw StorageError(code: code, connection: handle, sql: sql) }
    }

    /// The prepared statement for `sql`, from the cache or made now, ready to bind.
    func statement(_ sql: String) throws -> Statement {
        if let cached = statements[sql], !cached.isRunning { return cached }
        if statements.count >= Self.cachedStatements { statements = statements.filter(\.value.isRunning) }
        let made = try Statement(sql, connection: self)
        statements[sql] = made
        return made
    }

    /// Is no transaction open? SQLite itself ends one after some errors.
    var isOutsideTransaction: Bool { sqlite3_get_autocommit(handle) != 0 }

    /// Runs `body` so that all its statements see one state of the database.
    func reading<T>(_ body: () throws -> T) throws -> T {
        guard isOutsideTransaction else { return try body() }
        try statement("BEGIN").run([]) { _ in true }
        // Ending a transaction that only read cannot fail, unless SQLite has ended it already.
        defer { if !isOutsideTransaction { try? statement("COMMIT").run([]) { _ in true } } }
        return try body()
    }

    /// Stops statements of this connection once this thread has used
    /// `nanoseconds` more of processor time. Waiting costs nothing of it, so a
    /// busy machine does not fail reads that are cheap in themselves. The time
    /// counts from the first 2 000 steps of the virtual machine on: to ask the
    /// clock is a system call, which a point read is spared.
    func withBudget<T>(nanoseconds: UInt64, _ body: () throws -> T) rethrows -> T {
        guard case .none = budget else { return try body() }
        budget = .unused(nanoseconds: nanoseconds)
        sqlite3_progress_handler(
            handle, 2000,
            { raw in
                guard let raw else { return 0 }
                return Unmanaged<Connection>.fromOpaque(raw).takeUnretainedValue().isOverBudget() ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
        defer {
            budget = .none
            sqlite3_progress_handler(handle, 0, nil, nil)
        }
        return try body()
    }

    private func isOverBudget() -> Bool {
        switch budget {
        case .none: return false
        case .until(let end): return Self.threadTime() > end
        case .unused(let nanoseconds):
            budget = .until(Self.threadTime() + nanoseconds)
            return false
        }
    }

    private static func threadTime() -> UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
        return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
    }
}
