import Platform
import Testing

@testable import Appliance

/// How SQLite carries out the lists: by an index that also gives the order, and never by sorting. Filters that fit no
/// index are no matter of SQLite's; see `JobRowsTests`.
@Suite struct JobListPlanTests {
    private static func plan(
        _ fixture: JobFixture, _ filter: JobFilter, _ order: JobOrder = .date, select: String = "SELECT jobs_folded.rid FROM jobs_folded",
        then sorting: String = ""
    ) throws -> [String] {
        let conditions = JobConditions(filter, order: order)
        return try fixture.plan(select + conditions.sql + sorting, conditions.arguments)
    }

    private static let byDate = " ORDER BY posted_key DESC, created_at DESC, rid DESC LIMIT 20 OFFSET 40"
    private static let byDateFromTheEnd = " ORDER BY posted_key, created_at, rid LIMIT 20 OFFSET 40"
    private static let byPay = " ORDER BY pay_key DESC, posted_key DESC, created_at DESC, rid DESC LIMIT 20"

    static let equal: [(JobFilter, String)] = [
        (JobFilter(jobType: "contract"), "jobs_folded_by_type (job_type=?)"),
        (JobFilter(experienceLevel: "mid"), "jobs_folded_by_level (experience_level=?)"),
        (JobFilter(isRemote: true), "jobs_folded_by_remote (is_remote=?)"),
        (JobFilter(status: "active"), "jobs_folded_by_status (status=?)"),
        (JobFilter(jobType: "contract", experienceLevel: "mid", isRemote: false, status: "active"), "jobs_folded_by_type (job_type=?)"),
        (JobFilter(experienceLevel: "mid", isRemote: false, status: "active"), "jobs_folded_by_level (experience_level=?)"),
        (JobFilter(isRemote: false, status: "active"), "jobs_folded_by_remote (is_remote=?)"),
    ]

    @Test("A filter by equality searches an index that holds all it needs and gives the order, from either end", arguments: equal)
    func equality(filter: JobFilter, index: String) async throws {
        try await JobFixture.run { fixture in
            for order in [Self.byDate, Self.byDateFromTheEnd] {
                let plan = try Self.plan(fixture, filter, then: order)
                #expect(plan == ["SEARCH jobs_folded USING COVERING INDEX \(index)"])
            }
            let count = try Self.plan(fixture, filter, select: "SELECT count(*) FROM jobs_folded")
            #expect(count == ["SEARCH jobs_folded USING COVERING INDEX \(index)"])
        }
    }

    @Test("Without a filter an index is read in its order, from either end")
    func everything() async throws {
        try await JobFixture.run { fixture in
            for order in [Self.byDate, Self.byDateFromTheEnd] {
                let plan = try Self.plan(fixture, JobFilter(), then: order)
                #expect(plan == ["SCAN jobs_folded USING COVERING INDEX jobs_folded_in_order"])
            }
        }
    }

    @Test("The copy in memory is brought up to date by the index of changes")
    func changes() async throws {
        try await JobFixture.run { fixture in
            let plan = try fixture.plan(JobListStore.changedRows, [1])
            #expect(plan == ["SEARCH jobs_folded USING INDEX jobs_folded_by_generation (generation>?)"])
        }
    }

    @Test("By pay, an index gives the order too")
    func pay() async throws {
        try await JobFixture.run { fixture in
            for filter in [JobFilter(status: "active"), JobFilter(jobType: "contract", isRemote: true, status: "active")] {
                let plan = try Self.plan(fixture, filter, .salary, then: Self.byPay)
                #expect(plan.count == 1 && plan[0].hasPrefix("SEARCH jobs_folded USING"))
                #expect(plan[0].hasSuffix("INDEX jobs_folded_by_pay (status=?)"))
            }
        }
    }

    @Test("Words come from the full-text index in the order of the newest, and SQLite sorts nothing")
    func words() async throws {
        try await JobFixture.run { fixture in
            let set = JobMark(of: [1, 2])
            for plan in [
                try fixture.plan(JobText.rankedSQL(within: nil), ["bread", 20]),
                try fixture.plan(JobText.rankedSQL(within: set), ["bread", set.bytes, set.base, 20]),
                try fixture.plan(JobText.snippetSQL, ["bread", 1, 2, set.bytes, set.base, "<", ">"]),
            ] {
                #expect(plan.count == 1 && plan[0].hasPrefix("SCAN jobs_text VIRTUAL TABLE INDEX"))
            }
        }
    }

    @Test("What else is read of jobs is found by an index")
    func others() async throws {
        try await JobFixture.run { fixture in
            let statements = [
                "SELECT rid FROM jobs WHERE id = $1", "SELECT rid FROM jobs WHERE canonical_url = $1 AND canonical_url <> '' LIMIT 2",
                "SELECT rid FROM jobs WHERE external_source = $1 AND external_id = $2 AND external_id <> ''",
                "SELECT jobs.id FROM jobs_folded JOIN jobs ON jobs.rid = jobs_folded.rid WHERE jobs_folded.likeness = $1 ORDER BY jobs_folded.rid LIMIT 5",
                "SELECT jobs.rid FROM jobs_folded CROSS JOIN jobs WHERE jobs_folded.generation > $1 AND jobs.rid = jobs_folded.rid",
                "SELECT \(JobStore.storedColumns) FROM jobs WHERE rid > $1 ORDER BY rid", "DELETE FROM jobs WHERE rid = $1",
                "DELETE FROM saved_jobs WHERE account_rid = $1 AND job_rid = $2",
            ]
            for statement in statements {
                let steps = try fixture.plan(statement, [1, 2]).filter { $0.contains("jobs") }
                #expect(!steps.isEmpty && steps.allSatisfy { $0.hasPrefix("SEARCH ") }, "\(statement): \(steps)")
                #expect(!steps.contains { $0.contains("TEMP B-TREE") })
            }
        }
    }

    @Test("Saved jobs are listed by an index in its order, of one category too")
    func saved() async throws {
        try await JobFixture.run { fixture in
            for (condition, index) in [
                ("account_rid = $1", "saved_jobs_by_account (account_rid=?)"),
                ("account_rid = $1 AND category = $2", "saved_jobs_by_category (account_rid=? AND category=?)"),
            ] {
                let list = try fixture.plan(
                    """
                    SELECT saved_jobs.notes, accounts.id, jobs.title FROM saved_jobs JOIN accounts ON accounts.rid = saved_jobs.account_rid
                    JOIN jobs ON jobs.rid = saved_jobs.job_rid WHERE saved_jobs.\(condition) ORDER BY saved_jobs.rid DESC LIMIT 20
                    """.replacing("AND category", with: "AND saved_jobs.category"), [1, "a"])
                #expect(list.contains("SEARCH saved_jobs USING INDEX \(index)"))
                #expect(list.allSatisfy { $0.hasPrefix("SEARCH ") }, "\(list)")
                let count = try fixture.plan("SELECT count(*) FROM saved_jobs WHERE \(condition)", [1, "a"])
                #expect(count == ["SEARCH saved_jobs USING COVERING INDEX \(index)"])
            }
        }
    }
}
