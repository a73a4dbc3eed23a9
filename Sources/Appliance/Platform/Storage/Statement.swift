import CSQLite

/// A prepared statement whose `$n` parameters take the n-th argument.
///
/// SQLite numbers named parameters by first appearance; the map from position
/// to `n` is made once, so the same text also means the same to PostgreSQL.
final class Statement {
    let handle: OpaquePointer
    private unowned let connection: Connection
    private let sql: String
    private let argumentOfParameter: [Int]
    private(set) var isRunning = false

    init(_ sql: String, connection: Connection) throws {
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v3(connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared else {
            throw StorageError(code: code, connection: connection.handle, sql: sql)
        }
        handle = prepared
        self.connection = connection
        self.sql = sql
        argumentOfParameter = (0..<sqlite3_bind_parameter_count(prepared)).map { position in
            guard let name = sqlite3_bind_parameter_name(prepared, position + 1) else { return Int(position) }
            return (Int(String(cString: name).dropFirst()) ?? Int(position) + 1) - 1
        }
    }

    deinit { sqlite3_finalize(handle) }

    /// Binds, steps through all rows, and always leaves the statement reset.
    /// `row` returns false to stop early.
    func run(_ arguments: [(any SQLBindable)?], row: (borrowing Row) throws -> Bool) throws {
        isRunning = true
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
            isRunning = false
        }
        for (position, argument) in argumentOfParameter.enumerated() {
            guard argument < arguments.count else {
                throw StorageError.statement(message: "argument \(argument + 1) is missing", sql: sql)
            }
            let index = Int32(position + 1)
            let code = arguments[argument].map { $0.bind(to: handle, at: index) } ?? sqlite3_bind_null(handle, index)
            guard code == SQLITE_OK else { throw StorageError(code: code, connection: connection.handle, sql: sql) }
        }
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW:
                guard try row(Row(statement: handle)) else { return }
            case SQLITE_DONE:
                return
            case let code:
                throw StorageError(code: code, connection: connection.handle, sql: sql)
            }
        }
    }
}
