import Platform
import TestSupport
import Testing

@testable import Appliance

/// How the database finds applications: by an index, in its order, and never through the whole table.
@Suite("Plans of the queries over applications")
struct ApplicationPlanTests {
    private static let byAccount = "SEARCH applications USING COVERING INDEX applications_by_account (account_rid=?"
    private static let byStatus = "SEARCH applications USING COVERING INDEX applications_by_status (account_rid=? AND status=?"

    private func plan(_ reader: Reader, _ sql: String, _ arguments: [(any SQLBindable)?]) throws -> [String] {
        try reader.rows("EXPLAIN QUERY PLAN " + sql, arguments: arguments) { try $0.text(3) }
    }

    private func withReader(_ body: @escaping (Reader, Owner) throws -> Void) async throws {
        try await TestAppliance.run { server in
            let owner = try server.applicant(try await server.register()).owner
            try server.database.read { try body($0, owner) }
        }
    }

    private func expectIndexed(_ plan: [String], _ what: String) {
        #expect(!plan.isEmpty && plan.allSatisfy { $0.hasPrefix("SEARCH ") && !$0.contains("SCAN") }, "\(what): \(plan)")
    }

    @Test("Lists by an account, by a status and by the time of creation read one index for the count and one for the page")
    func lists() async throws {
        try await withReader { reader, owner in
            let now = Timestamp(seconds: 1_800_000_000)
            var filters: [(ApplicationFilter, String)] = []
            func add(_ index: String, _ change: (inout ApplicationFilter) -> Void) {
                var filter = ApplicationFilter()
                change(&filter)
                filters.append((filter, index))
            }
            add(Self.byAccount + ")") { _ in }
            add(Self.byStatus + ")") { $0.status = "pending" }
            add("SEARCH applications USING COVERING INDEX applications_by_user_status (account_rid=? AND user_defined_status=?)") {
                $0.userDefinedStatus = "applied"
            }
            add(Self.byAccount + " AND created_at>? AND created_at<?)") { ($0.createdAfter, $0.createdBefore) = (now, now) }
            add(Self.byAccount + " AND created_at>?)") { $0.createdAfter = now }
            add(Self.byStatus + " AND created_at<?)") { ($0.status, $0.createdBefore) = ("pending", now) }
            for (filter, index) in filters {
                #expect(filter.isByIndex)
                let count = ApplicationStore.countQuery(filter, of: owner)
                let counting = try plan(reader, count.sql, count.arguments)
                #expect(counting == [index])
                let page = ApplicationStore.pageQuery(filter, of: owner, limit: 20, offset: 40)
                let paging = try plan(reader, page.sql, page.arguments)
                #expect(paging == [index])
            }
        }
    }

    @Test("Every other list goes over the account's rows alone, in the order of an index", arguments: 0..<6)
    func scans(number: Int) async throws {
        try await withReader { reader, owner in
            var filter = ApplicationFilter()
            switch number {
            case 0: filter.appliedAfter = Timestamp(seconds: 1)
            case 1: filter.followUpBefore = Timestamp(seconds: 1)
            case 2: filter.company = "x"
            case 3: filter.words = ["x"]
            case 4: (filter.status, filter.userDefinedStatus) = ("pending", "applied")
            default: (filter.status, filter.words, filter.appliedBefore) = ("pending", ["x"], Timestamp(seconds: 1))
            }
            #expect(!filter.isByIndex)
            let query = ApplicationStore.allQuery(filter, of: owner)
            let steps = try plan(reader, query.sql, query.arguments)
            expectIndexed(steps, query.sql)
            #expect(steps.first?.hasPrefix("SEARCH applications USING INDEX applications_by_") == true)
            #expect(steps.first?.contains("(account_rid=?") == true)
            #expect(steps.dropFirst().allSatisfy { $0 == "SEARCH jobs USING INTEGER PRIMARY KEY (rowid=?)" })
        }
    }

    @Test("Single rows, slices, histories and the day's orders are found by an index too")
    func points() async throws {
        try await withReader { reader, owner in
            let queries = [
                ApplicationStore.byID, ApplicationStore.byRow, ApplicationStore.byJob, ApplicationStore.inSlices,
                ApplicationStore.eventQuery, AutoApplyStore.countQuery,
                "SELECT count(*) FROM application_events WHERE application_rid = $1",
                "SELECT job_rid FROM applications WHERE account_rid = $1",
                "SELECT status, count(*) FROM applications WHERE account_rid = $1 GROUP BY status",
                // What the schema's own cascades look for.
                "SELECT rid FROM applications WHERE job_rid = $1", "SELECT rid FROM application_events WHERE actor_rid = $1",
                "SELECT rid FROM auto_apply_orders WHERE account_rid = $1",
            ]
            for sql in queries {
                // A plan is made without the values.
                expectIndexed(try plan(reader, sql, [owner.rowID, nil, nil]), sql)
            }
        }
    }
}
