import Platform
import Testing

@testable import Appliance

/// How SQLite means to run the statements: by an index, in its order, and never through the table.
@Suite struct NotificationPlanTests {
    private func plans(_ statements: [String]) async throws -> [[String]] {
        var plans: [[String]] = []
        try await AccountsFixture.run { fixture in
            plans = try fixture.database.read { reader in
                try statements.map { statement in
                    let arguments: [(any SQLBindable)?] = [nil, nil, nil, nil]
                    return try reader.rows("EXPLAIN QUERY PLAN \(statement)", arguments: arguments) { try $0.text(3) }
                }
            }
        }
        return plans
    }

    @Test("Lists and counts with every filter come from an index that gives their order")
    func lists() async throws {
        let filters =
            [NotificationFilter(), NotificationFilter(unreadOnly: true)]
            + [false, true].map { NotificationFilter(unreadOnly: $0, kind: .reminder) }
        let indexes = ["notifications_by_account", "notifications_unread", "notifications_by_kind", "notifications_by_kind"]
        for sql in [NotificationStore.listSQL, NotificationStore.countSQL] {
            for (plan, index) in zip(try await plans(filters.map(sql)), indexes) {
                #expect(plan.count == 1 && plan.first?.hasPrefix("SEARCH notifications USING") == true, "\(plan)")
                #expect(plan.first?.contains(index) == true, "\(plan)")
            }
        }
    }

    @Test("Making room, marking all, cleaning, statistics and figures find their rows by an index")
    func others() async throws {
        let statements = [
            NotificationStore.deletingOldestRead, NotificationStore.deletingOldest, NotificationStore.markingAllRead,
            NotificationStore.cleaning, DigestStore.waiting, DigestStore.cleaning, NotificationStore.kindStatistics,
            NotificationStore.dayStatistics, ChatStore.countingActivity,
        ]
        for (statement, plan) in zip(statements, try await plans(statements)) {
            #expect(!plan.isEmpty && plan.contains { $0.hasPrefix("SEARCH") }, "\(statement): \(plan)")
            #expect(!plan.contains { $0.hasPrefix("SCAN") || $0.contains("FOR ORDER BY") }, "\(statement): \(plan)")
        }
    }
}
