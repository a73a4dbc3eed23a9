import TestSupport
import Testing

@testable import Platform

@Suite("Sockets")
struct WebSocketTests {
    private func limited(_ change: (inout SocketLimits) -> Void) -> SocketFixture {
        var fixture = SocketFixture()
        change(&fixture.limits)
        return fixture
    }

    @Test("Messages of every length come back, whole and in order, text as text and binary as binary")
    func echo() async throws {
        try await SocketFixture().serve { port, _ in
            let socket = try await TestSocket.open(port: port, "/ws/echo/")
            for length in [0, 1, 125, 126, 127, 65_535, 65_536] {
                try await socket.send(TestFrame(text: String(repeating: "x", count: length)))
                try await socket.send(TestFrame(.binary, [UInt8](repeating: 0xFE, count: length)))
                let (text, binary) = (try await socket.receive(), try await socket.receive())
                #expect(text.kind == .text && text.payload.count == length && text.isFinal && !text.isMasked)
                #expect(binary.kind == .binary && binary.payload == [UInt8](repeating: 0xFE, count: length))
            }
            try await socket.send((0..<50).map { TestFrame(text: "\($0)") })
            for number in 0..<50 { #expect(try await socket.text() == "\(number)") }
            #expect(try await socket.close() == 1000)
        }
    }

    @Test("Fragments make one message, and a ping between them is answered at once")
    func fragments() async throws {
        try await SocketFixture().serve { port, _ in
            let socket = try await TestSocket.open(port: port, "/ws/echo/")
            try await socket.send(TestFrame(text: "to", isFinal: false), TestFrame(.ping, [1, 2, 3]))
            #expect(try await socket.receive() == TestFrame(.pong, [1, 2, 3], isMasked: false))
            try await socket.send(TestFrame(.continuation, Array("gether".utf8)))
            #expect(try await socket.text() == "together")
        }
    }

    @Test("Frames that come with the handshake, in one piece and byte by byte, are read")
    func early() async throws {
        try await SocketFixture().serve { port, _ in
            var request = "GET /ws/echo/ HTTP/1.1\r\nHost: h\r\n"
            for (name, value) in TestSocket.headers { request += "\(name): \(value)\r\n" }
            let bytes = Array((request + "\r\n").utf8) + TestFrame(text: "first").bytes + TestFrame(text: "second").bytes
            let client = try TestClient(port: port)
            try await client.send(bytes)
            let socket = TestSocket(client: client, response: try await client.receive())
            #expect(socket.response.status == 101)
            #expect(try await socket.text() == "first")
            #expect(try await socket.text() == "second")
            for byte in TestFrame(text: "third").bytes { try await client.send([byte]) }
            #expect(try await socket.text() == "third")
        }
    }

    @Test("A socket works over TLS, and ends with its goodbye and TLS's")
    func secure() async throws {
        let tls = try TLSFixture()
        try await SocketFixture().serve(tls: tls.contexts) { port, _ in
            let client = try await TestClient.secure(port: port)
            let socket = try await TestSocket.open(over: client, "/ws/echo/")
            let long = String(repeating: "y", count: 60_000)
            try await socket.send(long)
            #expect(try await socket.text() == long)
            #expect(try await socket.close(4_321) == 4_321)
            #expect(client.wasToldGoodbye)
        }
    }

    @Test(
        "Who breaks the protocol is told how, and then the connection ends",
        arguments: [
            ([TestFrame(.text, [], isMasked: false)], 1002), ([TestFrame(.text, [], reserved: 0x40)], 1002),
            ([TestFrame(opcode: 0x3, [])], 1002), ([TestFrame(.continuation)], 1002),
            ([TestFrame(.ping, [UInt8](repeating: 0, count: 126))], 1002), ([TestFrame(.ping, isFinal: false)], 1002),
            ([TestFrame(.text, [0xC0, 0x80])], 1007), ([TestFrame(.text, [0xE2, 0x82], isFinal: false), TestFrame(.continuation)], 1007),
            ([TestFrame(.binary, [UInt8](repeating: 0, count: 65_537))], 1009),
            ([TestFrame(text: "", isFinal: false)] + [TestFrame](repeating: TestFrame(.continuation, isFinal: false), count: 256), 1009),
            ([TestFrame(.close, [3])], 1002), ([TestFrame(close: 1005)], 1002), ([TestFrame(.close, [3, 0xE8, 0xFF])], 1007),
        ] as [([TestFrame], UInt16)])
    func broken(_ frames: [TestFrame], _ code: UInt16) async throws {
        let fixture = SocketFixture()
        try await fixture.serve { port, _ in
            let socket = try await TestSocket.open(port: port, "/ws/echo/")
            try await socket.send(frames)
            #expect(try await socket.goodbye() == code)
            #expect(try await socket.client.readToEnd().isEmpty)
            await fixture.happened.wait(for: "closed \(code)")
            #expect(fixture.happened.all == ["opened", "closed \(code)"])
        }
    }

    @Test("What was sent before a goodbye is handled before it is answered, and what comes after it is not")
    func lastWords() async throws {
        let fixture = SocketFixture()
        try await fixture.serve { port, _ in
            let socket = try await TestSocket.open(port: port, "/ws/echo/")
            try await socket.send(
                TestFrame(text: "one"), TestFrame(text: "two"), TestFrame(close: 3_001, reason: "bye"), TestFrame(text: "three"),
                TestFrame(.ping))
            #expect(try await socket.text() == "one")
            #expect(try await socket.text() == "two")
            #expect(try await socket.receive() == TestFrame(.close, [0x0B, 0xB9], isMasked: false))
            #expect(try await socket.client.readToEnd().isEmpty)
            await fixture.happened.wait(for: "closed 3001")
            #expect(fixture.happened.all == ["opened", "one", "two", "closed 3001"])
        }
    }

    @Test("A goodbye without a code is answered without one")
    func noCode() async throws {
        let fixture = SocketFixture()
        try await fixture.serve { port, _ in
            let socket = try await TestSocket.open(port: port, "/ws/echo/")
            try await socket.send(TestFrame(.close))
            #expect(try await socket.receive() == TestFrame(.close, isMasked: false))
            await fixture.happened.wait(for: "closed 1005")
        }
    }

    @Test("A client that goes without a word leaves a socket that was closed with 1006")
    func vanished() async throws {
        let fixture = SocketFixture()
        try await fixture.serve { port, server in
            let socket = try await TestSocket.open(port: port, "/ws/echo/")
            try await socket.client.closeOutput()
            #expect(try await socket.client.readToEnd().isEmpty)
            await fixture.happened.wait(for: "closed 1006")
            #expect(fixture.registry.count == 0)
        }
    }

    @Test("A session can say goodbye itself; the client's answer ends the connection")
    func ownGoodbye() async throws {
        let fixture = SocketFixture()
        try await fixture.serve { port, _ in
            let socket = try await TestSocket.open(port: port, "/ws/echo/")
            try await socket.send(TestFrame(text: "part"), TestFrame(text: "more"))
            let goodbye = try await socket.receive()
            #expect(goodbye.code == 4_000 && String(decoding: goodbye.payload.dropFirst(2), as: UTF8.self) == "as you wish")
            try await socket.send(TestFrame(close: 4_000))
            #expect(try await socket.client.readToEnd().isEmpty)
            await fixture.happened.wait(for: "closed 4000")
        }
    }

    @Test("A client that does not answer a goodbye is cut")
    func unanswered() async throws {
        let fixture = limited { $0.goodbye = 50 }
        try await fixture.serve { port, _ in
            let socket = try await TestSocket.open(port: port, "/ws/echo/")
            try await socket.send("part")
            #expect(try await socket.goodbye() == 4_000)
            #expect(try await socket.client.readToEnd().isEmpty)
        }
    }

    @Test("A session that has no use for binary messages says so with 1003")
    func binary() async throws {
        try await SocketFixture().serve { port, _ in
            let socket = try await TestSocket.open(port: port, "/ws/silent/")
            try await socket.send(TestFrame(.binary, [1]))
            #expect(try await socket.goodbye() == 1003)
        }
    }

    @Test("A client for which too much waits is closed with 1013")
    func flood() async throws {
        let fixture = limited { $0.outbound = 10_000 }
        try await fixture.serve { port, _ in
            let socket = try await TestSocket.open(port: port, "/ws/echo/")
            try await socket.send("flood")
            #expect(try await socket.goodbye() == 1013)
            await fixture.happened.wait(for: "closed 1013")
        }
    }

    @Test("A message that is longer than what may wait reaches a client that reads")
    func long() async throws {
        let fixture = limited { $0.outbound = 1_000 }
        try await fixture.serve { port, _ in
            let socket = try await TestSocket.open(port: port, "/ws/echo/")
            let text = String(repeating: "long ", count: 2_000)
            for _ in 0..<3 {
                try await socket.send(text)
                #expect(try await socket.text() == text)
            }
        }
    }

    @Test("Messages and pings beyond the limit of a minute close the socket with 1008")
    func tooMany() async throws {
        var fixture = limited { $0.pingsPerMinute = 2 }
        fixture.limiter = RateLimiter(RateLimiter.Limits(message: 3), clock: ManualClock())
        try await fixture.serve { port, _ in
            let talker = try await TestSocket.open(port: port, "/ws/own/den/?token=user")
            // Another socket of the same account counts with it.
            let other = try await TestSocket.open(port: port, "/ws/own/den/?token=user")
            for socket in [talker, other, talker] {
                try await socket.send("again")
                #expect(try await socket.text() == "again")
            }
            try await other.send("again")
            #expect(try await other.goodbye() == 1008)
            try await talker.send(TestFrame(.ping), TestFrame(.ping), TestFrame(.ping))
            #expect(try await talker.receive().kind == .pong)
            #expect(try await talker.goodbye() == 1008)
        }
    }

    @Test("When the server stops, every socket is told 1001, and an answer lets it go at once")
    func stop() async throws {
        let fixture = SocketFixture()
        try await fixture.serve { port, server in
            let sockets = [try await TestSocket.open(port: port, "/ws/echo/"), try await TestSocket.open(port: port, "/ws/silent/")]
            async let stopped: Void = server.stop(drainSeconds: 30)
            for socket in sockets {
                #expect(try await socket.goodbye() == 1001)
                try await socket.send(TestFrame(close: 1001))
                #expect(try await socket.client.readToEnd().isEmpty)
            }
            await stopped
            #expect(server.connectionCount == 0 && fixture.registry.count == 0)
        }
    }

    @Test("Logout closes the sockets of that login and no others")
    func logout() async throws {
        let fixture = SocketFixture()
        try await fixture.serve { port, _ in
            let gone = try await TestSocket.open(port: port, "/ws/own/den/?token=user")
            let stays = try await TestSocket.open(port: port, "/ws/own/den/?token=other")
            fixture.registry.close(login: FakeAuthenticator.caller(1).loginID)
            #expect(try await gone.goodbye() == 4401)
            try await stays.send("still here")
            #expect(try await stays.text() == "still here")
            fixture.registry.close(account: 2)
            #expect(try await stays.goodbye() == 4401)
        }
    }

    @Test("What happens to sockets is counted")
    func metrics() async throws {
        let fixture = SocketFixture()
        try await fixture.serve { port, _ in
            let socket = try await TestSocket.open(port: port, "/ws/echo/")
            try await socket.send("one")
            #expect(try await socket.text() == "one")
            #expect(try await TestSocket.refusal(port: port, "/ws/own/den/").status == 403)
            var writer = MetricsWriter()
            fixture.registry.write(into: &writer)
            let open = String(decoding: writer.bytes, as: UTF8.self)
            #expect(open.contains("\njobraker_ws_connections 1\n") && open.contains("\njobraker_ws_refused_total 1\n"))
            #expect(open.contains(#"jobraker_ws_messages_total{direction="received"} 1"#))
            #expect(try await socket.close(4_999) == 4_999)
            await fixture.happened.wait(for: "closed 4999")
            writer = MetricsWriter()
            fixture.registry.write(into: &writer)
            let closed = String(decoding: writer.bytes, as: UTF8.self)
            #expect(closed.contains("\njobraker_ws_connections 0\n") && closed.contains(#"jobraker_ws_closed_total{code="other"} 1"#))
        }
    }
}
