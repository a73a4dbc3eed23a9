import Glibc

/// The few file operations that durability depends on, each said plainly.
package enum FileSystem {
    /// The system's words for the error of the call that just failed.
    package static func lastError() -> String { String(cString: strerror(errno)) }

    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Makes a directory with its missing parents; true when it is there afterwards.
    package static func makeDirectories(_ path: String, mode: mode_t) -> Bool {
        var made = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            made += made.isEmpty && !path.hasPrefix("/") ? String(part) : (part.isEmpty ? "" : (made == "/" ? "" : "/") + String(part))
            if made.isEmpty {
                if path.hasPrefix("/") { made = "/" }
                continue
            }
            if mkdir(made, mode) != 0 && errno != EEXIST { return false }
        }
        var status = stat()
        return stat(path, &status) == 0 && (status.st_mode & S_IFMT) == S_IFDIR
    }

    /// Makes a file's bytes, or a directory's entries, durable.
    package static func sync(_ path: String) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw StorageError.io(message: "\(path): \(lastError())") }
        defer { close(file) }
        guard fsync(file) == 0 else { throw StorageError.io(message: "\(path): \(lastError())") }
    }

    /// Renames within one file system and makes the new name durable.
    package static func replace(_ target: String, with source: String) throws {
        guard rename(source, target) == 0 else { throw StorageError.io(message: "\(target): \(lastError())") }
        try sync(directory(of: target))
    }

    /// `name`, or `name-2`, `name-3` … where something already has it.
    package static func freeName(_ name: String, besides suffixes: [String] = [""]) -> String {
        var candidate = name
        var number = 1
        while suffixes.contains(where: { exists(candidate + $0) }) {
            number += 1
            candidate = "\(name)-\(number)"
        }
        return candidate
    }

    package static func remove(_ path: String) { unlink(path) }

    package static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Size in bytes, and the pair that tells a file from its copies.
    package static func identity(_ path: String) -> (size: Int64, text: String)? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return (Int64(status.st_size), "\(status.st_dev):\(status.st_ino)")
    }

    /// Does a write-ahead log with anything in it lie beside this database file?
    static func hasLog(_ path: String) -> Bool { (identity(path + "-wal")?.size ?? 0) > 0 }

    /// The whole file, or nil with `errno` set; refuses more than `limit` bytes.
    package static func read(_ path: String, limit: Int) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count == 0 { return bytes }
            guard count > 0, bytes.count + count <= limit else {
                if count > 0 { errno = EFBIG }
                return nil
            }
            bytes += chunk[0..<count]
        }
    }

    /// Copies a file's bytes to a new file (0600) and makes them durable.
    package static func copy(_ source: String, to target: String) throws {
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw StorageError.io(message: "\(source): \(lastError())") }
        defer { close(input) }
        let output = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw StorageError.io(message: "\(target): \(lastError())") }
        defer { close(output) }
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = Glibc.read(input, &chunk, chunk.count)
            if count == 0 { break }
            var written = 0
            while count > 0 && written < count {
                let step = chunk.withUnsafeBytes { Glibc.write(output, $0.baseAddress?.advanced(by: written), count - written) }
                guard step > 0 else { throw StorageError.io(message: "\(target): \(lastError())") }
                written += step
            }
            guard count > 0 else { throw StorageError.io(message: "\(source): \(lastError())") }
        }
        guard fsync(output) == 0 else { throw StorageError.io(message: "\(target): \(lastError())") }
    }
}
