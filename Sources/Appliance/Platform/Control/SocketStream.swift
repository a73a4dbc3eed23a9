import CPlatform
import Glibc

/// A connected Unix stream socket with blocking reads and writes of whole lines and blocks.
final class SocketStream {
    private let file: Int32
    private var buffer: [UInt8] = []
    private let isStopping: () -> Bool

    /// How long one wait lasts where the socket has a receive time-out; after 50 of them without a byte the peer is given up.
    static let stepMilliseconds = 200

    init(_ file: Int32, isStopping: @escaping () -> Bool = { false }) {
        self.file = file
        self.isStopping = isStopping
    }

    deinit { close(file) }

    /// The user at the other end.
    var peerIsSelfOrRoot: Bool {
        let peer = jobraker_peer_uid(file)
        return peer == 0 || peer == Int64(geteuid())
    }

    /// The next line without its end; nil at the end of the stream or beyond `limit` bytes.
    func line(limit: Int) -> [UInt8]? {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                let line = Array(buffer[..<end])
                buffer.removeSubrange(...end)
                return line
            }
            guard buffer.count <= limit, fill() else { return nil }
        }
    }

    func block(_ count: Int) -> [UInt8]? {
        while buffer.count < count { guard fill() else { return nil } }
        defer { buffer.removeSubrange(..<count) }
        return Array(buffer[..<count])
    }

    func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { send(file, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL)) }
            if count <= 0 {
                if count < 0 && errno == EINTR { continue }
                return false
            }
            sent += count
        }
        return true
    }

    private func fill() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        var count = read(file, &chunk, chunk.count)
        var waits = 0
        while count < 0 && (errno == EINTR || errno == EAGAIN) && waits < 50 && !isStopping() {
            waits += 1
            count = read(file, &chunk, chunk.count)
        }
        guard count > 0 else { return false }
        buffer += chunk[0..<count]
        return true
    }
}

/// The address of a Unix socket; nil when the path does not fit into the system's 107 bytes.
func withUnixAddress<T>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
}
