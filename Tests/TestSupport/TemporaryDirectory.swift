import Glibc

/// A directory that lives as long as this object.
package final class TemporaryDirectory: Sendable {
    package struct Failure: Error { let message: String }

    package let path: String

    package init() throws {
        var template = Array("/tmp/jobraker-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw Failure(message: String(cString: strerror(errno))) }
        path = String(cString: made)
    }

    deinit { Self.remove(path) }

    /// Writes a file of the directory.
    package func write(_ text: String, to name: String) throws {
        guard let file = fopen(path + "/" + name, "w") else { throw Failure(message: "\(name): \(String(cString: strerror(errno)))") }
        defer { fclose(file) }
        guard fputs(text, file) >= 0 else { throw Failure(message: name) }
    }

    private static func remove(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR, let handle = opendir(path) {
            while let entry = readdir(handle) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != "." && name != ".." { remove(path + "/" + name) }
            }
            closedir(handle)
        }
        Glibc.remove(path)
    }
}
