import Glibc

/// What carries the bytes of a `TestClient`. Its calls block.
protocol TestTransport: Sendable {
    func send(_ bytes: [UInt8]) throws

    /// Some bytes, or none at the end of the connection, also when it ends with a reset.
    func receive() throws -> [UInt8]

    /// Says that nothing more will be sent.
    func closeOutput()
}

/// A connection to a port of 127.0.0.1.
final class SocketTransport: TestTransport {
    private let descriptor: Int32

    init(port: Int, timeoutMilliseconds: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var limit = timeval(tv_sec: timeoutMilliseconds / 1_000, tv_usec: timeoutMilliseconds % 1_000 * 1_000)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let number = errno
            Glibc.close(descriptor)
            throw TestClientError.connect(number)
        }
    }

    deinit {
        Glibc.close(descriptor)
    }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                Glibc.send(descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw TestClientError.closed }
            sent += count
        }
    }

    func receive() throws -> [UInt8] {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count >= 0 else {
            if errno == ECONNRESET { return [] }
            throw TestClientError.timeout
        }
        return Array(piece[..<count])
    }

    func closeOutput() {
        shutdown(descriptor, Int32(SHUT_WR))
    }
}
