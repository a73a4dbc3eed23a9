import Synchronization
import TestSupport
import Testing

@testable import Platform

@Suite("Answers that are made while they are sent")
struct StreamingTests {
    /// A server whose one route sends what the test puts into `pieces`.
    private struct Stand: Sendable {
        let pieces = AsyncStream.makeStream(of: String.self)
        let happened = Happenings()
        let lines = LogLines()
        var limits = HTTPLimits()
        var atShutdown = HTTPBodyStream.AtShutdown.goesOn

        struct Broken: Error {}

        private var stream: HTTPBodyStream {
            HTTPBodyStream(atShutdown: atShutdown) { [pieces, happened] writer in
                happened.add("begun")
                do {
                    for await piece in pieces.stream {
                        if piece == "break" { throw Broken() }
                        try await writer.write(piece)
                    }
                    try Task.checkCancellation()
                } catch let error as CancellationError {
                    // It may still say that it is not whole.
                    try? await writer.write("cut short")
                    happened.add("cancelled")
                    throw error
                }
                happened.add("finished")
            }
        }

        func serve(_ body: (Int, HTTPServer) async throws -> Void) async throws {
            let (stream, happened) = (stream, happened)
            let dispatcher = try Dispatcher(
                routes: [
                    .get("/stream/", access: .anyone, summary: "Stream", produces: ["text/event-stream"]) { _ in
                        .stream(stream, type: "text/event-stream")
                    },
                    .get("/flood/", access: .anyone, summary: "Flood") { _ in
                        .stream(
                            HTTPBodyStream { writer in
                                var count = 0
                                defer { happened.add("over") }
                                while count < 10_000 {
                                    try await writer.write([UInt8](repeating: 120, count: 100_000))
                                    count += 1
                                    happened.add("piece")
                                }
                            }, type: "text/plain")
                    },
                    .post("/once/", idempotent: true, summary: "Once") { _ in
                        happened.add("run")
                        return .stream(HTTPBodyStream { try await $0.write("done") }, type: "text/plain")
                    },
                ], authenticator: FakeAuthenticator(), settings: HTTPSettings(), log: Log(format: .json, sink: lines.sink),
                random: SeededRandom(), idempotency: MemoryIdempotency())
            let server = HTTPServer(configuration: HTTPServerConfiguration(port: 0, limits: limits), dispatcher: dispatcher)
            let port = try await server.start()
            do {
                try await body(port, server)
            } catch {
                await server.stop(drainSeconds: 0)
                throw error
            }
            await server.stop(drainSeconds: 0)
        }

        func put(_ text: String) { pieces.continuation.yield(text) }
    }

    private func begin(_ port: Int, _ method: String = "GET") async throws -> TestClient {
        let client = try TestClient(port: port)
        try await client.send("\(method) /stream/ HTTP/1.1\r\nHost: h\r\n\r\n")
        return client
    }

    private func text(_ client: TestClient, _ count: Int) async throws -> String {
        String(decoding: try await client.read(count), as: UTF8.self)
    }

    @Test("A piece is with the client before the next one is made, and the connection goes on afterwards")
    func pieces() async throws {
        let stand = Stand()
        try await stand.serve { port, _ in
            let client = try await begin(port)
            let head = try await client.receive(withoutBody: true)
            #expect(head.status == 200 && head["Transfer-Encoding"] == "chunked" && head["Content-Length"] == nil)
            #expect(head["Content-Type"] == "text/event-stream" && head["Connection"] == nil)
            for piece in ["first", "a longer second"] {
                stand.put(piece)
                let length = String(piece.utf8.count, radix: 16)
                #expect(try await text(client, length.utf8.count + 4 + piece.utf8.count) == "\(length)\r\n\(piece)\r\n")
            }
            #expect(stand.lines.lines.isEmpty)
            stand.pieces.continuation.finish()
            #expect(try await text(client, 5) == "0\r\n\r\n")
            #expect(try await client.request("GET", "/nowhere/").status == 404)
            // The line in the log comes with the end, and counts the bytes of the body.
            #expect(stand.lines.lines.contains { $0.contains("/stream/") && $0.contains(#""bytes":20"#) })
        }
    }

    @Test("A client that leaves ends the making")
    func leaves() async throws {
        let stand = Stand()
        try await stand.serve { port, server in
            var client: TestClient? = try await begin(port)
            #expect(try await client?.receive(withoutBody: true).status == 200)
            stand.put("first")
            #expect(try await client?.read(10).count == 10)
            client = nil
            await stand.happened.wait(for: "cancelled")
            #expect(await eventually { server.connectionCount == 0 })
            #expect(stand.lines.lines.count { $0.contains("/stream/") } == 1)
        }
    }

    @Test("An answer that breaks off has no end, so that nobody takes it for whole")
    func breaks() async throws {
        let stand = Stand()
        try await stand.serve { port, _ in
            let client = try await begin(port)
            #expect(try await client.receive(withoutBody: true).status == 200)
            stand.put("first")
            stand.put("break")
            #expect(String(decoding: try await client.readToEnd(), as: UTF8.self) == "5\r\nfirst\r\n")
            #expect(stand.lines.lines.contains { $0.contains("A streaming answer broke off.") })
        }
    }

    @Test("A client of HTTP/1.0 gets the bytes up to the end of the connection, and HEAD gets the head")
    func otherForms() async throws {
        let stand = Stand()
        try await stand.serve { port, _ in
            let head = try await begin(port, "HEAD").receive(withoutBody: true)
            #expect(head.status == 200 && head["Transfer-Encoding"] == "chunked")
            #expect(stand.happened.all.isEmpty)
            let old = try TestClient(port: port)
            try await old.send("GET /stream/ HTTP/1.0\r\n\r\n")
            stand.put("all of it")
            stand.pieces.continuation.finish()
            let whole = try await old.receive()
            #expect(whole["Transfer-Encoding"] == nil && whole.text == "all of it")
        }
    }

    @Test("A client that does not read holds the making up, and after a while is cut")
    func stalled() async throws {
        var stand = Stand()
        stand.limits.writeTime = 200
        try await stand.serve { port, server in
            let client = try TestClient(port: port)
            try await client.send("GET /flood/ HTTP/1.1\r\nHost: h\r\n\r\n")
            await stand.happened.wait(for: "over")
            // Of 1000 MB as much was made as the two ends of a socket hold.
            #expect(1..<300 ~= stand.happened.all.count)
            #expect(await eventually { server.connectionCount == 0 })
        }
    }

    @Test("When the server stops, an answer goes on to its end, or is told to come to one")
    func stops() async throws {
        let patient = Stand()
        try await patient.serve { port, server in
            let client = try await begin(port)
            #expect(try await client.receive(withoutBody: true).status == 200)
            async let stopped: Void = server.stop(drainSeconds: 30)
            patient.put("last")
            #expect(try await text(client, 9) == "4\r\nlast\r\n")
            patient.pieces.continuation.finish()
            #expect(String(decoding: try await client.readToEnd(), as: UTF8.self) == "0\r\n\r\n")
            await stopped
        }
        var hurried = Stand()
        hurried.atShutdown = .isCancelled
        try await hurried.serve { port, server in
            let client = try await begin(port)
            #expect(try await client.receive(withoutBody: true).status == 200)
            await hurried.happened.wait(for: "begun")
            await server.stop(drainSeconds: 30)
            #expect(String(decoding: try await client.readToEnd(), as: UTF8.self) == "9\r\ncut short\r\n")
            #expect(hurried.happened.all == ["begun", "cancelled"])
        }
    }

    @Test("A streaming answer is not kept for a repeat with the same key; it runs again")
    func repeated() async throws {
        let stand = Stand()
        try await stand.serve { port, _ in
            for _ in 0..<2 {
                let headers = [("Authorization", "Bearer user"), ("Idempotency-Key", "k")]
                let answer = try await TestClient(port: port).request("POST", "/once/", headers: headers)
                #expect(answer.text == "done" && answer["Idempotency-Replayed"] == nil)
            }
            #expect(stand.happened.all == ["run", "run"])
        }
    }
}
