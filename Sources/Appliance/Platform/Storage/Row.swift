import CSQLite

/// One row of a result, valid only inside the closure that receives it.
///
/// Columns are read by position. A value of the wrong type throws
/// `StorageError.unexpectedValue`: with STRICT tables that is a defect, not data.
package struct Row: ~Copyable {
    let statement: OpaquePointer

    private func type(_ column: Int) -> Int32 { sqlite3_column_type(statement, Int32(column)) }

    package func isNull(_ column: Int) -> Bool { type(column) == SQLITE_NULL }

    package func int(_ column: Int) throws -> Int64 {
        guard type(column) == SQLITE_INTEGER else { throw StorageError.unexpectedValue(column: column) }
        return sqlite3_column_int64(statement, Int32(column))
    }

    package func intOrNil(_ column: Int) throws -> Int64? { isNull(column) ? nil : try int(column) }

    package func bool(_ column: Int) throws -> Bool { try int(column) != 0 }

    package func double(_ column: Int) throws -> Double {
        guard type(column) == SQLITE_FLOAT || type(column) == SQLITE_INTEGER else { throw StorageError.unexpectedValue(column: column) }
        return sqlite3_column_double(statement, Int32(column))
    }

    package func doubleOrNil(_ column: Int) throws -> Double? { isNull(column) ? nil : try double(column) }

    package func text(_ column: Int) throws -> String {
        guard type(column) == SQLITE_TEXT, let start = sqlite3_column_text(statement, Int32(column)) else {
            throw StorageError.unexpectedValue(column: column)
        }
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    package func textOrNil(_ column: Int) throws -> String? { isNull(column) ? nil : try text(column) }

    package func blob(_ column: Int) throws -> [UInt8] {
        guard type(column) == SQLITE_BLOB else { throw StorageError.unexpectedValue(column: column) }
        return bytes(column)
    }

    package func blobOrNil(_ column: Int) throws -> [UInt8]? { isNull(column) ? nil : try blob(column) }

    /// The bytes of a text or blob as they are stored: JSON columns go to the
    /// response this way, without a detour through String.
    package func bytes(_ column: Int) -> [UInt8] {
        guard let start = sqlite3_column_blob(statement, Int32(column)) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, Int32(column)))))
    }

    /// A blob of 32-bit floating-point numbers, as this machine writes them; bytes that make no whole number are left out.
    package func floats(_ column: Int) -> [Float] {
        guard let start = sqlite3_column_blob(statement, Int32(column)) else { return [] }
        let length = Int(sqlite3_column_bytes(statement, Int32(column))) / 4
        return [Float](unsafeUninitializedCapacity: length) { buffer, count in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: UnsafeRawBufferPointer(start: start, count: length * 4))
            count = length
        }
    }

    package func id(_ column: Int) throws -> Identifier {
        guard let id = Identifier(bytes: try blob(column)) else { throw StorageError.unexpectedValue(column: column) }
        return id
    }

    package func time(_ column: Int) throws -> Timestamp { Timestamp(microseconds: try int(column)) }

    package func timeOrNil(_ column: Int) throws -> Timestamp? { try intOrNil(column).map(Timestamp.init(microseconds:)) }

    /// A JSON column as a value. Broken JSON in the file is an unexpected value.
    package func json(_ column: Int) throws -> JSONValue {
        do { return try JSONValue.parse(bytes(column)) } catch { throw StorageError.unexpectedValue(column: column) }
    }
}
