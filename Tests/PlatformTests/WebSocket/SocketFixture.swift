import Synchronization
import TestSupport

@testable import Platform

/// Sends back what it gets, and writes down what happens to it.
final class EchoSession: SocketSession {
    let happened: Happenings
    /// What a message waits for before it is answered.
    let door: Door?

    init(_ happened: Happenings, door: Door? = nil) {
        self.happened = happened
        self.door = door
    }

    func opened(_ socket: WebSocketConnection) async { happened.add("opened") }

    func received(_ text: String, _ socket: WebSocketConnection) async {
        if let door { await door.wait() }
        happened.add(text.utf8.count > 40 ? "\(text.utf8.count) bytes" : text)
        if text == "flood" { for _ in 0..<100 { socket.send([UInt8](repeating: 120, count: 1_000)) } }
        if text == "part" { return socket.close(code: 4_000, reason: "as you wish") }
        socket.send(text)
    }

    func received(binary: [UInt8], _ socket: WebSocketConnection) async { socket.send(binary: binary) }

    func closed(_ code: UInt16) async { happened.add("closed \(code)") }
}

/// Has no use for binary messages, and no words.
struct SilentSession: SocketSession {
    func opened(_ socket: WebSocketConnection) async {}
    func received(_ text: String, _ socket: WebSocketConnection) async {}
    func closed(_ code: UInt16) async {}
}

/// A list that a test can wait on.
final class Happenings: Sendable {
    private let list = Mutex<[String]>([])
    private let stream = AsyncStream.makeStream(of: String.self)

    func add(_ text: String) {
        list.withLock { $0.append(text) }
        stream.continuation.yield(text)
    }

    var all: [String] { list.withLock { $0 } }

    func wait(for text: String) async {
        if all.contains(text) { return }
        for await happened in stream.stream where happened == text { return }
    }
}

struct SocketFixture: Sendable {
    let happened = Happenings()
    let door = Door()
    let lines = LogLines()
    let registry: SocketRegistry
    var limits = SocketLimits()
    var limiter: RateLimiter?
    var origins = ["https://app.example.org"]

    init(_ quotas: SocketRegistry.Quotas = SocketRegistry.Quotas()) { registry = SocketRegistry(quotas) }

    private var routes: [Route] {
        let (happened, door) = (happened, door)
        return [
            .socket("/ws/echo/", access: .anyone, summary: "Echo") { _ in EchoSession(happened) },
            .socket("/ws/slow/", access: .anyone, summary: "Echo, later") { _ in EchoSession(happened, door: door) },
            .socket("/ws/silent/", access: .anyone, summary: "Nothing") { _ in SilentSession() },
            .socket("/ws/own/{name}/", summary: "Own") { request in
                let caller = try request.requireCaller()
                guard request.parameter("name") != "foreign" else { throw HTTPError.forbidden }
                happened.add("\(caller.email) \(request.parameter("name"))")
                return EchoSession(happened)
            },
            .socket("/ws/staff/", access: .staff, summary: "Staff") { _ in EchoSession(happened) },
            .get("/plain/", access: .anyone, summary: "Plain") { _ in .text("plain") },
        ]
    }

    func serve(tls: TLSContextStore? = nil, _ body: (Int, HTTPServer) async throws -> Void) async throws {
        let dispatcher = try Dispatcher(
            routes: routes, authenticator: TicketAuthenticator(),
            settings: HTTPSettings(HTTPSettings.Values(allowedOrigins: origins)), log: Log(format: .json, sink: lines.sink),
            random: SeededRandom(), limiter: limiter, sockets: registry, socketLimits: limits)
        let server = HTTPServer(configuration: HTTPServerConfiguration(port: 0), dispatcher: dispatcher, tls: tls)
        let port = try await server.start()
        do {
            try await body(port, server)
        } catch {
            await server.stop(drainSeconds: 0)
            throw error
        }
        await server.stop(drainSeconds: 0)
    }
}

/// Knows the tokens of `FakeAuthenticator`, and one ticket.
private struct TicketAuthenticator: Authenticator {
    func caller(ofToken token: String) throws -> Caller { try FakeAuthenticator().caller(ofToken: token) }

    func caller(ofTicket ticket: String, for request: HTTPRequest) async throws -> Caller {
        guard ticket == "good-ticket" else { throw HTTPError.tokenNotValid(.invalid) }
        return FakeAuthenticator.caller(3)
    }
}
