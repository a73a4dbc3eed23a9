import Glibc
import TestSupport
import Testing

@testable import Platform

/// Limits so wide that a busy machine does not reach them; a test narrows the one it is about.
func wideLimits(
    connect: Int = 30_000, firstByte: Int = 30_000, idle: Int = 30_000, total: Int = 50_000, bytes: Int = 1 << 20
) -> OutboundLimits {
    OutboundLimits(connect: connect, firstByte: firstByte, idle: idle, total: total, maximumResponseBytes: bytes)
}

@Suite("Outbound", .timeLimit(.minutes(1)))
struct OutboundTests {
    private let clock = ManualClock()
    private let outbound: Outbound

    init() { outbound = Outbound(clock: clock, random: SeededRandom(1)) }

    @Test("sends method, headers and body, and reads status, headers and body")
    func exchange() async throws {
        try await LoopbackServer.with { connection, request in
            connection.send("HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n")
            connection.respond(201, ["X-Reply": "yes", "x-reply": "second", "Content-Type": "text/plain"], "made \(request.body.count)")
        } _: { server in
            let headers = [(name: "X-Ask", value: "a: b"), (name: "Content-Type", value: "application/json"), (name: "X-Empty", value: "")]
            let request = OutboundRequest(
                method: "POST", url: server.url + "/things?q=1", headers: headers, body: Array("{\0}".utf8), limits: wideLimits())
            let response = try await outbound.send(request)
            #expect(response.status == 201)
            #expect(response.headers["X-REPLY"] == "yes")
            #expect(response.headers["x-interim"] == nil)
            #expect(String(decoding: response.body, as: UTF8.self) == "made 3")
            let received = try #require(server.requests.first)
            #expect(received.method == "POST")
            #expect(received.target == "/things?q=1")
            #expect(received.headers["x-ask"] == "a: b")
            #expect(received.headers["x-empty"] == "")
            #expect(received.headers["content-type"] == "application/json")
            #expect(received.headers["user-agent"] == "jobraker")
            #expect(received.headers["expect"] == nil)
            #expect(received.body == Array("{\0}".utf8))
        }
    }

    @Test(
        "each method goes out as it is, with a length where there may be a body",
        arguments: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
    func methods(method: String) async throws {
        try await LoopbackServer.with { connection, request in
            connection.respond(200, [:], request.method == "HEAD" ? "" : "ok")
        } _: { server in
            let response = try await outbound.send(OutboundRequest(method: method, url: server.url, limits: wideLimits()))
            #expect(response.status == 200)
            #expect(response.body.count == (method == "HEAD" ? 0 : 2))
            let received = try #require(server.requests.first)
            #expect(received.method == method)
            #expect(received.headers["content-length"] == (method == "POST" || method == "PUT" ? "0" : nil))
            #expect(received.headers["content-type"] == nil)
        }
    }

    @Test("uses a connection again")
    func keepsConnection() async throws {
        try await LoopbackServer.with { connection, _ in
            connection.respond(200, [:], "ok")
        } _: { server in
            for _ in 0..<3 { _ = try await outbound.send(OutboundRequest(url: server.url, limits: wideLimits())) }
            #expect(server.requests.count == 3)
            #expect(server.connectionCount == 1)
        }
    }

    @Test("follows no redirect")
    func redirect() async throws {
        try await LoopbackServer.with { connection, _ in
            connection.respond(302, ["Location": "/elsewhere"])
        } _: { server in
            let response = try await outbound.send(OutboundRequest(url: server.url, limits: wideLimits()))
            #expect(response.status == 302)
            #expect(response.headers["location"] == "/elsewhere")
            #expect(server.requests.count == 1)
        }
    }

    @Test("a name that does not exist and a refused connection are connect errors")
    func connectErrors() async {
        for url in ["http://127.0.0.1:\(closedPort())/", "http://name.invalid/"] {
            let error = await error(of: OutboundRequest(url: url, limits: wideLimits()))
            guard case .connect(let detail) = error else {
                Issue.record("\(url) gave \(String(describing: error))")
                continue
            }
            #expect(!detail.isEmpty)
        }
    }

    @Test("a server that does not finish the TLS handshake uses up the connect limit")
    func connectLimit() async {
        let (listener, port) = listenOnLoopback()
        defer { close(listener) }
        let request = OutboundRequest(url: "https://127.0.0.1:\(port)/", limits: wideLimits(connect: 150))
        #expect(await error(of: request) == .timeout(.connect))
    }

    @Test("a server that does not answer uses up the first-byte limit")
    func firstByteLimit() async throws {
        try await LoopbackServer.with { connection, _ in
            connection.waitUntilClosed()
        } _: { server in
            let request = OutboundRequest(url: server.url, limits: wideLimits(firstByte: 150))
            #expect(await error(of: request) == .timeout(.firstByte))
        }
    }

    @Test("a server that falls silent uses up the idle limit")
    func idleLimit() async throws {
        try await LoopbackServer.with { connection, _ in
            connection.startChunks()
            connection.chunk("one")
            connection.waitUntilClosed()
        } _: { server in
            let request = OutboundRequest(url: server.url, limits: wideLimits(idle: 150))
            #expect(await error(of: request) == .timeout(.idle))
        }
    }

    @Test("a server that drips uses up the total limit")
    func totalLimit() async throws {
        try await LoopbackServer.with { connection, _ in
            connection.startChunks()
            while connection.chunk("drip"), connection.pause(milliseconds: 20) {}
        } _: { server in
            let request = OutboundRequest(url: server.url, limits: wideLimits(total: 250))
            #expect(await error(of: request) == .timeout(.total))
        }
    }

    @Test("a body above the limit is refused, one at the limit is not")
    func maximumBytes() async throws {
        try await LoopbackServer.with { connection, request in
            connection.respond(200, [:], String(repeating: "x", count: request.target == "/more" ? 101 : 100))
        } _: { server in
            let fits = try await outbound.send(OutboundRequest(url: server.url, limits: wideLimits(bytes: 100)))
            #expect(fits.body.count == 100)
            #expect(await error(of: OutboundRequest(url: server.url + "/more", limits: wideLimits(bytes: 100))) == .tooLarge)
        }
    }

    @Test("headers without end are refused")
    func maximumHeaders() async throws {
        try await LoopbackServer.with { connection, _ in
            connection.send("HTTP/1.1 200 OK\r\n")
            while connection.send("X-Pad: \(String(repeating: "x", count: 1000))\r\n") {}
        } _: { server in
            #expect(await error(of: OutboundRequest(url: server.url, limits: wideLimits())) == .tooLarge)
        }
    }

    @Test(
        "a response that stops half-way, or is not HTTP, is broken",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nha",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 200 OK\r\nX-Head", "SSH-2.0-server\r\n", "",
        ])
    func broken(bytes: String) async throws {
        try await LoopbackServer.with { connection, _ in
            connection.send(bytes)
            connection.close()
        } _: { server in
            let error = await error(of: OutboundRequest(url: server.url, limits: wideLimits()))
            guard case .broken(let detail) = error else {
                Issue.record("gave \(String(describing: error))")
                return
            }
            #expect(!detail.isEmpty)
        }
    }

    @Test("many requests at once each get their own answer")
    func manyAtOnce() async throws {
        try await LoopbackServer.with { connection, request in
            connection.respond(200, [:], request.target)
        } _: { server in
            let url = server.url
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<40 {
                    group.addTask { [outbound] in
                        let response = try await outbound.send(OutboundRequest(url: "\(url)/\(number)", limits: wideLimits()))
                        return response.body == Array("/\(number)".utf8)
                    }
                }
                for try await isOwn in group { #expect(isOwn) }
            }
        }
    }

    @Test("refuses more requests at once than it was made for")
    func tooMany() async throws {
        let outbound = Outbound(clock: clock, random: SeededRandom(1), maximumTransfers: 1)
        try await LoopbackServer.with { connection, _ in
            connection.startChunks()
            connection.waitUntilClosed()
        } _: { server in
            let first = try await outbound.stream(OutboundRequest(url: server.url, limits: wideLimits()))
            let error = await error(of: OutboundRequest(url: server.url, limits: wideLimits()), outbound)
            #expect(error == .connect("too many requests to other machines at once"))
            #expect(first.status == 200)
        }
    }

    @Test("after a stop, running and later requests are cancelled")
    func stop() async throws {
        let asked = Happening()
        try await LoopbackServer.with { connection, _ in
            asked.happen()
            connection.waitUntilClosed()
        } _: { server in
            let request = OutboundRequest(url: server.url, limits: wideLimits())
            async let running = error(of: request)
            await asked.wait()
            outbound.stop()
            outbound.stop()
            #expect(await running == .cancelled)
            #expect(await error(of: request) == .cancelled)
            #expect(outbound.breakers.state(of: "127.0.0.1:\(server.port)") == .closed(failuresInRow: 0))
        }
    }

    @Test("a host that keeps failing is left alone, and asked again after the pause")
    func breaker() async throws {
        try await LoopbackServer.with { connection, request in
            connection.respond(request.target == "/bad" ? 500 : 200)
        } _: { server in
            let settings = CircuitBreaker.Settings(failuresToOpen: 2, openSeconds: 60, successesToClose: 1)
            let bad = OutboundRequest(url: server.url + "/bad", limits: wideLimits(), breaker: settings)
            let good = OutboundRequest(url: server.url + "/good", limits: wideLimits(), breaker: settings)
            for _ in 0..<2 { _ = try await outbound.send(bad) }
            #expect(await error(of: good) == .breakerOpen(retryAfterSeconds: 60))
            let unguarded = try await outbound.send(OutboundRequest(url: server.url, limits: wideLimits(), breaker: nil))
            #expect(unguarded.status == 200)
            clock.advance(seconds: 60)
            for _ in 0..<2 {
                let response = try await outbound.send(good)
                #expect(response.status == 200)
            }
            #expect(server.requests.count == 5)
        }
    }

    @Test("a service that keeps failing leaves the other services of its host alone")
    func breakerScopes() async throws {
        try await LoopbackServer.with { connection, request in
            connection.respond(request.target == "/bad" ? 500 : 200)
        } _: { server in
            let settings = CircuitBreaker.Settings(failuresToOpen: 2, openSeconds: 60, successesToClose: 1)
            func request(_ path: String, _ scope: String) -> OutboundRequest {
                OutboundRequest(url: server.url + path, limits: wideLimits(), breaker: settings, breakerScope: scope)
            }
            for _ in 0..<2 { _ = try await outbound.send(request("/bad", "one")) }
            #expect(await error(of: request("/good", "one")) == .breakerOpen(retryAfterSeconds: 60))
            for scope in ["two", ""] {
                let response = try await outbound.send(request("/good", scope))
                #expect(response.status == 200)
            }
            // And the other way round: their success closes nothing of the first.
            #expect(await error(of: request("/good", "one")) == .breakerOpen(retryAfterSeconds: 60))
            #expect(server.requests.count == 4)
        }
    }

    @Test("a request that cannot be sent does not count against its host")
    func breakerSparesOurMistakes() async throws {
        let settings = CircuitBreaker.Settings(failuresToOpen: 1, openSeconds: 60, successesToClose: 1)
        let request = OutboundRequest(url: "http://127.0.0.1:1/", headers: [("a b", "")], breaker: settings)
        for _ in 0..<2 {
            #expect(await error(of: request) == .broken("a request header has characters that HTTP does not allow"))
        }
    }

    private func error(of request: OutboundRequest, _ other: Outbound? = nil) async -> OutboundError? {
        do throws(OutboundError) {
            _ = try await (other ?? outbound).send(request)
            return nil
        } catch {
            return error
        }
    }
}
