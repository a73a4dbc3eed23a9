import Glibc

/// Files in the TEXMEX format: of each vector its dimension as a 32-bit integer, then so many numbers of 32 bits.
enum VectorFile {
    /// Calls the body with each vector of an .fvecs file. Holds one at a time.
    static func read(_ path: String, _ body: ([Float]) throws -> Void) throws {
        guard let file = fopen(path, "rb") else { throw BenchmarkError.unreadable(path) }
        defer { fclose(file) }
        var dimension: Int32 = 0
        while fread(&dimension, 4, 1, file) == 1 {
            guard (1...4096).contains(dimension) else { throw BenchmarkError.unreadable(path) }
            var vector = [Float](repeating: 0, count: Int(dimension))
            guard fread(&vector, 4, vector.count, file) == vector.count else { throw BenchmarkError.unreadable(path) }
            try body(vector)
        }
    }

    /// Writes an .ivecs file.
    static func write(_ rows: [[Int32]], to path: String) throws {
        guard let file = fopen(path, "wb") else { throw BenchmarkError.unwritable(path) }
        defer { fclose(file) }
        for row in rows {
            let numbers = [Int32(row.count)] + row
            guard fwrite(numbers, 4, numbers.count, file) == numbers.count else { throw BenchmarkError.unwritable(path) }
        }
    }
}
