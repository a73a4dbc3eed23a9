import Dispatch
import Glibc

/// What a server sent back, as far as a test looks at it.
package struct TestResponse: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The first header of that name, without regard to case.
    package subscript(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

package enum TestClientError: Error, Equatable {
    case connect(Int32)
    case timeout
    case closed
    case malformed(String)
}

/// A small HTTP/1.1 client over a blocking socket, for tests that look at the bytes.
///
/// Its calls block on a queue of the client's own, never on a thread that the server under test needs.
package final class TestClient: @unchecked Sendable {
    // Safety: `descriptor` is set once; `buffer` is touched on `queue` only, which is serial.
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "test-client")
    private var buffer: [UInt8] = []

    package init(port: Int, timeoutMilliseconds: Int = 5_000) throws {
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

    package func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    package func send(_ bytes: [UInt8]) async throws {
        try await run { client in
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes { bytes in
                    Glibc.send(client.descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { throw TestClientError.closed }
                sent += count
            }
        }
    }

    /// Sends a request with a `Host` and, for a body, a `Content-Length`, and reads its response.
    package func request(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8]? = nil
    ) async throws -> TestResponse {
        var text = "\(method) \(path) HTTP/1.1\r\n"
        if !headers.contains(where: { $0.0.lowercased() == "host" }) { text += "Host: jobs.example.org\r\n" }
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if let body { text += "Content-Length: \(body.count)\r\n" }
        try await send(Array((text + "\r\n").utf8) + (body ?? []))
        return try await receive(withoutBody: method == "HEAD")
    }

    /// Reads one response: its head, and a body by its length, in chunks, or up to the end of the connection.
    package func receive(withoutBody: Bool = false) async throws -> TestResponse {
        try await run { try $0.readResponse(withoutBody: withoutBody) }
    }

    /// What comes until the server closes.
    package func readToEnd() async throws -> [UInt8] {
        try await run { client in
            while try client.fill() {}
            defer { client.buffer = [] }
            return client.buffer
        }
    }

    /// Says that nothing more will be sent.
    package func closeOutput() async throws {
        try await run { shutdown($0.descriptor, Int32(SHUT_WR)) }
    }

    @discardableResult
    private func run<T: Sendable>(_ body: @escaping @Sendable (TestClient) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body(self) }) }
        }
    }

    /// Reads some bytes; false at the end of the connection, also when it ends with a reset.
    private func fill() throws -> Bool {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count >= 0 else {
            if errno == ECONNRESET { return false }
            throw TestClientError.timeout
        }
        buffer += piece[..<count]
        return count > 0
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while buffer.count < count {
            guard try fill() else { throw TestClientError.closed }
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    private func takeLine() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                let line = try take(end + 1)
                guard line.count >= 2, line[line.count - 2] == 13 else { throw TestClientError.malformed("a line without CR") }
                return String(decoding: line.dropLast(2), as: UTF8.self)
            }
            guard try fill() else { throw TestClientError.closed }
        }
    }

    private func readResponse(withoutBody: Bool) throws -> TestResponse {
        let words = try takeLine().split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else { throw TestClientError.malformed("\(words)") }
        var response = TestResponse(status: status, headers: [], body: [])
        while case let line = try takeLine(), !line.isEmpty {
            guard let colon = line.firstIndex(of: ":") else { throw TestClientError.malformed(line) }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            response.headers.append((String(line[..<colon]), String(value)))
        }
        if withoutBody || status < 200 || status == 204 || status == 304 { return response }
        if let length = response["content-length"].flatMap({ Int($0) }) {
            response.body = try take(length)
        } else if response["transfer-encoding"] == "chunked" {
            while case let size = Int(try takeLine(), radix: 16) ?? 0, size > 0 {
                response.body += try take(size)
                _ = try takeLine()
            }
            _ = try takeLine()
        } else {
            while try fill() {}
            response.body = try take(buffer.count)
        }
        return response
    }
}
