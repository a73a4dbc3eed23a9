import Platform
import TestSupport
import Testing

@testable import Appliance

/// What happens to an invitation between the look at its code and the write that uses it: the pool is held, so that
/// every registration has found the code good and waits for its password's hash.
@Suite struct InvitationRaceTests {
    private static let oneWorker = "password_hash_workers = 1\n"

    /// Registers `count` guests with the code, lets `change` happen once all of them wait, and gives their statuses.
    private static func register(
        _ count: Int, _ server: TestAppliance, code: String, during change: () async throws -> Void = {}
    ) async throws -> [Int] {
        let hold = try await AccountsPoolHold.take(server.appliance.core.hashPool)
        var waiting: [Task<Int, Never>] = []
        for number in 0..<count {
            waiting.append(
                try await hold.queue { (try? await server.tryToRegister("guest\(number)@example.org", code: code).status) ?? 0 })
        }
        try await change()
        try await hold.release()
        var statuses: [Int] = []
        for task in waiting { statuses.append(await task.value) }
        return statuses.sorted()
    }

    @Test("Of many whose code was found good at the same moment, as many are let in as it has uses", arguments: [1, 3])
    func together(uses: Int) async throws {
        try await TestAppliance.run(settings: TestAppliance.byInvitation + Self.oneWorker) { server in
            let (code, id) = try await server.invite([("uses", .integer(uses))])
            let statuses = try await Self.register(10, server, code: code)
            #expect(statuses == [Int](repeating: 201, count: uses) + [Int](repeating: 400, count: 10 - uses))
            for table in ["accounts", "profiles", "logins"] { #expect(try server.rows(in: table) == uses, "\(table)") }
            let seen = try await server.invitation(id)
            #expect(seen?["uses_left"] == 0 && seen?["state"] == "used")
        }
    }

    @Test("Of many who register freely at once, as many are let in as the code has uses, and the others hear why not")
    func free() async throws {
        try await TestAppliance.run(settings: TestAppliance.byInvitation) { server in
            let (code, _) = try await server.invite([("uses", 4)])
            let answers = try await withThrowingTaskGroup(of: TestResponse.self) { group in
                for number in 0..<16 {
                    group.addTask { try await server.tryToRegister("guest\(number)@example.org", code: code) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0.status == 201 }.count == 4)
            for answer in answers where answer.status != 201 { expectNotInvited(answer) }
            #expect(try server.rows(in: "accounts") == 4)
        }
    }

    @Test("A code that is revoked while the password is hashed lets nobody in")
    func revoked() async throws {
        try await TestAppliance.run(settings: TestAppliance.byInvitation + Self.oneWorker) { server in
            let (code, id) = try await server.invite([("uses", 5)])
            let statuses = try await Self.register(2, server, code: code) {
                _ = try await server.command("admin.revoke-invite", [("id", .string(id))])
            }
            #expect(statuses == [400, 400])
            #expect(try server.rows(in: "accounts") == 0)
            #expect(try await server.invitation(id)?["uses_left"] == 5)
        }
    }

    @Test("While registration is open, a code that others use up meanwhile keeps nobody out")
    func open() async throws {
        try await TestAppliance.run(settings: "[auth]\n" + Self.oneWorker) { server in
            let (code, id) = try await server.invite()
            #expect(try await Self.register(3, server, code: code) == [201, 201, 201])
            #expect(try await server.invitation(id)?["state"] == "used")
        }
    }
}
