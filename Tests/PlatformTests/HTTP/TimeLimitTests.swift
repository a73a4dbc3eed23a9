import TestSupport
import Testing

@testable import Platform

@Suite("Time limits of connections")
struct TimeLimitTests {
    private func limits(_ change: (inout HTTPLimits) -> Void) -> HTTPFixture {
        var fixture = HTTPFixture()
        change(&fixture.limits)
        return fixture
    }

    @Test("A connection that sends nothing is closed without a word")
    func silent() async throws {
        try await limits { $0.firstByteTime = 100 }.serve { port, _ in
            let fresh = try TestClient(port: port)
            #expect(try await fresh.readToEnd().isEmpty)
        }
    }

    @Test("A connection that rests after a request is closed without a word")
    func idle() async throws {
        try await limits { $0.idle = 100 }.serve { port, _ in
            let client = try TestClient(port: port)
            #expect(try await client.request("GET", "/api/v1/public/").status == 200)
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test("A header that does not end is answered with 408")
    func slowHeader() async throws {
        try await limits { $0.headerTime = 150 }.serve { port, _ in
            let client = try TestClient(port: port)
            try await client.send("GET / HTTP/1.1\r\nHo")
            let response = try await client.receive()
            #expect(response.status == 408 && response.text == #"{"detail":"Request timed out."}"#)
            #expect(response["Connection"] == "close" && response["X-Request-ID"] != nil)
            try await client.closeOutput()
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test("A body that stops, and one that trickles, is answered with 408")
    func slowBody() async throws {
        let head = "POST /api/v1/echo/ HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n"
        try await limits { $0.bodyIdle = 150 }.serve { port, _ in
            let client = try TestClient(port: port)
            try await client.send(head + "{")
            #expect(try await client.receive().status == 408)
        }
        try await limits { limits in
            limits.bodyTime = 150
            limits.idle = 100
        }.serve { port, _ in
            let client = try TestClient(port: port)
            try await client.send(head)
            let trickle = Task {
                while !Task.isCancelled { try await client.send("x") }
            }
            let watcher = try await client.receive()
            trickle.cancel()
            #expect(watcher.status == 408)
        }
    }

    @Test("A refused client that goes on sending is cut")
    func linger() async throws {
        try await limits { $0.linger = 100 }.serve { port, _ in
            let client = try TestClient(port: port)
            try await client.send("BROKEN\r\n\r\n")
            #expect(try await client.receive().status == 400)
            try await client.send("more")
            #expect(try await client.readToEnd().isEmpty)
            await #expect(throws: TestClientError.closed) {
                while true { try await client.send("more") }
            }
        }
    }

    @Test("A client that does not read its answer is cut")
    func stalledReader() async throws {
        try await limits { $0.writeTime = 150 }.serve { port, server in
            let client = try TestClient(port: port)
            let get = "GET /api/v1/big/ HTTP/1.1\r\nHost: h\r\n\r\n"
            try await client.send(String(repeating: get, count: 8))
            var isOpen = true
            while isOpen {
                let other = try await TestClient(port: port).request("GET", "/api/v1/public/", headers: [("Connection", "close")])
                #expect(other.status == 200)
                isOpen = server.connectionCount > 1
            }
        }
    }

    @Test("A client that sends and does not read is answered as far as the system holds answers for it, and no further")
    func greedySender() async throws {
        let fixture = limits { $0.writeTime = 300 }
        try await fixture.serve { port, server in
            let client = try TestClient(port: port)
            let get = "GET /api/v1/big/ HTTP/1.1\r\nHost: h\r\n\r\n"
            try await client.send(String(repeating: get, count: 60))
            while fixture.lines.lines.isEmpty || server.connectionCount > 0 { await Task.yield() }
            // 60 are 180 MB; the two ends of a socket hold some 10.
            let answered = fixture.lines.lines.count { $0.contains("/api/v1/big/") }
            #expect(1..<10 ~= answered)
        }
    }

    @Test("Stopping lets a running request finish and closes idle connections at once")
    func drain() async throws {
        let fixture = HTTPFixture()
        try await fixture.serve { port, server in
            let idle = try TestClient(port: port)
            #expect(try await idle.request("GET", "/api/v1/public/").status == 200)
            let busy = try TestClient(port: port)
            try await busy.send("GET /api/v1/slow/ HTTP/1.1\r\nHost: h\r\n\r\n")
            await fixture.door.untilSomebodyWaits()
            async let stopped: Void = server.stop(drainSeconds: 30)
            #expect(try await idle.readToEnd().isEmpty)
            fixture.door.open()
            #expect(try await busy.receive().status == 200)
            #expect(try await busy.readToEnd().isEmpty)
            await stopped
            #expect(throws: TestClientError.self) { try TestClient(port: port) }
        }
    }

    @Test("Stopping cuts a request that does not end")
    func drainLimit() async throws {
        let fixture = HTTPFixture()
        try await fixture.serve { port, server in
            let busy = try TestClient(port: port)
            try await busy.send("GET /api/v1/slow/ HTTP/1.1\r\nHost: h\r\n\r\n")
            await fixture.door.untilSomebodyWaits()
            await server.stop(drainSeconds: 0.1)
            #expect(try await busy.readToEnd().isEmpty)
            #expect(server.connectionCount == 0)
            fixture.door.open()
        }
    }
}
