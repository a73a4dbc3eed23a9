import CSQLite

/// A view of the database to read from; only a `Database` hands one out.
///
/// Store functions take a `Reader` (or a `Transaction`) and nothing else, so
/// they compose: several of them see one state.
package class Reader {
    let connection: Connection

    init(connection: Connection) { self.connection = connection }

    /// All rows of a query, each turned into a value by `map`.
    package func rows<T>(_ sql: String, _ arguments: (any SQLBindable)?..., map: (borrowing Row) throws -> T) throws -> [T] {
        try rows(sql, arguments: arguments, map: map)
    }

    /// As `rows(_:_:map:)`, with the arguments as a list: for queries whose filters vary.
    package func rows<T>(_ sql: String, arguments: [(any SQLBindable)?], map: (borrowing Row) throws -> T) throws -> [T] {
        var found: [T] = []
        try connection.statement(sql).run(arguments) {
            found.append(try map($0))
            return true
        }
        return found
    }

    /// The first row of a query, or nil when there is none.
    package func first<T>(_ sql: String, _ arguments: (any SQLBindable)?..., map: (borrowing Row) throws -> T) throws -> T? {
        var found: T?
        try connection.statement(sql).run(arguments) {
            found = try map($0)
            return false
        }
        return found
    }

    /// The whole number in the first column of the first row, 0 without a row.
    package func int(_ sql: String, _ arguments: (any SQLBindable)?...) throws -> Int64 {
        try int(sql, arguments: arguments)
    }

    package func int(_ sql: String, arguments: [(any SQLBindable)?]) throws -> Int64 {
        var value: Int64 = 0
        try connection.statement(sql).run(arguments) {
            value = try $0.int(0)
            return false
        }
        return value
    }

    /// Hands each row to `body`, without gathering them: for exports.
    package func each(_ sql: String, _ arguments: (any SQLBindable)?..., body: (borrowing Row) throws -> Void) throws {
        try each(sql, arguments: arguments, body: body)
    }

    package func each(_ sql: String, arguments: [(any SQLBindable)?], body: (borrowing Row) throws -> Void) throws {
        try connection.statement(sql).run(arguments) {
            try body($0)
            return true
        }
    }
}
