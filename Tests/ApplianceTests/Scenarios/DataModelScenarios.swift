import Platform
import TestSupport
import Testing

@testable import Appliance

/// The data model of contract section 9, field by field: what is taken at each limit and comes back, and in which words the
/// rest is refused.
@Suite("The data model", .timeLimit(.minutes(1)))
struct DataModelScenarios {
    /// What a field takes.
    enum Rule: Sendable {
        case text(Int, blank: Bool)
        case words([String], nullable: Bool = false)
        case amount(nullable: Bool)
        case flag
        case moment
        case link
        case list
    }

    /// The contract's own numbers and words, not the program's.
    static let levels = ["entry", "mid", "senior", "lead", "executive"]
    static let types = ["full_time", "part_time", "contract", "temporary", "internship", "freelance"]

    static let job: [(String, Rule)] = [
        ("title", .text(200, blank: false)), ("company", .text(100, blank: false)), ("location", .text(100, blank: false)),
        ("city", .text(50, blank: true)), ("state", .text(50, blank: true)), ("country", .text(50, blank: false)), ("is_remote", .flag),
        ("remote_type", .words(["no", "hybrid", "full"])), ("job_type", .words(types)), ("experience_level", .words(levels)),
        ("salary_min", .amount(nullable: true)), ("salary_max", .amount(nullable: true)), ("salary_currency", .text(3, blank: false)),
        ("salary_period", .words(["hourly", "monthly", "yearly"])), ("skills_required", .list), ("skills_preferred", .list),
        ("technologies", .list), ("external_id", .text(100, blank: true)), ("external_source", .text(50, blank: true)),
        ("external_url", .link), ("company_logo_url", .link), ("status", .words(["closed", "filled", "paused", "draft", "active"])),
        ("posted_date", .moment), ("application_deadline", .moment),
    ]

    static let application: [(String, Rule)] = [
        (
            "status",
            .words([
                "pending", "submitting_via_skyvern", "submitted", "under_review", "interview_scheduled", "interview_completed",
                "offer_received", "accepted", "rejected", "withdrawn", "failed_to_submit", "skyvern_submission_failed", "skyvern_canceled",
                "skyvern_requires_attention",
            ])
        ),
        ("application_type", .words(["manual", "auto", "bulk"])), ("application_url", .link),
        ("external_application_id", .text(100, blank: true)), ("auto_applied", .flag), ("ai_generated_cover_letter", .flag),
        ("last_contact_date", .moment), ("interview_date", .moment), ("follow_up_date", .moment), ("applied_at", .moment),
        (
            "user_defined_status",
            .words(
                [
                    "interested", "preparing_application", "applied", "assessment_phase", "initial_interview", "technical_interview",
                    "final_interview", "offer_pending", "offer_received_custom", "negotiating", "accepted_custom", "rejected_by_me",
                    "rejected_by_company", "archived", "other",
                ], nullable: true)
        ),
    ]

    static let alert: [(String, Rule)] = [
        ("name", .text(100, blank: false)), ("keywords", .list), ("location", .text(100, blank: true)), ("job_type", .words(types + [""])),
        ("experience_level", .words(levels + [""])), ("remote_only", .flag), ("min_salary", .amount(nullable: true)),
        ("max_salary", .amount(nullable: true)), ("frequency", .words(["immediate", "daily", "weekly", "monthly"])),
        ("email_notifications", .flag), ("push_notifications", .flag), ("is_active", .flag),
    ]

    static let profile: [(String, Rule)] = [
        ("phone", .text(20, blank: true)), ("location", .text(100, blank: true)), ("linkedin_url", .link), ("github_url", .link),
        ("portfolio_url", .link), ("current_title", .text(100, blank: true)), ("current_company", .text(100, blank: true)),
        ("experience_level", .words(levels)), ("skills", .list), ("industries", .list), ("preferred_locations", .list),
        ("job_types", .list), ("salary_min", .amount(nullable: true)), ("salary_max", .amount(nullable: true)), ("remote_ok", .flag),
        ("auto_apply_enabled", .flag), ("auto_apply_limit_daily", .amount(nullable: false)),
    ]

    @Test("Every field of a job keeps its limits")
    func jobs() async throws {
        try await withThings { staff, things in try await Self.check(Self.job, at: "jobs/jobs/\(things[.job])/", as: staff) }
    }

    @Test("Every field of an application keeps its limits")
    func applications() async throws {
        try await withThings { staff, things in
            try await Self.check(Self.application, at: "jobs/applications/\(things[.application])/", as: staff)
        }
    }

    @Test("Every field of an alert, a saved job and a profile keeps its limits")
    func others() async throws {
        try await withThings { staff, things in
            try await Self.check(Self.alert, at: "jobs/alerts/\(things[.alert])/", as: staff)
            try await Self.check([("category", .text(50, blank: true))], at: "jobs/saved/\(things[.saved])/", as: staff)
            try await Self.check(Self.profile, at: "auth/profiles/\(things[.profile])/", as: staff)
        }
    }

    // MARK: Parts

    private func withThings(_ body: (TestUser, OwnThings) async throws -> Void) async throws {
        try await TestAppliance.run { server in
            let staff = try await server.staff()
            try await body(staff, try await OwnThings.make(of: staff, word: "mine"))
        }
    }

    private static func check(_ fields: [(String, Rule)], at path: String, as user: TestUser) async throws {
        let line = KeptConnection(port: user.server.port)
        func patch(_ name: String, _ json: String) async throws -> TestResponse {
            let body = Array("{\"\(name)\":\(json)}".utf8)
            return try await line.request("PATCH", "/api/v1/" + path, token: user.access, body: body)
        }
        for (name, rule) in fields {
            for (sent, kept) in rule.taken {
                let answer = try await patch(name, sent)
                #expect(answer.status == 200 && answer.json[name] == kept, "\(name) = \(sent): \(answer.text)")
            }
            for (sent, message) in rule.refused {
                let answer = try await patch(name, sent)
                let expected = JSONValue.object(JSONObject([(name, .list([message]))]))
                #expect(answer.status == 400 && answer.json == expected, "\(name) = \(sent): \(answer.text)")
            }
        }
    }
}

extension DataModelScenarios.Rule {
    private static func text(_ count: Int) -> String { String(repeating: "é", count: count) }
    private static func link(_ count: Int) -> String { "https://jobs.example.org/".padded(to: count) }
    private static let null = ("null", "This field may not be null.")

    /// What is sent, and what comes back.
    var taken: [(String, JSONValue)] {
        switch self {
        case .text(let most, let blank):
            [("\"\(Self.text(most))\"", .string(Self.text(most))), ("7", "7"), ("\" a \"", "a")] + (blank ? [("\"\"", "")] : [])
        case .words(let words, let nullable):
            words.map { ("\"\($0)\"", .string($0)) } + (nullable ? [("null", .null)] : [])
        case .amount(let nullable):
            [("0", 0), ("2147483647", 2_147_483_647), ("\" 5 \"", 5)] + (nullable ? [("null", .null)] : [])
        case .flag: [("true", true), ("\"off\"", false), ("1", true), ("false", false)]
        case .moment:
            [
                ("\"2026-01-02T03:04:05.5+01:00\"", "2026-01-02T02:04:05.500000Z"), ("\"2026-01-02T03:04:05Z\"", "2026-01-02T03:04:05Z"),
                ("null", .null),
            ]
        case .link: [("\"\(Self.link(200))\"", .string(Self.link(200))), ("\"\"", "")]
        case .list: [("[\"a\",\" b \",7]", ["a", "b", "7"]), ("[]", [])]
        }
    }

    /// What is sent, and what is said of it.
    var refused: [(String, String)] {
        switch self {
        case .text(let most, let blank):
            [
                ("\"\(Self.text(most + 1))\"", "Ensure this field has no more than \(most) characters."), Self.null,
                ("[]", "Not a valid string."), ("true", "Not a valid string."), ("\"\\u0000\"", "Null characters are not allowed."),
            ] + (blank ? [] : [("\" \"", "This field may not be blank.")])
        case .words(_, let nullable):
            [("\"nonsense\"", "\"nonsense\" is not a valid choice."), ("{}", "\"{}\" is not a valid choice.")]
                + (nullable ? [] : [Self.null])
        case .amount(let nullable):
            [
                ("-1", "Ensure this value is greater than or equal to 0."),
                ("2147483648", "Ensure this value is less than or equal to 2147483647."), ("1.5", "A valid integer is required."),
                ("\"x\"", "A valid integer is required."), ("[]", "A valid integer is required."),
            ] + (nullable ? [] : [Self.null])
        case .flag: [("\"maybe\"", "Must be a valid boolean."), ("2", "Must be a valid boolean."), Self.null]
        case .moment:
            ["\"today\"", "\"2026-02-30T00:00:00Z\"", "5"].map {
                (
                    $0,
                    "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
                )
            }
        case .link:
            [
                ("\"\(Self.link(201))\"", "Ensure this field has no more than 200 characters."), ("\"here\"", "Enter a valid URL."),
                ("\"javascript:alert(1)\"", "Enter a valid URL."), Self.null,
            ]
        case .list:
            [
                ("\"a\"", "Expected a list of items but got type \"str\"."), ("[\"\"]", "This field may not be blank."),
                ("[{}]", "Not a valid string."), Self.null,
            ]
        }
    }
}

extension String {
    fileprivate func padded(to count: Int) -> String { self + String(repeating: "x", count: count - self.count) }
}
