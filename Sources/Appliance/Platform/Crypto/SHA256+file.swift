import Glibc

extension SHA256 {
    /// The digest of a file and how long it is, or nil with `errno` set. It is read piece by piece, whatever its size.
    package static func hash(file path: String) -> (digest: [UInt8], bytes: Int)? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var state = SHA256State()
        var piece = [UInt8](repeating: 0, count: 1 << 18)
        var bytes = 0
        while true {
            let count = read(file, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { return (state.finished(), bytes) }
            piece.withUnsafeBytes { state.add(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            bytes += count
        }
    }
}
