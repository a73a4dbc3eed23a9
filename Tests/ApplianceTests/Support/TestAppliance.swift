import Platform
import Synchronization
import TestSupport

@testable import Appliance

/// The system's clock, moved: so that a test can let an hour pass.
final class ShiftedClock: PlatformClock {
    private let shift: Mutex<Int> = Mutex(0)

    func now() -> Timestamp { SystemClock().now().adding(seconds: shift.withLock { $0 }) }
    func sleep(microseconds: Int64) async throws { try await SystemClock().sleep(microseconds: microseconds) }
    func advance(seconds: Int) { shift.withLock { $0 += seconds } }
}

/// A real appliance on a real port with a real file, inside the test's process.
final class TestAppliance: Sendable {
    let appliance: Appliance
    private let given: any PlatformClock
    let directory: TemporaryDirectory
    let logged: LogSink

    var port: Int { appliance.ports[0] }

    /// The rows of the route table that are asked for by requests; the others speak WebSocket.
    var requestRoutes: [Route] { appliance.routes.filter { $0.socket == nil } }

    /// The moved clock of a test that did not bring its own.
    var clock: ShiftedClock { given as? ShiftedClock ?? ShiftedClock() }

    private init(appliance: Appliance, clock: any PlatformClock, directory: TemporaryDirectory, logged: LogSink) {
        self.appliance = appliance
        given = clock
        self.directory = directory
        self.logged = logged
    }

    /// Starts an appliance, runs `body`, and stops it whatever happens.
    /// `settings` is more TOML, tables and all; `change` is for what a test puts in the place of the world.
    static func run<T>(
        settings: String = "", in directory: TemporaryDirectory? = nil, clock: any PlatformClock = ShiftedClock(),
        world change: (inout Appliance.World) -> Void = { _ in }, _ body: (TestAppliance) async throws -> T
    ) async throws -> T {
        let directory = try directory ?? TemporaryDirectory()
        let started = try await start(settings: settings, in: directory, clock: clock, world: change)
        do {
            let value = try await body(started)
            await started.appliance.stop()
            return value
        } catch {
            await started.appliance.stop()
            throw error
        }
    }

    static func start(
        settings: String, in directory: TemporaryDirectory, clock: any PlatformClock = ShiftedClock(),
        world change: (inout Appliance.World) -> Void = { _ in }
    ) async throws -> TestAppliance {
        let logged = LogSink()
        var world = Appliance.World()
        world.clock = clock
        world.hashing = .test
        world.log = Log(level: .info, format: .json, clock: clock) { logged.add($0) }
        world.storage.readBudgetMilliseconds = 5000
        change(&world)
        let appliance = try await Appliance.start(try configuration(settings, in: directory), world: world)
        return TestAppliance(appliance: appliance, clock: clock, directory: directory, logged: logged)
    }

    static func configuration(_ settings: String, in directory: TemporaryDirectory) throws -> LoadedConfiguration {
        var text = settings
        if !text.contains("[server]") { text += "\n[server]\nlisten = [\"127.0.0.1:0\"]\n" }
        if !text.contains("[storage]") { text += "\n[storage]\ndirectory = \"\(directory.path)/data\"\n" }
        // Most tests make more requests from one address than a person does.
        if !text.contains("[limits]") { text += "\n[limits]\nenabled = false\n" }
        // A test that crosses a quarter of an hour would otherwise find work that it has not ordered.
        if !text.contains("[schedule]") { text += "\n[schedule]\nenabled = false\n" }
        let path = directory.path + "/config.toml"
        try directory.write(text, to: "config.toml")
        return try Configuration.load(path: path, environment: [:])
    }

    // MARK: Requests

    /// One request on a connection of its own; `body` is JSON text.
    func request(
        _ method: String, _ path: String, token: String? = nil, body: String? = nil, headers: [(String, String)] = []
    ) async throws -> TestResponse {
        var all = headers
        if let token { all.append(("Authorization", "Bearer \(token)")) }
        if body != nil && !headers.contains(where: { $0.0 == "Content-Type" }) { all.append(("Content-Type", "application/json")) }
        let client = try TestClient(port: port, timeoutMilliseconds: 20_000)
        return try await client.request(method, path, headers: all, body: body.map { Array($0.utf8) })
    }

    func register(_ email: String = "ada@example.org", password: String = "correct horse 7") async throws -> TestUser {
        let answer = try await request(
            "POST", "/api/v1/auth/register/",
            body: #"{"email":"\#(email)","password":"\#(password)","password_confirm":"\#(password)","first_name":"Ada","last_name":"L"}"#)
        guard answer.status == 201, let access = answer.json["access"]?.string, let refresh = answer.json["refresh"]?.string,
            let id = answer.json["user_id"]?.string
        else { throw HarnessError(message: "register: \(answer.status) \(answer.text)") }
        return TestUser(server: self, id: id, email: email, password: password, access: access, refresh: refresh)
    }

    /// A member of the staff, made as the operator makes one.
    func staff(_ email: String = "staff@example.org", password: String = "correct horse 7") async throws -> TestUser {
        _ = try await command("admin.create", [("email", .string(email)), ("staff", .bool(true))], payload: password)
        let answer = try await request("POST", "/api/v1/auth/login/", body: #"{"email":"\#(email)","password":"\#(password)"}"#)
        guard let access = answer.json["access"]?.string, let refresh = answer.json["refresh"]?.string else {
            throw HarnessError(message: "login: \(answer.status) \(answer.text)")
        }
        let me = try await request("GET", "/api/v1/auth/me/", token: access)
        return TestUser(
            server: self, id: me.json["id"]?.string ?? "", email: email, password: password, access: access, refresh: refresh)
    }

    /// Runs a command as the command line does on a running server.
    func command(_ name: String, _ arguments: [(String, JSONValue)] = [], payload: String = "") async throws -> JSONValue {
        let request = ControlRequest(command: name, arguments: .object(JSONObject(arguments)), payload: Array(payload.utf8))
        let path = appliance.core.directory.controlSocketPath
        return try await withCheckedThrowingContinuation { continuation in
            BlockingWork.run { continuation.resume(with: Result { try ControlClient.call(path, request) { _ in } }) }
        }
    }

    func importArticles(_ articles: [(title: String, body: String)]) async throws {
        let files = articles.map { article in
            JSONValue.object(
                JSONObject([
                    ("file", .string(Article.slug(from: article.title) + ".md")),
                    ("text", .string("---\ntitle: \(article.title)\n---\n\(article.body)\n")),
                ]))
        }
        _ = try await command("import.knowledge", payload: String(decoding: JSONValue.array(files).bytes, as: UTF8.self))
    }
}

/// A registered person with tokens.
struct TestUser: Sendable {
    let server: TestAppliance
    let id: String
    let email: String
    let password: String
    let access: String
    let refresh: String

    func get(_ path: String) async throws -> TestResponse { try await server.request("GET", path, token: access) }
    func delete(_ path: String, _ body: String? = nil) async throws -> TestResponse {
        try await server.request("DELETE", path, token: access, body: body)
    }
    func post(_ path: String, _ body: String? = nil, headers: [(String, String)] = []) async throws -> TestResponse {
        try await server.request("POST", path, token: access, body: body, headers: headers)
    }
    func put(_ path: String, _ body: String) async throws -> TestResponse {
        try await server.request("PUT", path, token: access, body: body)
    }
    func patch(_ path: String, _ body: String) async throws -> TestResponse {
        try await server.request("PATCH", path, token: access, body: body)
    }
}

struct HarnessError: Error { let message: String }

/// Collects what the appliance logs.
final class LogSink: Sendable {
    private let lines: Mutex<[String]> = Mutex([])

    func add(_ line: [UInt8]) { lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }

    var text: String { lines.withLock { $0.joined() } }
}

extension TestResponse {
    /// The body as JSON; null where it is none, which then fails the comparison.
    var json: JSONValue { (try? JSONValue.parse(body)) ?? .null }
}
