import Platform
import TestSupport
import Testing

@testable import Appliance

@Suite struct ModerationStoreTests {
    private static func owner(_ email: String, _ server: TestAppliance) async throws -> Owner {
        _ = try await server.register(email)
        let account = try #require(try server.database.read { try AccountStore.account(email: email, in: $0) })
        return .ofWork(accountRowID: account.rowID)
    }

    @Test("Violations are counted for each account, since a moment, and in total by whose text it was")
    func counts() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await Self.owner("ada@example.org", server), try await Self.owner("eve@example.org", server))
            let database = server.database
            let start = server.clock.now()
            try await database.write { try ModerationStore.add(.input, categories: ["violence", "a\"b"], of: ada, in: $0) }
            server.clock.advance(seconds: 3600)
            let later = server.clock.now()
            try await database.write { try ModerationStore.add(.output, categories: [], of: ada, in: $0) }
            try await database.write { try ModerationStore.add(.input, categories: ["hate"], of: eve, in: $0) }
            try database.read { reader in
                #expect(try ModerationStore.count(of: ada, since: start, in: reader) == 2)
                #expect(try ModerationStore.count(of: ada, since: later, in: reader) == 1)
                #expect(try ModerationStore.count(of: eve, since: start, in: reader) == 1)
                #expect(try ModerationStore.count(of: eve, since: server.clock.now().adding(seconds: 60), in: reader) == 0)
                #expect(try ModerationStore.totals(in: reader) == [.input: 2, .output: 1])
                let kept = try reader.rows("SELECT categories FROM moderation_violations ORDER BY rid") { try $0.text(0) }
                #expect(kept == [#"["violence","a\"b"]"#, "[]", #"["hate"]"#])
            }
        }
    }

    @Test("Of an account's violations the newest thousand are kept, and nobody else's go")
    func bounded() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await Self.owner("ada@example.org", server), try await Self.owner("eve@example.org", server))
            let kept = ModerationStore.keptPerAccount
            try await server.database.write { try ModerationStore.add(.input, categories: ["hate"], of: eve, in: $0) }
            try await server.database.write { transaction in
                for number in 0..<(kept - 1) {
                    _ = try transaction.execute(
                        "INSERT INTO moderation_violations (account_rid, direction, categories, created_at) VALUES ($1, 'input', $2, $3)",
                        ada.rowID, "[\"n\(number)\"]", transaction.now)
                }
            }
            for number in 0..<3 {
                try await server.database.write { try ModerationStore.add(.input, categories: ["m\(number)"], of: ada, in: $0) }
            }
            #expect(try await server.count("SELECT count(*) FROM moderation_violations WHERE account_rid = \(ada.rowID)") == Int64(kept))
            let ends = try server.database.read { reader in
                try ["", "DESC"].map { order in
                    try reader.first(
                        "SELECT categories FROM moderation_violations WHERE account_rid = $1 ORDER BY rid \(order)", ada.rowID
                    ) { try $0.text(0) }
                }
            }
            #expect(ends == [#"["n2"]"#, #"["m2"]"#])
            #expect(
                try server.database.read { try ModerationStore.count(of: eve, since: Timestamp(microseconds: 0), in: $0) } == 1)
        }
    }

    @Test("An account's violations go with the account")
    func cascade() async throws {
        try await TestAppliance.run { server in
            let ada = try await Self.owner("ada@example.org", server)
            try await server.database.write { try ModerationStore.add(.input, categories: ["hate"], of: ada, in: $0) }
            try await server.database.write { _ = try $0.execute("DELETE FROM accounts WHERE rid = $1", ada.rowID) }
            #expect(try await server.count("SELECT count(*) FROM moderation_violations") == 0)
        }
    }
}
