import Glibc
import Testing

@testable import Platform

@Suite struct DataDirectoryTests {
    private let temporary: TemporaryDirectory
    init() throws { temporary = try TemporaryDirectory() }

    @Test("The directory is made with its parents, for its owner alone")
    func makes() throws {
        let directory = try DataDirectory(locking: temporary("var/lib/data"))
        let path = temporary("var/lib/data")
        #expect(directory.path == path)
        #expect(directory.databasePath == path + "/jobraker.db")
        #expect(directory.backupDirectory == path + "/backup")
        #expect(directory.snapshotPath == path + "/backup/jobraker.db")
        #expect(directory.controlSocketPath == path + "/control.sock")
        #expect(entries(of: path) == ["backup", "lock"])
        for name in ["", "/backup", "/lock"] {
            var status = stat()
            #expect(stat(path + name, &status) == 0)
            #expect(status.st_mode & 0o077 == 0)
        }
    }

    @Test("Who comes second is told that the directory is in use, until the first one goes")
    func locks() throws {
        let path = temporary("data")
        var first: DataDirectory? = try DataDirectory(locking: path)
        #expect(throws: DataDirectory.Failure.inUse(path: path)) { try DataDirectory(locking: path) }
        #expect(first?.path == path)
        first = nil
        #expect(try DataDirectory(locking: path).path == path)
    }

    @Test("A path that cannot be a directory is unusable, and the reason is the system's")
    func unusable() throws {
        try writeFile(temporary("file"), [])
        #expect(throws: DataDirectory.Failure.unusable(path: temporary("file"), reason: "File exists")) {
            try DataDirectory(locking: temporary("file"))
        }
        #expect(throws: DataDirectory.Failure.unusable(path: temporary("file/data"), reason: "Not a directory")) {
            try DataDirectory(locking: temporary("file/data"))
        }
        #expect(FileSystem.makeDirectories(temporary("data/lock"), mode: 0o700))
        #expect(throws: DataDirectory.Failure.unusable(path: temporary("data/lock"), reason: "Is a directory")) {
            try DataDirectory(locking: temporary("data"))
        }
    }
}
