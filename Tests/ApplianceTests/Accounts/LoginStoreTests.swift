import Platform
import TestSupport
import Testing

@testable import Appliance

@Suite struct LoginStoreTests {
    /// Starts logins of the one account there is.
    private static func start(_ count: Int, on server: TestAppliance) async throws -> Account {
        let tokens = try await server.tokens()
        let account = try #require(try server.database.read { try AccountStore.account(email: "ada@example.org", in: $0) })
        try await server.database.write { transaction in
            for _ in 0..<count {
                _ = try tokens.startLogin(of: account, client: LoginClient(address: "-", userAgent: ""), in: transaction)
            }
        }
        return account
    }

    private static func count(_ server: TestAppliance) throws -> Int64 {
        try server.database.read { try $0.int("SELECT count(*) FROM logins") }
    }

    @Test("A new login clears away those that have expired, fifty at a time, and only those")
    func stale() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            _ = try await Self.start(59, on: server)
            server.clock.advance(seconds: 6 * 86_400)
            _ = try await server.refresh(user.refresh)
            #expect(try Self.count(server) == 60)
            server.clock.advance(seconds: 2 * 86_400)
            _ = try await Self.start(1, on: server)
            #expect(try Self.count(server) == 11, "fifty of the sixty are gone, and one has come")
            _ = try await Self.start(1, on: server)
            #expect(try Self.count(server) == 3, "the one that was refreshed stays")
        }
    }

    @Test("An ended login stays in the table until its tokens have expired, so that they are known to be dead")
    func ended() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            _ = try await user.post("/api/v1/auth/logout/", "{}")
            _ = try await Self.start(1, on: server)
            #expect(try Self.count(server) == 2)
            server.clock.advance(seconds: 8 * 86_400)
            _ = try await Self.start(1, on: server)
            #expect(try Self.count(server) == 1)
        }
    }

    @Test("No more than two hundred logins are listed, the last used first")
    func listLimit() async throws {
        try await TestAppliance.run { server in
            _ = try await server.register()
            let account = try await Self.start(LoginStore.listLimit + 5, on: server)
            let logins = try server.database.read { try LoginStore.list(of: account.owner, at: server.clock.now(), in: $0) }
            #expect(logins.count == LoginStore.listLimit)
            #expect(zip(logins, logins.dropFirst()).allSatisfy { $0.lastUsedAt >= $1.lastUsedAt })
        }
    }

    @Test("A login ends once, for its owner alone, and the table says why")
    func endOnce() async throws {
        try await TestAppliance.run { server in
            let (ada, eve) = (try await server.register(), try await server.register("eve@example.org"))
            let tokens = try await server.tokens()
            let login = try tokens.claims(of: ada.access).loginID
            let owners = try server.database.read { reader in
                try [ada, eve].compactMap { try AccountStore.account(email: $0.email, in: reader)?.owner }
            }
            let ends = try await server.database.write { transaction in
                try [owners[1], owners[0], owners[0]].map { try LoginStore.end(login, of: $0, because: .logout, in: transaction) }
            }
            #expect(ends == [false, true, false])
            try await server.database.write { try LoginStore.endAll(of: owners[0], because: .passwordChanged, in: $0) }
            #expect(
                try server.database.read { try $0.first("SELECT ended_because FROM logins ORDER BY rid") { try $0.text(0) } } == "logout")
        }
    }
}
