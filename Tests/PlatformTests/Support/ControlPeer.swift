import Glibc

@testable import Platform

/// A descriptor that is connected to a Unix socket.
func connectedSocket(_ path: String) throws -> Int32 {
    let file = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard withUnixAddress(path, { connect(file, $0, $1) }) == 0 else {
        let reason = FileSystem.lastError()
        close(file)
        throw TestFailure("connect: \(reason)")
    }
    return file
}

/// How many bytes that were sent into a Unix socket its other side has not read yet.
func unreadBytes(_ file: Int32) -> Int32 {
    var count: Int32 = -1
    guard ioctl(file, UInt(TIOCOUTQ), &count) == 0 else { return -1 }
    return count
}

/// Sends `bytes` to a Unix socket, says that no more will come, and returns what the other side answers, line by line.
func exchange(_ path: String, _ bytes: [UInt8]) throws -> [String] {
    let file = try connectedSocket(path)
    let stream = SocketStream(file)
    _ = stream.write(bytes)
    shutdown(file, Int32(SHUT_WR))
    var lines: [String] = []
    while let line = stream.line(limit: 1 << 20) { lines.append(String(decoding: line, as: UTF8.self)) }
    return lines
}

/// A server that treats its one caller as the test says, to see what the client makes of it.
final class OddServer: Sendable {
    private let listener: Int32

    init(_ path: String, _ treat: @escaping @Sendable (SocketStream) -> Void) throws {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        guard withUnixAddress(path, { bind(listener, $0, $1) }) == 0, listen(listener, 1) == 0 else {
            throw TestFailure("bind: \(FileSystem.lastError())")
        }
        BlockingWork.run {
            let file = accept(listener, nil, nil)
            if file >= 0 { treat(SocketStream(file)) }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}
