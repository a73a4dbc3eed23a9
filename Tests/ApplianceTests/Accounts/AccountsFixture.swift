import Platform
import Synchronization
import TestSupport

@testable import Appliance

/// The accounts feature over a real database file and behind the real dispatcher, without a socket.
final class AccountsFixture: Sendable {
    static let password = "walnut-harbour-29"

    /// What a reload of the configuration would change.
    final class Settings: Sendable {
        let registration: Mutex<RegistrationMode> = Mutex(.open)
        let lifetimes = Mutex(Tokens.Lifetimes(accessMinutes: 60, refreshDays: 7))
    }

    let database: Database
    let clock: ManualClock
    let pool: HashPool
    let hasher: PasswordHasher
    let tokens: Tokens
    let tickets: SocketTickets
    let settings: Settings
    private let dispatcher: Dispatcher
    private let directory: TemporaryDirectory

    var admin: AccountAdmin { AccountAdmin(database: database, hashPool: pool, hasher: hasher) }
    var invitations: InvitationAdmin { InvitationAdmin(database: database) }
    var authenticator: AccountAuthenticator { AccountAuthenticator(database: database, tokens: tokens, tickets: tickets) }

    private init(workers: Int, queue: Int, cost: PasswordHasher.Parameters) async throws {
        directory = try TemporaryDirectory()
        clock = ManualClock(Timestamp(seconds: 1_800_000_000))
        var options = Database.Options()
        options.readBudgetMilliseconds = 30_000
        let random = SystemRandom()
        database = try Database(
            directory: DataDirectory(locking: directory.path + "/data"),
            migrations: Schema.migrations, options: options, clock: clock, random: random)
        pool = HashPool(workers: workers, queue: queue)
        hasher = PasswordHasher(parameters: cost, random: random)
        let settings = Settings()
        self.settings = settings
        tickets = SocketTickets(clock: clock, random: random)
        tokens = try await Tokens.open(database: database, clock: clock, random: random) { settings.lifetimes.withLock { $0 } }
        let routes = AccountRoutes(
            database: database, hashPool: pool, hasher: hasher, tokens: tokens, clock: clock, random: random,
            registration: { settings.registration.withLock { $0 } })
        dispatcher = try Dispatcher(
            routes: routes.routes, authenticator: AccountAuthenticator(database: database, tokens: tokens, tickets: tickets),
            settings: HTTPSettings(), log: Log(clock: clock) { _ in }, clock: clock, random: random)
    }

    /// Opens everything, runs `body`, and closes it again whatever happens.
    static func run(
        workers: Int = 2, queue: Int = 16, cost: PasswordHasher.Parameters = .test, _ body: (AccountsFixture) async throws -> Void
    ) async throws {
        let fixture = try await AccountsFixture(workers: workers, queue: queue, cost: cost)
        let result: Result<Void, any Error>
        do { result = .success(try await body(fixture)) } catch { result = .failure(error) }
        let (database, pool) = (fixture.database, fixture.pool)
        // Closing blocks, so it happens off the pool that the tests run on.
        await withCheckedContinuation { continuation in
            BlockingWork.run {
                pool.stop()
                database.close()
                continuation.resume()
            }
        }
        try result.get()
    }

    // MARK: Requests

    struct Answer: Sendable {
        let status: Int
        let text: String
        let headers: [(name: String, value: String)]
        var json: JSONValue { (try? JSONValue.parse(Array(text.utf8))) ?? .null }
        subscript(_ header: String) -> String? { headers.first { $0.name == header }?.value }
    }

    /// One request below `/api/v1/auth/`; `body` is JSON text.
    func call(
        _ method: String, _ path: String, token: String? = nil, _ body: String? = nil, headers: [(String, String)] = []
    ) async -> Answer {
        var all = headers + [("Host", "jobs.example.org")]
        if let token { all.append(("Authorization", "Bearer \(token)")) }
        if body != nil { all.append(("Content-Type", "application/json")) }
        let request = IncomingRequest(
            method: method, target: "/api/v1/auth/" + path, headers: HTTPHeaders(all), body: body.map { Array($0.utf8) } ?? [],
            received: clock.now())
        let answer = await dispatcher.respond(to: request).answer
        return Answer(status: answer.status, text: String(decoding: answer.body, as: UTF8.self), headers: answer.headers)
    }

    struct Person: Sendable {
        let id: String
        let email: String
        let access: String
        let refresh: String
    }

    static func registration(_ email: String, _ password: String = password, confirm: String? = nil) -> String {
        #"{"email":"\#(email)","password":"\#(password)","password_confirm":"\#(confirm ?? password)","first_name":"Ada","last_name":"L"}"#
    }

    func register(_ email: String = "ada@example.org") async throws -> Person {
        let answer = await call("POST", "register/", Self.registration(email))
        return try person(answer, email: email, id: answer.json["user_id"]?.string)
    }

    func login(_ email: String = "ada@example.org", _ password: String = password) async -> Answer {
        await call("POST", "login/", #"{"email":"\#(email)","password":"\#(password)"}"#)
    }

    /// A login that must succeed.
    func enter(_ email: String = "ada@example.org", _ password: String = password) async throws -> Person {
        try person(await login(email, password), email: email, id: nil)
    }

    func refresh(_ token: String) async -> Answer { await call("POST", "refresh/", #"{"refresh":"\#(token)"}"#) }

    func verify(_ token: String) async -> Answer { await call("POST", "verify/", #"{"token":"\#(token)"}"#) }

    private func person(_ answer: Answer, email: String, id: String?) throws -> Person {
        guard let access = answer.json["access"]?.string, let refresh = answer.json["refresh"]?.string else {
            throw Unexpected(answer: answer)
        }
        return Person(id: id ?? "", email: email, access: access, refresh: refresh)
    }

    struct Unexpected: Error { let answer: Answer }

    // MARK: The database

    func credentials(_ email: String = "ada@example.org") throws -> Credentials? {
        try database.read { try AccountStore.credentials(email: email, in: $0) }
    }

    func count(_ table: String) throws -> Int64 { try database.read { try $0.int("SELECT count(*) FROM \(table)") } }

    func execute(_ sql: String, _ arguments: any SQLBindable...) async throws {
        let list: [(any SQLBindable)?] = arguments.map { $0 }
        try await database.write { _ = try $0.execute(sql, arguments: list) }
    }
}

/// The two ways of saying that a token is dead.
enum AccountDeadToken {
    /// In a header.
    static func header(_ problem: String) -> String {
        #"{"detail":"Given token not valid for any token type","code":"token_not_valid","messages":"#
            + #"[{"token_class":"AccessToken","token_type":"access","message":"\#(problem)"}]}"#
    }

    /// In a body.
    static func body(_ problem: String) -> String { #"{"detail":"\#(problem)","code":"token_not_valid"}"# }
}
