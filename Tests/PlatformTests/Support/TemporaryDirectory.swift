import Glibc

/// A directory of one test, removed with everything in it when the last reference goes.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        // Short, because the path of a Unix socket has 107 bytes at most.
        var template = Array("/tmp/jobraker-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestFailure("mkdtemp: \(String(cString: strerror(errno)))") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { removeTree(path) }

    /// The path of an entry, whether it exists or not.
    func callAsFunction(_ name: String) -> String { path + "/" + name }
}

/// What a helper of the tests could not do.
struct TestFailure: Error, Equatable {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}

/// Removes a directory and what is in it; of a link only the link.
private func removeTree(_ path: String) {
    var status = stat()
    if lstat(path, &status) == 0 && (status.st_mode & S_IFMT) == S_IFDIR {
        for name in entries(of: path) { removeTree(path + "/" + name) }
    }
    remove(path)
}

/// The names in a directory, sorted.
func entries(of directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// Writes a file in place, as `cp` does over one that exists.
func writeFile(_ path: String, _ bytes: [UInt8]) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw TestFailure("\(path): \(String(cString: strerror(errno)))") }
    defer { close(file) }
    let written = bytes.isEmpty ? 0 : write(file, bytes, bytes.count)
    guard written == bytes.count else { throw TestFailure("\(path): \(String(cString: strerror(errno)))") }
}
