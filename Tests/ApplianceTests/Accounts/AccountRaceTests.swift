import Platform
import TestSupport
import Testing

@testable import Appliance

/// What happens to an account between the check of a password and the write that follows: the pool is held,
/// so that the login stands exactly there while the test changes the account.
@Suite struct AccountRaceTests {
    private static let oneWorker = "[auth]\npassword_hash_workers = 1\n"

    /// Logs in, lets `change` happen once the login waits for its hash, and gives the answer's status.
    private static func login(_ server: TestAppliance, during change: () async throws -> Void) async throws -> Int {
        let hold = try await AccountsPoolHold.take(server.appliance.core.hashPool)
        let status = try await hold.queue { (try? await server.login("ada@example.org").status) ?? 0 }
        try await change()
        try await hold.release()
        return await status.value
    }

    @Test("An account that is closed while its password is checked is not logged in")
    func closedDuringLogin() async throws {
        try await TestAppliance.run(settings: Self.oneWorker) { server in
            _ = try await server.register()
            let status = try await Self.login(server) {
                _ = try await server.command("admin.disable", [("email", "ada@example.org")])
            }
            #expect(status == 401)
            #expect(try server.database.read { try $0.int("SELECT count(*) FROM logins WHERE ended_at IS NULL") } == 0)
        }
    }

    @Test("An account that is deleted while its password is checked is not logged in")
    func deletedDuringLogin() async throws {
        try await TestAppliance.run(settings: Self.oneWorker) { server in
            _ = try await server.register()
            let status = try await Self.login(server) {
                try await server.database.write { _ = try $0.execute("DELETE FROM accounts") }
            }
            #expect(status == 401)
        }
    }
}
