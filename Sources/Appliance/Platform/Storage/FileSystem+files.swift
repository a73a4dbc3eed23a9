import Glibc

extension FileSystem {
    /// The names in a directory, sorted, without `.` and `..`; nil with `errno` set when it cannot be read.
    package static func names(in directory: String) -> [String]? {
        guard let handle = opendir(directory) else { return nil }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Writes a new file (0600), or one anew, and makes its bytes durable.
    package static func write(_ bytes: [UInt8], to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw StorageError.io(message: "\(path): \(lastError())") }
        defer { close(file) }
        try write(bytes, to: file, path)
        guard fsync(file) == 0 else { throw StorageError.io(message: "\(path): \(lastError())") }
    }

    /// Writes all of the bytes to an open file; `path` is for the error.
    package static func write(_ bytes: [UInt8], to file: Int32, _ path: String) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress?.advanced(by: sent), bytes.count - sent) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw StorageError.io(message: "\(path): \(lastError())") }
            sent += count
        }
    }

    /// Removes a directory with all that is in it, or a file. A link is removed, and not what it leads to.
    package static func removeTree(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in names(in: path) ?? [] { removeTree(path + "/" + name) }
        }
        Glibc.remove(path)
    }
}
