/// A WebSocket client that does what a test says, and answers nothing by itself.
package struct TestSocket: Sendable {
    package let client: TestClient
    /// How the handshake was answered.
    package let response: TestResponse

    /// The handshake's headers, with the key of RFC 6455's own example.
    package static let headers = [
        ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]

    package struct Refused: Error {
        package let response: TestResponse
    }

    /// On a connection whose handshake is done.
    package init(client: TestClient, response: TestResponse) {
        self.client = client
        self.response = response
    }

    /// Opens a socket on a new connection, or throws `Refused` with the answer.
    package static func open(port: Int, _ path: String, headers: [(String, String)] = []) async throws -> TestSocket {
        try await open(over: TestClient(port: port), path, headers: headers)
    }

    package static func open(over client: TestClient, _ path: String, headers: [(String, String)] = []) async throws -> TestSocket {
        let response = try await client.request("GET", path, headers: Self.headers + headers)
        guard response.status == 101 else { throw Refused(response: response) }
        return TestSocket(client: client, response: response)
    }

    /// The answer to a handshake that is refused.
    package static func refusal(port: Int, _ path: String, headers: [(String, String)] = []) async throws -> TestResponse {
        do {
            return try await open(port: port, path, headers: headers).response
        } catch let refused as Refused {
            return refused.response
        }
    }

    package func send(_ frames: TestFrame...) async throws { try await send(frames) }

    package func send(_ frames: [TestFrame]) async throws { try await client.send(frames.flatMap(\.bytes)) }

    package func send(_ text: String) async throws { try await send(TestFrame(text: text)) }

    /// The next frame, whatever it is.
    package func receive() async throws -> TestFrame {
        let head = try await client.read(2)
        var length = Int(head[1] & 0x7F)
        if length > 125 {
            length = try await client.read(length == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) }
        }
        let mask = head[1] & 0x80 == 0 ? nil : try await client.read(4)
        var payload = length == 0 ? [] : try await client.read(length)
        if let mask { for index in payload.indices { payload[index] ^= mask[index % 4] } }
        return TestFrame(
            opcode: head[0] & 0x0F, payload, isFinal: head[0] & 0x80 != 0, reserved: head[0] & 0x70, isMasked: mask != nil)
    }

    /// The text of the next frame that is one; what comes before it is passed over.
    package func text() async throws -> String {
        while true {
            let frame = try await receive()
            if frame.kind == .text { return frame.text }
            if frame.kind == .close { throw TestClientError.closed }
        }
    }

    /// The code of the server's goodbye; what comes before it is passed over. Nil when it has none.
    package func goodbye() async throws -> UInt16? {
        while true {
            let frame = try await receive()
            if frame.kind == .close { return frame.code }
        }
    }

    /// Says goodbye, and returns the code that the server answers with when it has also closed the connection.
    package func close(_ code: UInt16 = 1000) async throws -> UInt16? {
        try await send(TestFrame(close: code))
        let answer = try await goodbye()
        _ = try await client.readToEnd()
        return answer
    }
}
