import Glibc
import Testing

@testable import Platform

@Suite struct FileSystemTests {
    private let temporary: TemporaryDirectory
    init() throws { temporary = try TemporaryDirectory() }

    @Test("Directories are made with their parents, however the path is written", arguments: ["a", "a/b/c", "a//b/", "./a/../b"])
    func makes(path: String) {
        #expect(FileSystem.makeDirectories(temporary(path), mode: 0o700))
        #expect(FileSystem.makeDirectories(temporary(path), mode: 0o700))
        var status = stat()
        #expect(stat(temporary(path), &status) == 0)
        #expect(status.st_mode & S_IFMT == S_IFDIR)
    }

    @Test("A relative path, the root, and what is there already are fine; an empty path is not")
    func makesOdd() {
        #expect(FileSystem.makeDirectories("/", mode: 0o700))
        #expect(FileSystem.makeDirectories(".", mode: 0o700))
        #expect(FileSystem.makeDirectories("./../.", mode: 0o700))
        #expect(!FileSystem.makeDirectories("", mode: 0o700))
    }

    @Test("A file in the way is not a directory")
    func inTheWay() throws {
        try writeFile(temporary("file"), [])
        #expect(!FileSystem.makeDirectories(temporary("file"), mode: 0o700))
        #expect(!FileSystem.makeDirectories(temporary("file/below"), mode: 0o700))
        #expect(FileSystem.lastError() == "Not a directory")
    }

    @Test("The directory of a path", arguments: [("/a/b", "/a"), ("/a", "/"), ("a", "."), ("a/b/c", "a/b"), ("/", "/")])
    func directory(path: String, expected: String) {
        #expect(FileSystem.directory(of: path) == expected)
    }

    @Test("What can be made durable is; what cannot says why")
    func syncs() throws {
        try writeFile(temporary("file"), [1])
        try FileSystem.sync(temporary("file"))
        try FileSystem.sync(temporary.path)
        #expect(throws: StorageError.io(message: "/dev/null: Invalid argument")) { try FileSystem.sync("/dev/null") }
        #expect(throws: StorageError.io(message: "\(temporary("none")): No such file or directory")) {
            try FileSystem.sync(temporary("none"))
        }
    }

    @Test("A file takes another's name, and its content with it")
    func replaces() throws {
        try writeFile(temporary("old"), [1])
        try writeFile(temporary("new"), [2])
        try FileSystem.replace(temporary("old"), with: temporary("new"))
        #expect(FileSystem.read(temporary("old"), limit: 10) == [2])
        #expect(!FileSystem.exists(temporary("new")))
        #expect(throws: StorageError.io(message: "\(temporary("old")): No such file or directory")) {
            try FileSystem.replace(temporary("old"), with: temporary("new"))
        }
        FileSystem.remove(temporary("old"))
        #expect(!FileSystem.exists(temporary("old")))
    }

    @Test("A file is known again by its identity, and a copy is another")
    func identity() throws {
        try writeFile(temporary("one"), [1, 2, 3])
        try FileSystem.copy(temporary("one"), to: temporary("two"))
        let (one, two) = (FileSystem.identity(temporary("one")), FileSystem.identity(temporary("two")))
        #expect(one?.size == 3)
        #expect(two?.size == 3)
        #expect(one?.text == FileSystem.identity(temporary("one"))?.text)
        #expect(one?.text != two?.text)
        #expect(FileSystem.identity(temporary("none")) == nil)
    }

    @Test("A file is read whole up to the limit, and refused beyond it")
    func reads() throws {
        let bytes = [UInt8](repeating: 7, count: 200_000)
        try writeFile(temporary("file"), bytes)
        #expect(FileSystem.read(temporary("file"), limit: 200_000) == bytes)
        #expect(FileSystem.read(temporary("file"), limit: 199_999) == nil)
        #expect(errno == EFBIG)
        #expect(FileSystem.read(temporary("none"), limit: 1) == nil)
        #expect(FileSystem.read(temporary.path, limit: 1) == nil)
    }

    @Test("A copy has the same bytes, replaces what was there, and is for its owner alone")
    func copies() throws {
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try writeFile(temporary("file"), bytes)
        try writeFile(temporary("copy"), [UInt8](repeating: 0, count: 4_000_000))
        unlink(temporary("copy"))
        try FileSystem.copy(temporary("file"), to: temporary("copy"))
        #expect(FileSystem.read(temporary("copy"), limit: 10_000_000) == bytes)
        var status = stat()
        #expect(stat(temporary("copy"), &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        try writeFile(temporary("file"), [1])
        try FileSystem.copy(temporary("file"), to: temporary("copy"))
        #expect(FileSystem.read(temporary("copy"), limit: 10_000_000) == [1])
    }

    @Test("A copy that cannot be made names the file that was at fault")
    func copyFails() throws {
        try writeFile(temporary("file"), [1, 2, 3])
        func refuses(_ source: String, _ target: String, _ message: String, sourceLocation: SourceLocation = #_sourceLocation) {
            #expect(throws: StorageError.io(message: message), sourceLocation: sourceLocation) { try FileSystem.copy(source, to: target) }
        }
        refuses(temporary("none"), temporary("copy"), "\(temporary("none")): No such file or directory")
        refuses(temporary("file"), temporary.path, "\(temporary.path): Is a directory")
        refuses(temporary.path, temporary("copy"), "\(temporary.path): Is a directory")
        refuses(temporary("file"), "/dev/full", "/dev/full: No space left on device")
        refuses(temporary("file"), "/dev/null", "/dev/null: Invalid argument")
    }
}
