import Platform
import Testing

@testable import Appliance

/// What the tests of alerts and of recommendations have in common: jobs and accounts without a request.
enum MatchFixture {
    static func job(_ title: String = "Baker", _ change: (inout Job) -> Void = { _ in }) -> Job {
        var job = Job()
        job.title = title
        job.company = "Loaf"
        job.description = "Bakes bread."
        job.location = "Ulm"
        change(&job)
        return job
    }

    /// Adds jobs in one transaction and returns their ids in the same order.
    @discardableResult
    static func add(_ jobs: [Job], to database: Database) async throws -> [Identifier] {
        try await database.write { transaction in
            try jobs.map { job in
                _ = try JobStore.upsert(job, in: transaction)
                return try transaction.first("SELECT id FROM jobs ORDER BY rid DESC LIMIT 1") { try $0.id(0) }
            }.compactMap { $0 }
        }
    }

    /// Adds an account, which cannot log in.
    static func account(_ email: String = "ada@example.org", in database: Database) async throws -> Account {
        try await database.write { try AccountStore.create(AccountStore.New(email: email, passwordHash: "none"), in: $0) }
    }

    static func alert(
        _ name: String = "Bread", of account: Account, in database: Database,
        _ change: @Sendable @escaping (inout JobAlert) -> Void = { _ in }
    )
        async throws -> JobAlert
    {
        try await database.write { transaction in
            var alert = JobAlert(id: transaction.newIdentifier(), user: account.id, createdAt: transaction.now)
            alert.name = name
            change(&alert)
            return try AlertStore.create(alert, of: account.owner, in: transaction)
        }
    }

    /// How SQLite means to run a statement.
    static func plan(_ sql: String, in database: Database) async throws -> String {
        try await database.scan { reader in
            let none = [(any SQLBindable)?](repeating: nil, count: 20)
            return try reader.rows("EXPLAIN QUERY PLAN " + sql, arguments: none) { try $0.text(3) }.joined(separator: "; ")
        }
    }

    /// An account's notifications of a kind, oldest first: title and data.
    static func notifications(_ kind: Notification.Kind, of account: Account, in database: Database) throws -> [(
        title: String, data: JSONValue
    )] {
        try database.read { reader in
            try reader.rows(
                "SELECT title, data FROM notifications WHERE account_rid = $1 AND kind = $2 ORDER BY rid", account.rowID, kind.rawValue
            ) { (title: try $0.text(0), data: try $0.json(1)) }
        }
    }
}

/// Arbitrary things that a seed determines.
struct MatchDice {
    private let random: SeededRandom

    init(_ seed: UInt64) { random = SeededRandom(seed) }

    func below(_ limit: Int) -> Int { Int(random.bytes(4).reduce(0) { $0 << 8 | UInt64($1) } % UInt64(limit)) }

    func chance(_ one: Int, in all: Int = 4) -> Bool { below(all) < one }

    func pick<Thing>(_ things: [Thing]) -> Thing { things[below(things.count)] }

    /// Few letters, so that parts of texts meet often: of one byte and of several, in both cases.
    func text(upTo length: Int, least: Int = 0) -> String {
        String((0..<(least + below(length - least + 1))).map { _ in pick(Array("abAB éÉßçİ")) })
    }
}
