import Glibc
import Platform

@testable import Appliance

extension TestAppliance {
    /// Whether the database has written this word to the disk, in whatever place.
    func stores(_ word: String) -> Bool {
        let path = appliance.core.directory.databasePath
        return ["", "-wal"].contains { Self.holds(path + $0, Array(word.utf8)) }
    }

    /// The files of the data directory as they are at this moment.
    func storedFiles() -> StoredFiles { StoredFiles(appliance.core.directory) }

    static func holds(_ path: String, _ word: [UInt8]) -> Bool {
        let bytes = FileSystem.read(path, limit: 64 << 20) ?? []
        return bytes.withUnsafeBytes { holds($0, word) }
    }

    /// By `memchr`, as the files are large and tests are built without optimisation.
    static func holds(_ bytes: UnsafeRawBufferPointer, _ word: [UInt8]) -> Bool {
        guard let start = bytes.baseAddress, let first = word.first, bytes.count >= word.count else { return false }
        var offset = 0
        while offset <= bytes.count - word.count {
            guard let found = memchr(start + offset, Int32(first), bytes.count - word.count - offset + 1) else { return false }
            if memcmp(found, word, word.count) == 0 { return true }
            offset = start.distance(to: UnsafeRawPointer(found)) + 1
        }
        return false
    }
}

/// The live file, its log and the snapshot of an instance, read at once.
struct StoredFiles {
    private let files: [(name: String, bytes: [UInt8])]

    init(_ directory: DataDirectory) {
        files = [("live", directory.databasePath), ("log", directory.databasePath + "-wal"), ("snapshot", directory.snapshotPath)].map {
            ($0.0, FileSystem.read($0.1, limit: 64 << 20) ?? [])
        }
    }

    /// In which of them these bytes stand, in whatever place.
    func names(with word: [UInt8]) -> [String] {
        files.filter { file in file.bytes.withUnsafeBytes { TestAppliance.holds($0, word) } }.map(\.name)
    }
}
