import Platform
import TestSupport
import Testing

@testable import Appliance

extension TestAppliance {
    /// Runs a schedule as `jobraker schedule run` does, and gives what came of it, once it has come.
    func run(_ name: ScheduleName) async throws -> JSONValue {
        let ordered = try await command("schedule.run", [("name", .string(name.rawValue))])
        let task = try #require(ordered["task_id"])
        #expect(ordered["is_running"] == true)
        var outcome = JSONValue.null
        let isOver = try await eventually {
            outcome = try await command("schedule.outcome", [("task_id", task)])
            return outcome["is_final"] == true
        }
        #expect(isOver, "\(name.rawValue): \(outcome.jsonText)")
        return outcome
    }

    /// The same for one that must succeed: its result.
    func result(_ name: ScheduleName) async throws -> JSONValue {
        let outcome = try await run(name)
        #expect(outcome["outcome"] == "done", "\(name.rawValue): \(outcome.jsonText)")
        return outcome["result"] ?? .null
    }

    /// What `jobraker schedule list` says of one.
    func listed(_ name: ScheduleName) async throws -> JSONValue {
        let list = try await command("schedule.list").array ?? []
        return list.first { $0["name"]?.string == name.rawValue } ?? .null
    }

    /// The titles of an account's notifications of a kind, the oldest first.
    func told(_ kind: Notification.Kind, _ email: String = "ada@example.org") throws -> [String] {
        guard let owner = try database.accountOwner(email) else { throw HarnessError(message: "\(email) has no account") }
        return try database.read { reader in
            try reader.rows(
                "SELECT title FROM notifications WHERE account_rid = $1 AND kind = $2 ORDER BY rid", owner.rowID, kind.rawValue
            ) { try $0.text(0) }
        }
    }

    func change(_ sql: String, _ arguments: any SQLBindable...) async throws {
        let list: [(any SQLBindable)?] = arguments.map { $0 }
        try await database.write { _ = try $0.execute(sql, arguments: list) }
    }
}
