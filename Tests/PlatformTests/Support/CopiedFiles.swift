@testable import Platform

/// Copies a database's files as they lie on the disk at this moment, the way `kill -9` would leave them
/// or an operator's `cp` would take them. Nothing may be writing meanwhile.
func copyFiles(of database: String, to target: String, suffixes: [String] = ["", "-wal"]) throws {
    for suffix in suffixes where FileSystem.exists(database + suffix) {
        try FileSystem.copy(database + suffix, to: target + suffix)
    }
}

/// Overwrites the middle third of a file: the header stays, the content does not.
func damage(_ path: String) throws {
    guard var bytes = FileSystem.read(path, limit: 64 << 20) else { throw TestFailure("\(path) cannot be read") }
    for index in bytes.count / 3..<2 * bytes.count / 3 { bytes[index] ^= 0xA5 }
    try writeFile(path, bytes)
}

extension TestDatabase {
    /// Enough rows that the file has pages of every kind in its middle.
    func addLibrary(_ count: Int = 400) async throws {
        try await database.write { tx in
            for index in 0..<count {
                try tx.execute("INSERT INTO book (title, scan) VALUES ($1, zeroblob(200))", "volume \(index) of the catalogue")
            }
        }
    }
}
