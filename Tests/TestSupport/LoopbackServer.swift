import Glibc
import Synchronization

@testable import Platform

/// A request as a `LoopbackServer` received it. Header names are in lower case.
package struct ReceivedRequest: Sendable {
    package var method: String
    package var target: String
    package var headers: [String: String]
    package var body: [UInt8]
}

/// A small HTTP/1.1 server on 127.0.0.1 that answers with whatever bytes a
/// test's script writes: also the ones no decent server would send.
///
/// One blocking thread a connection. After the script returns the connection
/// serves the next request, unless the script has closed it.
package final class LoopbackServer: Sendable {
    package typealias Script = @Sendable (LoopbackConnection, ReceivedRequest) -> Void

    private let listener = LoopbackListener()
    private let script: Script
    private let received: Mutex<[ReceivedRequest]> = Mutex([])

    package var port: Int { listener.port }

    package var url: String { "http://127.0.0.1:\(port)" }
    package var requests: [ReceivedRequest] { received.withLock { $0 } }
    package var connectionCount: Int { listener.connectionCount }

    /// Runs `body` with a server, and stops the server after it.
    package static func with<T>(_ script: @escaping Script, _ body: (LoopbackServer) async throws -> T) async throws -> T {
        let server = LoopbackServer(script)
        defer { server.listener.stop() }
        return try await body(server)
    }

    private init(_ script: @escaping Script) {
        self.script = script
        listener.start { [self] in serve($0) }
    }

    private func serve(_ connection: LoopbackConnection) {
        while let request = connection.readRequest() {
            received.withLock { $0.append(request) }
            script(connection, request)
        }
        connection.close()
    }
}

/// The server's end of one connection. Used by its serving thread; `close` by any.
package final class LoopbackConnection: Sendable {
    private let socket: Mutex<Int32?>
    private let descriptor: Int32
    /// What has come and was not asked for yet.
    let unread = Mutex<[UInt8]>([])

    package init(_ socket: Int32) {
        self.socket = Mutex(socket)
        descriptor = socket
    }

    deinit { _ = Glibc.close(descriptor) }

    @discardableResult package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult package func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    /// Sends a response of known length.
    package func respond(_ status: Int = 200, _ headers: [String: String] = [:], _ body: String = "") {
        let lines = headers.map { "\($0): \($1)\r\n" }.sorted().joined()
        send("HTTP/1.1 \(status) Scripted\r\n\(lines)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// Sends the head of a response that comes in chunks.
    package func startChunks(_ headers: [String: String] = [:]) {
        let lines = headers.map { "\($0): \($1)\r\n" }.sorted().joined()
        send("HTTP/1.1 200 Scripted\r\n\(lines)Transfer-Encoding: chunked\r\n\r\n")
    }

    @discardableResult package func chunk(_ text: String) -> Bool { send("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n") }
    package func endChunks() { send("0\r\n\r\n") }

    /// Returns when the other side has gone.
    package func waitUntilClosed() {
        var byte: UInt8 = 0
        while recv(descriptor, &byte, 1, 0) > 0 {}
    }

    /// Lets time pass; false as soon as the other side has gone.
    package func pause(milliseconds: Int32) -> Bool {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&poller, 1, milliseconds) == 0
    }

    /// True when nothing more fits on the way to the other side for so long.
    package func isStuck(milliseconds: Int32) -> Bool {
        var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&poller, 1, milliseconds) == 0
    }

    /// Sends what fits now and returns how much that was; nil when the other side has gone.
    package func sendSome(_ bytes: [UInt8]) -> Int? {
        let sent = bytes.withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }
        guard sent < 0 else { return sent }
        return errno == EAGAIN ? 0 : nil
    }

    package func close() {
        guard socket.withLock({ $0.take() }) != nil else { return }
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    fileprivate func readRequest() -> ReceivedRequest? {
        var bytes = unread.withLock { $0 }
        var headEnd: Int?
        while headEnd == nil {
            headEnd = bytes.indices.first { bytes[$0...].starts(with: [13, 10, 13, 10]) }
            if headEnd == nil, !receive(&bytes) { return nil }
        }
        let lines = String(decoding: bytes[..<(headEnd ?? 0)], as: UTF8.self).split(separator: "\r\n")
        bytes.removeFirst((headEnd ?? 0) + 4)
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            headers[line[..<colon].lowercased()] = String(line[colon...].dropFirst().drop { $0 == " " })
        }
        let length = Int(headers["content-length"] ?? "") ?? 0
        while bytes.count < length {
            if !receive(&bytes) { return nil }
        }
        let rest = Array(bytes[length...])
        unread.withLock { $0 = rest }
        return ReceivedRequest(
            method: String(words[0]), target: String(words[1]), headers: headers, body: Array(bytes[..<length]))
    }

    /// Waits for more; false when the other side has gone.
    func receive(_ bytes: inout [UInt8]) -> Bool {
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count > 0 else { return false }
        bytes += piece[..<count]
        return true
    }
}
