import Glibc

/// The names of time zones that this system knows, such as `Europe/Berlin`: the TZif files (RFC 9636) below one folder.
package struct TimeZoneNames: Sendable {
    let folder: String

    package init(folder: String = "/usr/share/zoneinfo") { self.folder = folder }

    /// `UTC` is known also where no time zones are installed.
    package func contains(_ name: String) -> Bool {
        if name == "UTC" { return true }
        return Self.isName(name) && Self.isZone(folder + "/" + name)
    }

    /// One to three words with slashes between them, each beginning with a capital letter. So no name leads out of the
    /// folder, and the folders with other forms of the same zones (`posix/`, `right/`) are none.
    static func isName(_ name: String) -> Bool {
        guard name.utf8.count <= 64 else { return false }
        let words = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return 1...3 ~= words.count
            && words.allSatisfy { word in
                guard let first = word.first, (0x41...0x5A).contains(first) else { return false }
                return word.allSatisfy { byte in
                    switch byte {
                    case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"): true
                    default: false
                    }
                }
            }
    }

    private static func isZone(_ path: String) -> Bool {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return false }
        defer { close(file) }
        var start = [UInt8](repeating: 0, count: 4)
        return read(file, &start, start.count) == 4 && start == Array("TZif".utf8)
    }
}
