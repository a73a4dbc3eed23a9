import CSQLite

/// What went wrong in the database, as a fact; words for people are made elsewhere.
package enum StorageError: Error, Equatable {
    /// Which rule of the schema a write broke.
    package enum Constraint: Sendable, Equatable { case unique, foreignKey, notNull, check, other }

    /// The writer's or the scanners' queue is full: come back later.
    case queueFull
    /// The database is being closed, or is closed already.
    case closed
    /// Another connection held the file for too long.
    case busy
    /// A read took more processor time than reads may; it belongs on `scan`.
    case overBudget
    case constraint(Constraint, message: String)
    case diskFull
    case readOnly
    /// Reading or writing the file failed, or its directory is gone.
    case io(message: String)
    case corrupt(message: String)
    /// An error took the whole transaction with it, not only the statement.
    case rolledBack
    /// A statement that is wrong in itself: a defect of ours.
    case statement(message: String, sql: String)
    /// A stored value has not the type that the program expects in this column.
    case unexpectedValue(column: Int)

    /// Reads the connection's last error. `code` is the call's own result.
    init(code: Int32, connection: OpaquePointer?, sql: String = "") {
        let message = connection.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
        let extended = connection.map { sqlite3_extended_errcode($0) } ?? code
        switch code & 0xff {
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
        case SQLITE_INTERRUPT: self = .overBudget
        case SQLITE_FULL: self = .diskFull
        case SQLITE_READONLY: self = .readOnly
        case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_NOLFS: self = .io(message: message)
        case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt(message: message)
        case SQLITE_CONSTRAINT: self = .constraint(Constraint(extended: extended), message: message)
        default: self = .statement(message: message, sql: sql)
        }
    }
}

extension StorageError.Constraint {
    init(extended: Int32) {
        switch extended >> 8 {
        case 8, 6, 10: self = .unique  // UNIQUE, PRIMARYKEY, ROWID
        case 3: self = .foreignKey
        case 5: self = .notNull
        case 1: self = .check
        default: self = .other
        }
    }
}

/// For a client every trouble of storage is the same: the server cannot serve
/// this now. It is never "not found", which would be a lie about the data.
extension StorageError: HTTPFact {
    package var status: Int {
        switch self {
        case .constraint, .statement, .unexpectedValue: 500
        default: 503
        }
    }

    package var headers: [(name: String, value: String)] {
        status == 503 ? [("Retry-After", "1")] : []
    }

    package func writeBody(into writer: inout JSONWriter) {
        let detail = status == 503 ? "The server is busy. Please try again." : "Internal server error."
        writer.object { $0.field("detail", detail) }
    }
}
