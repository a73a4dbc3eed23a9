import Glibc
import Platform

@testable import Appliance

extension TestAppliance {
    /// Whether the database has written this word to the disk, in whatever place.
    func stores(_ word: String) -> Bool {
        ["", "-wal"].contains { suffix in
            let bytes = FileSystem.read(appliance.core.directory.databasePath + suffix, limit: 64 << 20) ?? []
            return bytes.withUnsafeBytes { Self.holds($0, Array(word.utf8)) }
        }
    }

    /// By `memchr`, as the files are large and tests are built without optimisation.
    private static func holds(_ bytes: UnsafeRawBufferPointer, _ word: [UInt8]) -> Bool {
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
