import TestSupport
import Testing

@testable import Platform

/// HTTP over TLS where it is not the same as without: what ends a connection, and when.
@Suite("Connections over TLS", .timeLimit(.minutes(1)))
struct TLSConnectionTests {
    private let get = "GET /api/v1/public/ HTTP/1.1\r\nHost: h\r\n\r\n"
    /// Stays and can send after the server has said goodbye.
    private let stubborn = TLSOptions { $0.answersGoodbye = false }

    /// Whether every connection is gone in less time than TLS would wait for a goodbye.
    private func isEmptySoon(_ server: HTTPServer) async -> Bool {
        let start = ContinuousClock.now
        return await eventually { server.connectionCount == 0 } && ContinuousClock.now - start < .milliseconds(1_500)
    }

    @Test("A connection carries many requests, also sent at once and in single bytes")
    func requests() async throws {
        try await TLSFixture().serve { (port, server) async throws in
            let client = try await TestClient.secure(port: port)
            for _ in 0..<20 { #expect(try await client.request("GET", "/api/v1/public/").status == 200) }
            let post = "POST /api/v1/echo/ HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}"
            try await client.send(get + post + get)
            for text in [#"{"ok":"yes"}"#, #"{"a":1}"#, #"{"ok":"yes"}"#] { #expect(try await client.receive().text == text) }
            for byte in get.utf8 { try await client.send([byte]) }
            #expect(try await client.receive().status == 200)
            #expect(server.connectionCount == 1)
        }
    }

    @Test("Large bodies arrive whole in both directions")
    func largeBodies() async throws {
        try await TLSFixture().serve { (port, _) async throws in
            let client = try await TestClient.secure(port: port)
            for _ in 0..<2 {
                #expect(try await client.request("GET", "/api/v1/big/").body == [UInt8](repeating: 120, count: 3_000_000))
            }
            let part = "--B\r\nContent-Disposition: form-data; name=\"resume\"; filename=\"cv.pdf\"\r\n\r\n"
            let upload = Array(part.utf8) + [UInt8](repeating: 0, count: 1_000_000) + Array("\r\n--B--".utf8)
            let type = [("Content-Type", "multipart/form-data; boundary=B")]
            let taken = try await client.request("POST", "/api/v1/upload/", headers: type, body: upload)
            #expect(taken.text == #"{"name":"cv.pdf","size":"1000000"}"#)
        }
    }

    @Test("A request over TLS is secure, unless the trusted proxy in front says otherwise")
    func scheme() async throws {
        try await TLSFixture().serve { (port, _) async throws in
            let client = try await TestClient.secure(port: port)
            #expect(try await client.request("GET", "/api/v1/where/").text.contains("https://jobs.example.org/api/v1/where/"))
            let proxied = try await client.request("GET", "/api/v1/where/", headers: [("X-Forwarded-Proto", "http")])
            #expect(proxied.text.contains("http://jobs.example.org/api/v1/where/"))
        }
    }

    @Test("The server closes with a goodbye, and at once when the client says it too")
    func close() async throws {
        try await TLSFixture().serve { (port, server) async throws in
            let client = try await TestClient.secure(port: port)
            #expect(try await client.request("GET", "/api/v1/public/", headers: [("Connection", "close")])["Connection"] == "close")
            #expect(try await client.readToEnd().isEmpty && client.wasToldGoodbye)
            #expect(await isEmptySoon(server))
        }
    }

    @Test("A client that closes, with a goodbye or without, gives its place back at once")
    func clientCloses() async throws {
        let fixture = try TLSFixture()
        try await fixture.serve { (port, server) async throws in
            let polite = try await TestClient.secure(port: port)
            #expect(try await polite.request("GET", "/api/v1/public/").status == 200)
            try await polite.closeOutput()
            #expect(try await polite.readToEnd().isEmpty && polite.wasToldGoodbye)
            #expect(await isEmptySoon(server))

            let rude = try await TestClient.secure(port: port)
            #expect(try await rude.request("GET", "/api/v1/public/").status == 200)
            try await rude.vanish()
            #expect(await isEmptySoon(server))

            let busy = try await TestClient.secure(port: port)
            try await busy.send("GET /api/v1/slow/ HTTP/1.1\r\nHost: h\r\n\r\n")
            await fixture.http.door.untilSomebodyWaits()
            try await busy.vanish()
            #expect(await isEmptySoon(server))
            fixture.http.door.open()
            #expect(try await TestClient.secure(port: port).request("GET", "/api/v1/public/").status == 200)
        }
    }

    @Test("A client that says it is done still gets its answer")
    func halfClose() async throws {
        let fixture = try TLSFixture()
        try await fixture.serve { (port, server) async throws in
            let client = try await TestClient.secure(port: port, stubborn)
            try await client.send("GET /api/v1/slow/ HTTP/1.1\r\nHost: h\r\n\r\n")
            await fixture.http.door.untilSomebodyWaits()
            try await client.closeOutput()
            fixture.http.door.open()
            #expect(try await client.receive().status == 200)
            #expect(try await client.readToEnd().isEmpty)
            #expect(await isEmptySoon(server))
        }
    }

    @Test("A request that comes after the goodbye is not run")
    func afterGoodbye() async throws {
        let fixture = try TLSFixture { $0.idle = 100 }
        try await fixture.serve { (port, server) async throws in
            let client = try await TestClient.secure(port: port, stubborn)
            #expect(try await client.request("GET", "/api/v1/public/").status == 200)
            #expect(try await client.readToEnd().isEmpty && client.wasToldGoodbye)
            try await client.send(get)
            try await client.closeOutput()
            #expect(await isEmptySoon(server))
            #expect(fixture.http.lines.lines.count == 1)
        }
    }

    @Test("A client that is refused while it sends a lot still reads why")
    func lingering() async throws {
        try await TLSFixture().serve { (port, server) async throws in
            let client = try await TestClient.secure(port: port, stubborn)
            try await client.send("POST /api/v1/echo/ HTTP/1.1\r\nHost: h\r\nContent-Length: 9000000\r\n\r\n")
            try await client.send([UInt8](repeating: 65, count: 1_000_000))
            #expect(try await client.receive().status == 413)
            try await client.closeOutput()
            #expect(try await client.readToEnd().isEmpty && client.wasToldGoodbye)
            #expect(await isEmptySoon(server))
        }
    }

    @Test("A client that does not read its answers is answered no further, and cut")
    func stalledReader() async throws {
        let fixture = try TLSFixture { $0.writeTime = 300 }
        try await fixture.serve { (port, server) async throws in
            let client = try await TestClient.secure(port: port, TLSOptions { $0.reads = false })
            try await client.send(String(repeating: "GET /api/v1/big/ HTTP/1.1\r\nHost: h\r\n\r\n", count: 60))
            while fixture.http.lines.lines.isEmpty || server.connectionCount > 0 { await Task.yield() }
            #expect(1..<10 ~= fixture.http.lines.lines.count)
        }
    }

    @Test("Stopping lets a running request finish, closes idle connections, and says goodbye to both")
    func drain() async throws {
        let fixture = try TLSFixture()
        try await fixture.serve { (port, server) async throws in
            let idle = try await TestClient.secure(port: port)
            #expect(try await idle.request("GET", "/api/v1/public/").status == 200)
            let busy = try await TestClient.secure(port: port)
            try await busy.send("GET /api/v1/slow/ HTTP/1.1\r\nHost: h\r\n\r\n")
            await fixture.http.door.untilSomebodyWaits()
            async let stopped: Void = server.stop(drainSeconds: 30)
            #expect(try await idle.readToEnd().isEmpty && idle.wasToldGoodbye)
            fixture.http.door.open()
            #expect(try await busy.receive().status == 200)
            #expect(try await busy.readToEnd().isEmpty && busy.wasToldGoodbye)
            await stopped
            await #expect(throws: TestClientError.self) { try await TestClient.secure(port: port) }
        }
    }

    @Test("Stopping cuts clients that do not answer the goodbye")
    func drainLimit() async throws {
        try await TLSFixture().serve { (port, server) async throws in
            let client = try await TestClient.secure(port: port, stubborn)
            #expect(try await client.request("GET", "/api/v1/public/").status == 200)
            let elapsed = await ContinuousClock().measure { await server.stop(drainSeconds: 0.1) }
            #expect(elapsed < .milliseconds(1_500))
            #expect(await eventually { server.connectionCount == 0 })
            #expect(try await client.readToEnd().isEmpty && client.wasToldGoodbye)
        }
    }
}
