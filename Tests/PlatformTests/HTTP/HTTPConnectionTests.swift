import TestSupport
import Testing

@testable import Platform

@Suite("Connections")
struct HTTPConnectionTests {
    private func get(_ path: String, _ more: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: h\r\n\(more)\r\n"
    }

    @Test("A connection carries many requests")
    func keepAlive() async throws {
        try await HTTPFixture().serve { port, server in
            let client = try TestClient(port: port)
            for _ in 0..<20 { #expect(try await client.request("GET", "/api/v1/public/").status == 200) }
            #expect(server.connectionCount == 1)
        }
    }

    @Test("Requests sent at once are answered one by one, in order")
    func pipelining() async throws {
        try await HTTPFixture().serve { port, _ in
            let client = try TestClient(port: port)
            let post = "POST /api/v1/echo/ HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}"
            try await client.send(get("/api/v1/public/") + post + get("/nowhere") + get("/api/v1/public/"))
            #expect(try await client.receive().status == 200)
            #expect(try await client.receive().text == #"{"a":1}"#)
            #expect(try await client.receive().status == 404)
            #expect(try await client.receive().text == #"{"ok":"yes"}"#)
        }
    }

    @Test("A request that comes in single bytes is a request")
    func singleBytes() async throws {
        try await HTTPFixture().serve { port, _ in
            let client = try TestClient(port: port)
            for byte in get("/api/v1/public/").utf8 { try await client.send([byte]) }
            #expect(try await client.receive().status == 200)
        }
    }

    @Test("A chunked body is read, and its limit holds")
    func chunked() async throws {
        var fixture = HTTPFixture()
        fixture.limits.body = 20
        try await fixture.serve { port, _ in
            let head = "POST /api/v1/echo/ HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            let client = try TestClient(port: port)
            try await client.send(head + "3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n")
            #expect(try await client.receive().text == #"{"a":1}"#)
            try await client.send(head + "10\r\n0123456789abcdef\r\n5\r\n01234\r\n")
            let refused = try await client.receive()
            #expect(refused.status == 413 && refused.text == #"{"detail":"Request body is too large."}"#)
            #expect(refused["Connection"] == "close")
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test("A length above the limit is refused before the body is sent; the limit itself is taken")
    func contentLengthLimit() async throws {
        var fixture = HTTPFixture()
        fixture.limits.body = 10
        fixture.limits.upload = 400
        try await fixture.serve { port, _ in
            let client = try TestClient(port: port)
            let json = [("Content-Type", "application/json")]
            #expect(try await client.request("POST", "/api/v1/echo/", headers: json, body: Array("\"12345678\"".utf8)).status == 200)
            try await client.send("POST /api/v1/echo/ HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n")
            #expect(try await client.receive().status == 413)

            let uploader = try TestClient(port: port)
            let type = [("Content-Type", "multipart/form-data; boundary=B")]
            let part = "--B\r\nContent-Disposition: form-data; name=\"resume\"; filename=\"C:\\\\tmp\\\\cv.pdf\"\r\n\r\n"
            let upload = Array(part.utf8) + [UInt8](repeating: 0, count: 200) + Array("\r\n--B--".utf8)
            let taken = try await uploader.request("POST", "/api/v1/upload/", headers: type, body: upload)
            #expect(taken.text == #"{"name":"cv.pdf","size":"200"}"#)
            let empty = try await uploader.request("POST", "/api/v1/upload/")
            #expect(empty.text == #"{"resume":"none"}"#)
        }
    }

    @Test("A client that is refused while it sends a lot still reads why")
    func lingering() async throws {
        try await HTTPFixture().serve { port, _ in
            let client = try TestClient(port: port)
            try await client.send("POST /api/v1/echo/ HTTP/1.1\r\nHost: h\r\nContent-Length: 9000000\r\n\r\n")
            try await client.send([UInt8](repeating: 65, count: 1_000_000))
            #expect(try await client.receive().status == 413)
            try await client.closeOutput()
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test("Expect: 100-continue is told to go on")
    func expectContinue() async throws {
        try await HTTPFixture().serve { port, _ in
            let client = try TestClient(port: port)
            try await client.send(
                "POST /api/v1/echo/ HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
            )
            #expect(try await client.receive().status == 100)
            try await client.send("[]")
            #expect(try await client.receive().text == "[]")
        }
    }

    @Test(
        "The last request of a connection is said to be the last",
        arguments: [
            "GET /api/v1/public/ HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
            "GET /api/v1/public/ HTTP/1.0\r\n\r\n",
            "GET /api/v1/public/ HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        ])
    func lastRequest(_ text: String) async throws {
        try await HTTPFixture().serve { port, _ in
            let client = try TestClient(port: port)
            try await client.send(text)
            let response = try await client.receive()
            #expect(response.status == 200 && response["Connection"] == "close")
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test("A client that says it is done still gets its answer")
    func halfClose() async throws {
        let fixture = HTTPFixture()
        try await fixture.serve { port, _ in
            let client = try TestClient(port: port)
            try await client.send(get("/api/v1/slow/"))
            await fixture.door.untilSomebodyWaits()
            try await client.closeOutput()
            fixture.door.open()
            #expect(try await client.receive().status == 200)
            #expect(try await client.readToEnd().isEmpty)
            let idle = try TestClient(port: port)
            #expect(try await idle.request("GET", "/api/v1/public/").status == 200)
            try await idle.closeOutput()
            #expect(try await idle.readToEnd().isEmpty)
        }
    }

    @Test("A client that goes away while its request runs harms nobody")
    func goneClient() async throws {
        let fixture = HTTPFixture()
        try await fixture.serve { port, server in
            do {
                let client = try TestClient(port: port)
                try await client.send(get("/api/v1/slow/"))
                await fixture.door.untilSomebodyWaits()
            }
            fixture.door.open()
            let fresh = try TestClient(port: port)
            #expect(try await fresh.request("GET", "/api/v1/public/").status == 200)
        }
    }

    @Test("A large answer arrives whole")
    func largeAnswer() async throws {
        try await HTTPFixture().serve { port, _ in
            let client = try TestClient(port: port)
            for _ in 0..<3 { #expect(try await client.request("GET", "/api/v1/big/").body.count == 3_000_000) }
        }
    }

    @Test("A connection above the limit is closed at once, and a freed place is taken again")
    func connectionLimit() async throws {
        var fixture = HTTPFixture()
        fixture.limits.connections = 2
        try await fixture.serve { port, server in
            let first = try TestClient(port: port)
            let second = try TestClient(port: port)
            #expect(try await first.request("GET", "/api/v1/public/").status == 200)
            #expect(try await second.request("GET", "/api/v1/public/", headers: [("Connection", "close")]).status == 200)
            #expect(try await second.readToEnd().isEmpty)
            while server.connectionCount > 1 { await Task.yield() }
            let third = try TestClient(port: port)
            #expect(try await third.request("GET", "/api/v1/public/").status == 200)
            #expect(server.connectionCount == 2)
            let fresh = try TestClient(port: port)
            #expect(try await fresh.readToEnd().isEmpty)
        }
    }

    @Test("An address that is taken is an error of start")
    func addressInUse() async throws {
        try await HTTPFixture().serve { port, _ in
            let second = HTTPServer(configuration: HTTPServerConfiguration(port: port), dispatcher: try HTTPFixture().dispatcher())
            await #expect(throws: (any Error).self) { try await second.start() }
            await second.stop()
        }
        await HTTPServer(configuration: HTTPServerConfiguration(), dispatcher: try HTTPFixture().dispatcher()).stop()
    }
}
