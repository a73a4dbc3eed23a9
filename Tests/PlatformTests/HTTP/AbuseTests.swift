import TestSupport
import Testing

@testable import Platform

/// Requests that another server could read in another way. Each is refused and its connection closed.
@Suite("Malformed requests")
struct AbuseTests {
    struct Payload: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        var status = 400
        var body = #"{"detail":"Bad request."}"#

        var testDescription: String { name }
    }

    static let post = "POST /api/v1/echo/ HTTP/1.1\r\nHost: h\r\n"
    static let get = "GET /api/v1/public/ HTTP/1.1\r\n"

    static let payloads: [Payload] = [
        Payload(name: "not HTTP", text: "hello\r\n\r\n"),
        Payload(name: "TLS on a plain port", text: "\u{16}\u{3}\u{1}\u{2}\u{0}\r\n\r\n"),
        Payload(name: "an unknown method", text: "FOO / HTTP/1.1\r\nHost: h\r\n\r\n"),
        Payload(name: "a method in lower case", text: "get / HTTP/1.1\r\nHost: h\r\n\r\n"),
        Payload(name: "HTTP/0.9", text: "GET /\r\n\r\n"),
        Payload(name: "HTTP/2.0 in text", text: "GET / HTTP/2.0\r\nHost: h\r\n\r\n"),
        Payload(name: "the preface of HTTP/2", text: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Payload(name: "CONNECT", text: "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n"),
        Payload(
            name: "TRACE", text: "TRACE / HTTP/1.1\r\nHost: h\r\n\r\n", status: 405, body: #"{"detail":"Method \"TRACE\" not allowed."}"#),
        Payload(name: "no Host", text: get + "\r\n"),
        Payload(name: "two Hosts", text: get + "Host: h\r\nHost: h\r\n\r\n"),
        Payload(name: "an empty Host", text: get + "Host:\r\n\r\n"),
        Payload(name: "a Host with a path", text: get + "Host: h/evil\r\n\r\n"),
        Payload(name: "another host in the target", text: "GET http://other/api/v1/public/ HTTP/1.1\r\nHost: h\r\n\r\n"),
        Payload(name: "a target of another kind", text: "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n"),
        Payload(name: "a target that is not ASCII", text: "GET /\u{e9} HTTP/1.1\r\nHost: h\r\n\r\n"),
        Payload(name: "length and encoding", text: post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Payload(name: "encoding and length", text: post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
        Payload(name: "two equal lengths", text: post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n[]"),
        Payload(name: "two different lengths", text: post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]"),
        Payload(name: "a list of lengths", text: post + "Content-Length: 2, 2\r\n\r\n[]"),
        Payload(name: "a signed length", text: post + "Content-Length: +2\r\n\r\n[]"),
        Payload(name: "a negative length", text: post + "Content-Length: -2\r\n\r\n[]"),
        Payload(name: "a hexadecimal length", text: post + "Content-Length: 0x2\r\n\r\n[]"),
        Payload(name: "an empty length", text: post + "Content-Length:\r\n\r\n[]"),
        Payload(name: "a length too long for a number", text: post + "Content-Length: 99999999999999999999999\r\n\r\n[]"),
        Payload(name: "an encoding after chunked", text: post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
        Payload(name: "an encoding before chunked", text: post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        Payload(name: "another encoding", text: post + "Transfer-Encoding: identity\r\n\r\n"),
        Payload(name: "a misspelt encoding", text: post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        Payload(name: "chunked twice", text: post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Payload(name: "HTTP/1.0 with an encoding", text: "POST /api/v1/echo/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Payload(name: "a chunk size with 0x", text: post + "Transfer-Encoding: chunked\r\n\r\n0x2\r\n[]\r\n0\r\n\r\n"),
        Payload(name: "a chunk size with a sign", text: post + "Transfer-Encoding: chunked\r\n\r\n+2\r\n[]\r\n0\r\n\r\n"),
        Payload(name: "a chunk size with a line", text: post + "Transfer-Encoding: chunked\r\n\r\n2_0\r\n[]\r\n0\r\n\r\n"),
        Payload(name: "a chunk size too large", text: post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n[]\r\n"),
        Payload(name: "a chunk longer than its size", text: post + "Transfer-Encoding: chunked\r\n\r\n1\r\n[]\r\n0\r\n\r\n"),
        Payload(name: "a chunk that ends with a bare LF", text: post + "Transfer-Encoding: chunked\r\n\r\n2\n[]\n0\n\n"),
        Payload(name: "a folded header", text: get + "Host: h\r\nX-A: b\r\n c\r\n\r\n"),
        Payload(name: "a bare LF after a header", text: get + "Host: h\nX-A: b\r\n\r\n"),
        Payload(name: "a bare CR in a header", text: get + "Host: h\r\nX-A: b\rc\r\n\r\n"),
        Payload(name: "a bare LF after the request line", text: "GET /api/v1/public/ HTTP/1.1\nHost: h\r\n\r\n"),
        Payload(name: "NUL in a value", text: get + "Host: h\r\nX-A: b\u{0}c\r\n\r\n"),
        Payload(name: "NUL in the target", text: "GET /\u{0} HTTP/1.1\r\nHost: h\r\n\r\n"),
        Payload(name: "a space before the colon", text: get + "Host : h\r\n\r\n"),
        Payload(name: "a space in a name", text: get + "Host: h\r\nX A: b\r\n\r\n"),
        Payload(name: "a header without a name", text: get + "Host: h\r\n: b\r\n\r\n"),
        Payload(name: "a header without a colon", text: get + "Host: h\r\nnonsense\r\n\r\n"),
        Payload(name: "a field too long", text: get + "Host: h\r\nX-A: \(String(repeating: "a", count: 16_400))\r\n\r\n"),
        Payload(
            name: "a list too long",
            text: get + "Host: h\r\n" + String(repeating: "X-A: \(String(repeating: "a", count: 4_000))\r\n", count: 9) + "\r\n"),
        Payload(name: "too many fields", text: get + "Host: h\r\n" + String(repeating: "X-A: b\r\n", count: 100) + "\r\n"),
        Payload(name: "a target too long", text: "GET /\(String(repeating: "a", count: 8_200)) HTTP/1.1\r\nHost: h\r\n\r\n"),
    ]

    @Test("A malformed request is refused and its connection closed", arguments: payloads)
    func refused(_ payload: Payload) async throws {
        try await HTTPFixture().serve { port, _ in
            let client = try TestClient(port: port)
            try await client.send(payload.text)
            let response = try await client.receive()
            #expect(response.status == payload.status)
            #expect(response.text == payload.body)
            #expect(response["Connection"] == "close")
            #expect(response["Content-Type"] == "application/json" && response["X-Frame-Options"] == "DENY")
            try await client.closeOutput()
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test("A body cut short is refused, and the request behind a refused one is not run")
    func cutAndSmuggled() async throws {
        let fixture = HTTPFixture()
        try await fixture.serve { port, _ in
            let cut = try TestClient(port: port)
            try await cut.send(Self.post + "Content-Length: 10\r\n\r\n[]")
            try await cut.closeOutput()
            #expect(try await cut.receive().status == 400)
            #expect(try await cut.readToEnd().isEmpty)

            let smuggler = try TestClient(port: port)
            try await smuggler.send(Self.post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n[]" + Self.get + "Host: h\r\n\r\n")
            #expect(try await smuggler.receive().status == 400)
            try await smuggler.closeOutput()
            #expect(try await smuggler.readToEnd().isEmpty)
        }
        #expect(!fixture.lines.lines.contains { $0.contains("/api/v1/public/") })
    }

    @Test("An error behind a good request comes after its answer")
    func errorBehind() async throws {
        try await HTTPFixture().serve { port, _ in
            let client = try TestClient(port: port)
            try await client.send(Self.get + "Host: h\r\n\r\nnonsense\r\n\r\n")
            #expect(try await client.receive().status == 200)
            #expect(try await client.receive().status == 400)
            try await client.closeOutput()
            #expect(try await client.readToEnd().isEmpty)
        }
    }
}
