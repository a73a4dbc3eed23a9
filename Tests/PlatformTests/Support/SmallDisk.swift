import Glibc

/// A file system of one mebibyte, mounted in a directory of its own: it fills up fast and can be made read-only.
///
/// Mounting needs root; tests that want one say `.enabled(if: SmallDisk.isPossible)`.
final class SmallDisk: Sendable {
    private let temporary: TemporaryDirectory
    var path: String { temporary("disk") }

    static let isPossible = (try? SmallDisk()) != nil

    init() throws {
        temporary = try TemporaryDirectory()
        guard mkdir(temporary("disk"), 0o700) == 0, mount("tmpfs", temporary("disk"), "tmpfs", 0, "size=1m") == 0 else {
            throw TestFailure("mount: \(String(cString: strerror(errno)))")
        }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// Refused by the system while a file on it is open for writing.
    func setReadOnly(_ isReadOnly: Bool) throws {
        let flags = UInt(MS_REMOUNT) | (isReadOnly ? UInt(MS_RDONLY) : 0)
        guard mount("tmpfs", path, "tmpfs", flags, "size=1m") == 0 else {
            throw TestFailure("remount: \(String(cString: strerror(errno)))")
        }
    }
}
