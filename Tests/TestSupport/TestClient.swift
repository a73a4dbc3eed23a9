import Dispatch

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
    /// TLS did not come about; the text has the library's reason.
    case handshake(String)
}

/// A small HTTP/1.1 client over a blocking connection, for tests that look at the bytes.
///
/// Its calls block on a queue of the client's own, never on a thread that the server under test needs.
package final class TestClient: @unchecked Sendable {
    // Safety: `transport` is set once and sendable; `buffer` is touched on `queue` only, which is serial.
    private let transport: any TestTransport
    private let queue = DispatchQueue(label: "test-client")
    private var buffer: [UInt8] = []

    private init(over transport: any TestTransport) {
        self.transport = transport
    }

    package convenience init(port: Int, timeoutMilliseconds: Int = 5_000) throws {
        self.init(over: try SocketTransport(port: port, timeoutMilliseconds: timeoutMilliseconds))
    }

    /// A client over TLS whose handshake is done.
    package static func secure(
        port: Int, _ options: TLSOptions = TLSOptions(), timeoutMilliseconds: Int = 5_000
    ) async throws -> TestClient {
        TestClient(over: try await TLSTransport.connect(port: port, options, timeoutMilliseconds: timeoutMilliseconds))
    }

    /// What the handshake settled on; nil without TLS.
    package var session: TLSSession? { (transport as? TLSTransport)?.session }

    /// Whether the connection ended with TLS's goodbye.
    package var wasToldGoodbye: Bool { (transport as? TLSTransport)?.saidGoodbye ?? false }

    /// Closes the socket under TLS without a goodbye.
    package func vanish() async throws {
        try await run { ($0.transport as? TLSTransport)?.vanish() }
    }

    package func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    package func send(_ bytes: [UInt8]) async throws {
        try await run { try $0.transport.send(bytes) }
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

    /// The next so many bytes.
    package func read(_ count: Int) async throws -> [UInt8] {
        try await run { try $0.take(count) }
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
        try await run { $0.transport.closeOutput() }
    }

    @discardableResult
    private func run<T: Sendable>(_ body: @escaping @Sendable (TestClient) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body(self) }) }
        }
    }

    /// Reads some bytes; false at the end of the connection.
    private func fill() throws -> Bool {
        let piece = try transport.receive()
        buffer += piece
        return !piece.isEmpty
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
