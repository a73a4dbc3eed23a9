import Platform
import Testing

@testable import Appliance

/// What the schedules' work asks of the database.
@Suite("The statements of scheduled work", .timeLimit(.minutes(1)))
struct ScheduleStoreTests {
    @Test("No statement that looks for work walks a table, however many rows there are")
    func plans() async throws {
        try await AccountsFixture.run { fixture in
            func plan(_ sql: String) async throws -> String { try await MatchFixture.plan(sql, in: fixture.database) }
            let followUps = try await plan(ApplicationStore.followUpsDue)
            #expect(followUps.hasPrefix("SEARCH applications USING INDEX applications_unreminded (follow_up_date"), "\(followUps)")
            #expect(!followUps.contains("SCAN") && !followUps.contains("TEMP B-TREE"), "\(followUps)")
            let deadlines = try await plan(JobStore.pastDeadline)
            #expect(
                deadlines.hasPrefix("SEARCH jobs USING COVERING INDEX jobs_by_deadline (status=? AND application_deadline"), "\(deadlines)")
            #expect(!deadlines.contains("TEMP B-TREE"), "\(deadlines)")
            let old = try await plan(JobStore.grownOld)
            #expect(old == "SEARCH jobs USING INDEX jobs_by_status_and_creation (status=? AND created_at<?)")
        }
    }

    @Test("A mark is an account's own, moves, and goes with its account")
    func marks() async throws {
        try await AccountsFixture.run { fixture in
            let (ada, eve) = (
                try await MatchFixture.account(in: fixture.database),
                try await MatchFixture.account("eve@example.org", in: fixture.database)
            )
            func mark(_ account: Account) throws -> Int64? {
                try fixture.database.read { try NotificationMarkStore.mark(.week, of: account.owner, in: $0) }
            }
            for value in [3, 5] as [Int64] {
                try await fixture.database.write { try NotificationMarkStore.set(value, .week, of: ada.owner, in: $0) }
                #expect(try mark(ada) == value && mark(eve) == nil)
            }
            try await fixture.database.write { try AccountStore.delete(ada.owner, in: $0) }
            #expect(try fixture.count("notification_marks") == 0)
        }
    }

    @Test("A walk over the accounts comes to each active one once, and past one that cannot be read")
    func walk() async throws {
        try await AccountsFixture.run { fixture in
            var accounts: [Account] = []
            for number in 0..<7 { accounts.append(try await MatchFixture.account("\(number)@example.org", in: fixture.database)) }
            try await fixture.execute("UPDATE accounts SET is_active = 0 WHERE rid = $1", accounts[2].rowID)
            let broken = accounts[4].id
            let walk = AccountWalk(database: fixture.database, log: Log(clock: fixture.clock) { _ in }, slice: 3)
            let count = try await walk.run { account, transaction in
                if account.id == broken { throw StorageError.unexpectedValue(column: 0) }
                try NotificationMarkStore.set(1, .week, of: account.owner, in: transaction)
                return account.rowID % 2 == 0
            }
            let even = accounts.count { $0.rowID % 2 == 0 && $0.id != accounts[2].id && $0.id != broken }
            #expect(count == AccountWalk.Count(accounts: 6, told: even, failures: 1))
            #expect(try fixture.count("notification_marks") == 5)
        }
    }

    @Test("A part of the server that was never looked at is news only when it is not well; then each change is")
    func findings() async throws {
        try await AccountsFixture.run { fixture in
            func note(_ isWell: Bool) async throws -> Int {
                try await fixture.database.write {
                    try HealthFindingStore.note([HealthFinding(name: "disk", isWell: isWell, detail: "x")], in: $0).count
                }
            }
            var news: [Int] = []
            for isWell in [true, true, false, false, true, true] { news.append(try await note(isWell)) }
            #expect(news == [0, 0, 1, 0, 1, 0])
            try await fixture.execute("DELETE FROM health_findings")
            #expect(try await note(false) == 1)
        }
    }
}
