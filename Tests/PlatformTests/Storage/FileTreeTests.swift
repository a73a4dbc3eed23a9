import Glibc
import TestSupport
import Testing

@testable import Platform

@Suite("Files and their trees")
struct FileTreeTests {
    @Test("A tree is removed whole; a link in it is, and what it leads to stays")
    func removal() throws {
        let directory = try TestSupport.TemporaryDirectory()
        #expect(FileSystem.makeDirectories(directory.path + "/tree/a/b", mode: 0o700))
        try FileSystem.write([1], to: directory.path + "/tree/a/b/file")
        try FileSystem.write([2], to: directory.path + "/kept")
        #expect(symlink(directory.path + "/kept", directory.path + "/tree/link") == 0)
        #expect(symlink(directory.path, directory.path + "/tree/a/up") == 0)
        #expect(FileSystem.names(in: directory.path) == ["kept", "tree"])
        FileSystem.removeTree(directory.path + "/tree")
        #expect(FileSystem.names(in: directory.path) == ["kept"])
        FileSystem.removeTree(directory.path + "/not-there")
        #expect(FileSystem.names(in: directory.path + "/not-there") == nil)
    }

    @Test("A file is written whole and for its owner alone, over whatever was there")
    func writing() throws {
        let directory = try TestSupport.TemporaryDirectory()
        let path = directory.path + "/file"
        try FileSystem.write([UInt8](repeating: 7, count: 300_000), to: path)
        try FileSystem.write([1, 2], to: path)
        #expect(FileSystem.read(path, limit: 10) == [1, 2])
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(throws: StorageError.self) { try FileSystem.write([1], to: directory.path + "/missing/file") }
    }

    @Test("A file's digest is that of its bytes, whatever its size", arguments: [0, 1, 262_144, 262_145, 700_001])
    func digest(count: Int) throws {
        let directory = try TestSupport.TemporaryDirectory()
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try FileSystem.write(bytes, to: directory.path + "/file")
        let found = try #require(SHA256.hash(file: directory.path + "/file"))
        #expect(found.digest == SHA256.hash(bytes) && found.bytes == count)
        #expect(SHA256.hash(file: directory.path + "/missing") == nil)
        #expect(SHA256.hash(file: directory.path) == nil)
    }
}
