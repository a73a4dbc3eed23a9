import Synchronization

@testable import Platform

/// Knows a few tokens by name.
struct FakeAuthenticator: Authenticator {
    static func caller(_ row: Int64, isStaff: Bool = false) -> Caller {
        let random = SeededRandom(UInt64(row))
        let id = Identifier(v7: Timestamp(seconds: 1_700_000_000), random: random)
        return Caller(accountRowID: row, accountID: id, loginID: id, isStaff: isStaff, email: "user\(row)@example.org")
    }

    func caller(ofToken token: String) throws -> Caller {
        switch token {
        case "user": return Self.caller(1)
        case "other": return Self.caller(2)
        case "staff": return Self.caller(9, isStaff: true)
        case "expired": throw HTTPError.tokenNotValid(.expired)
        case "refresh": throw HTTPError.tokenNotValid(.wrongType)
        case "gone": throw HTTPError.userNotFound
        case "inactive": throw HTTPError.userInactive
        default: throw HTTPError.tokenNotValid(.invalid)
        }
    }
}

/// Keeps idempotency keys in memory.
final class MemoryIdempotency: IdempotencyStore {
    private enum Entry {
        case running([UInt8])
        case done([UInt8], HTTPAnswer)
    }

    struct Failure: Error {}

    private let entries = Mutex<[String: Entry]>([:])
    private let failsToFinish: Bool

    init(failsToFinish: Bool = false) { self.failsToFinish = failsToFinish }

    private func name(_ scope: IdempotencyScope) -> String { "\(scope.callerRowID) \(scope.operation) \(scope.key)" }

    func begin(_ scope: IdempotencyScope) async throws -> IdempotencyState {
        entries.withLock { entries in
            switch entries[name(scope)] {
            case nil:
                entries[name(scope)] = .running(scope.bodyHash)
                return .fresh
            case .running(let hash): return hash == scope.bodyHash ? .inProgress : .conflict
            case .done(let hash, let answer): return hash == scope.bodyHash ? .replay(answer) : .conflict
            }
        }
    }

    func finish(_ scope: IdempotencyScope, answer: HTTPAnswer) async throws {
        if failsToFinish { throw Failure() }
        entries.withLock { $0[name(scope)] = .done(scope.bodyHash, answer) }
    }

    func abandon(_ scope: IdempotencyScope) async throws {
        entries.withLock { $0[name(scope)] = nil }
    }
}

/// A door that a route waits at until the test opens it, and that tells when somebody waits.
final class Door: Sendable {
    private let arrivals = AsyncStream.makeStream(of: Void.self)
    private let opening = AsyncStream.makeStream(of: Void.self)

    func wait() async {
        arrivals.continuation.yield()
        for await _ in opening.stream { return }
    }

    func untilSomebodyWaits() async {
        for await _ in arrivals.stream { return }
    }

    func open() {
        opening.continuation.yield()
    }
}

/// Collects what is logged.
final class LogLines: Sendable {
    private let bytes = Mutex<[[UInt8]]>([])

    var sink: Log.Sink {
        { line in self.bytes.withLock { $0.append(line) } }
    }

    var lines: [String] { bytes.withLock { $0.map { String(decoding: $0, as: UTF8.self) } } }
}

struct HTTPFixture: Sendable {
    struct Secret: Error { let text = "the password is swordfish" }

    let door = Door()
    let count = Counter()
    let lines = LogLines()
    let settings = HTTPSettings(
        HTTPSettings.Values(
            allowedOrigins: ["https://app.example.org"], trustedProxies: [CIDR("127.0.0.0/8"), CIDR("10.0.0.0/8")].compactMap(\.self)))
    var limits = HTTPLimits()
    var store: any IdempotencyStore = MemoryIdempotency()
    var limiter: RateLimiter?

    /// Counts how often a route has run.
    final class Counter: Sendable {
        private let value = Atomic(0)
        func next() -> Int { value.add(1, ordering: .relaxed).newValue }
        var now: Int { value.load(ordering: .relaxed) }
    }

    private static func ok(_ pairs: [(String, String)] = [("ok", "yes")]) -> HTTPAnswer {
        .json { writer in writer.object { writer in for (name, value) in pairs { writer.field(name, value) } } }
    }

    var routes: [Route] {
        let door = door
        let count = count
        return [
            .get("/api/v1/public/", access: .anyone, summary: "Public") { _ in Self.ok() },
            .get("/api/v1/checked/", access: .anyoneChecked, summary: "Checked") { Self.ok([("caller", $0.caller?.email ?? "nobody")]) },
            .get("/api/v1/things/", summary: "Thing list") { _ in Self.ok() },
            .post("/api/v1/things/", summary: "Add a thing") { request in try .json(201) { writer in writer.value(try request.json()) } },
            .get("/api/v1/things/special/", summary: "Special") { _ in Self.ok([("which", "special")]) },
            .get("/api/v1/things/{id}/", summary: "Thing") { Self.ok([("id", $0.parameters["id"] ?? "?")]) },
            .patch("/api/v1/things/{thing}/", summary: "Change") { Self.ok([("thing", $0.parameters["thing"] ?? "?")]) },
            .delete("/api/v1/things/{id}/", summary: "Delete") { _ in .empty() },
            .post("/api/v1/things/{id}/save/", summary: "Save") { Self.ok([("saved", $0.parameters["id"] ?? "?")]) },
            .get("/api/v1/admin/", access: .staff, summary: "Admin") { Self.ok([("staff", try $0.requireCaller().email)]) },
            .post("/api/v1/login/", access: .anyone, summary: "Login") { _ in throw HTTPError.userInactive },
            .post("/api/v1/upload/", access: .anyone, body: .multipart, summary: "Upload") { request in
                guard let file = try request.file("resume") else { return .json(400) { $0.field(["resume": "none"]) } }
                return .json(202) { $0.field(["name": file.filename, "size": String(file.bytes.count)]) }
            },
            .post("/api/v1/send/", idempotent: true, summary: "Send") { request in
                let number = count.next()
                if try request.json()["fail"] != nil { throw HTTPError.unavailable(retryAfter: 7) }
                if try request.json()["reject"] != nil { return .json(400) { $0.field(["number": String(number)]) } }
                if try request.json()["wait"] != nil { await door.wait() }
                return .json { $0.field(["number": String(number)]) }
            },
            .post("/api/v1/echo/", access: .anyone, summary: "Echo") { request in try .json { writer in writer.value(try request.json()) }
            },
            .get("/api/v1/boom/", access: .anyone, summary: "Boom") { _ in throw Secret() },
            .get("/api/v1/slow/", access: .anyone, summary: "Slow") { _ in
                await door.wait()
                return Self.ok()
            },
            .get("/api/v1/where/", access: .anyone, summary: "Where") {
                Self.ok([("client", $0.clientAddress), ("url", $0.absoluteURL($0.path)), ("q", $0.queryAll("q").joined(separator: "|"))])
            },
            .get("/api/v1/header/", access: .anyone, summary: "Header") { _ in
                Self.ok().with("X-Split", "a\r\nX-Injected: yes").with("Cache-Control", "max-age=60")
            },
            .get("/api/v1/big/", access: .anyone, summary: "Big") { _ in
                .bytes([UInt8](repeating: 120, count: 3_000_000), type: "application/json")
            },
            .get("/metrics", access: .anyone, summary: "Metrics", produces: ["text/plain"]) { _ in .text("up 1\n") },
            .get("/api/v1/list/", access: .anyone, summary: "List") { request in
                try Page(request, size: .sessions).envelope(request, count: 45) { $0.int(1) }
            },
        ]
    }

    func dispatcher() throws -> Dispatcher {
        try Dispatcher(
            routes: routes, authenticator: FakeAuthenticator(), settings: settings, log: Log(format: .json, sink: lines.sink),
            random: SeededRandom(), idempotency: store, limiter: limiter)
    }

    /// Runs a test against a server of its own, over TLS if there are contexts for it.
    func serve(tls: TLSContextStore? = nil, _ body: (Int, HTTPServer) async throws -> Void) async throws {
        let server = HTTPServer(configuration: HTTPServerConfiguration(port: 0, limits: limits), dispatcher: try dispatcher(), tls: tls)
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

extension JSONWriter {
    /// A whole object of texts, sorted by name.
    fileprivate mutating func field(_ texts: [String: String]) {
        object { writer in
            for (name, value) in texts.sorted(by: { $0.key < $1.key }) { writer.field(name, value) }
        }
    }
}
