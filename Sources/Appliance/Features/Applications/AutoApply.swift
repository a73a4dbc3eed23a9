import Platform

/// What knows whether an account has a résumé to apply with.
protocol ResumeKnowledge: Sendable {
    func hasResume(_ applicant: Applicant, in reader: Reader) throws -> Bool
}

/// Nobody has a résumé, as long as the appliance takes none in.
struct NoResumes: ResumeKnowledge {
    func hasResume(_ applicant: Applicant, in reader: Reader) -> Bool { false }
}

/// What applies to jobs in an account's name: the worker of `AutoApply.kind`.
///
/// It has to ask `AutoApply.demandAvailable` again when it runs an item, as the switch may have been turned since, and
/// it writes through `ApplicationStore` with `.system` or `.integration` as the actor.
protocol ApplicationExecutor: Sendable {
    /// What it still lacks before it can work, in the operator's words, such as the name of a key that is not set.
    var missing: [String] { get }
}

/// Orders automatic applications: `auto-apply/`.
///
/// The call is the account's consent for the jobs that it names, and for no others; the profile's own switch
/// (`auto_apply_enabled`) is about applying without being asked, which is not done here. Each order is kept
/// (`auto_apply_orders`): it is what the account agreed to, and what its limit of a day counts.
///
/// In one transaction, and in this order: a profile with a résumé, jobs that exist, an instance that can apply, something
/// left of the day's limit. Then each job gets its outcome: skipped where the account has applied already or where the
/// job is closed, else a work item. An order that is still under way is found again and counts once. What the rest
/// of the day's limit does not hold is skipped as well, and says so; with nothing left at all the call is refused.
struct AutoApply: Sendable {
    /// The work item's kind.
    static let kind = "applications.auto_apply"

    /// Why a named job is not applied to.
    enum Skip: String, Sendable {
        case alreadyApplied = "Already applied to this job"
        case closed = "This job is closed"
        case dailyLimit = "The daily limit of automatic applications is reached"
    }

    struct Outcome: Sendable, Equatable {
        var queued: [(job: Identifier, task: Identifier)] = []
        var skipped: [(job: Identifier, why: Skip)] = []

        static func == (left: Outcome, right: Outcome) -> Bool {
            left.queued.elementsEqual(right.queued, by: ==) && left.skipped.elementsEqual(right.skipped, by: ==)
        }
    }

    let database: Database
    let resumes: any ResumeKnowledge
    /// Nil while none is built in.
    let executor: (any ApplicationExecutor)?
    /// The instance's switch, read at each call so that a reload takes effect with the next one.
    let isSwitchedOn: @Sendable () -> Bool

    /// Throws what stands in the way of any automatic application on this instance.
    func demandAvailable() throws(AutoApplyError) {
        var missing = executor?.missing ?? ["an executor of applications"]
        if !isSwitchedOn() { missing.insert("applications.auto_apply = true", at: 0) }
        if !missing.isEmpty { throw .unavailable(missing: missing) }
    }

    func order(_ jobs: [Identifier], coverLetter: String, for applicant: Applicant) async throws -> Outcome {
        try await database.write { transaction in
            let limit = try demandProfile(of: applicant, in: transaction).autoApplyLimitDaily
            let found = try Self.find(jobs, in: transaction)
            try demandAvailable()
            var left = try limit - AutoApplyStore.count(of: applicant.owner, onDayOf: transaction.now, in: transaction)
            guard left > 0 else { throw AutoApplyError.limitReached(limit: limit, now: transaction.now) }
            var outcome = Outcome()
            for job in found {
                let key = "\(applicant.id):\(job.id)"
                if try ApplicationStore.hasApplied(applicant.owner, to: job, in: transaction) {
                    outcome.skipped.append((job.id, .alreadyApplied))
                } else if try !JobStore.takesApplications(job, at: transaction.now, in: transaction) {
                    outcome.skipped.append((job.id, .closed))
                } else if let task = try Self.unfinished(key, of: applicant.owner, in: transaction) {
                    outcome.queued.append((job.id, task))
                } else if left == 0 {
                    outcome.skipped.append((job.id, .dailyLimit))
                } else {
                    left -= 1
                    let payload = JSONObject([("job_id", .string(job.id.description)), ("cover_letter", .string(coverLetter))])
                    let task = try transaction.enqueue(
                        WorkOrder(Self.kind, payload: .object(payload), owner: applicant.owner, uniqueKey: key))
                    try AutoApplyStore.add(job.id, task: task, of: applicant.owner, in: transaction)
                    outcome.queued.append((job.id, task))
                }
            }
            return outcome
        }
    }

    private func demandProfile(of applicant: Applicant, in reader: Reader) throws -> Profile {
        guard let account = try AccountStore.account(applicant.owner, in: reader) else { throw HTTPError.userNotFound }
        guard let profile = try ProfileStore.profile(of: account, in: reader) else { throw AutoApplyError.noProfile }
        guard try resumes.hasResume(applicant, in: reader) else { throw AutoApplyError.noResume }
        return profile
    }

    private static func find(_ jobs: [Identifier], in reader: Reader) throws -> [JobListItem] {
        let found = try jobs.map { (id: $0, job: try JobStore.listItem($0, in: reader)) }
        let unknown = found.filter { $0.job == nil }.map { "'\($0.id)'" }
        guard unknown.isEmpty else { throw ValidationErrors("job_ids", "Jobs not found: [\(unknown.joined(separator: ", "))]") }
        return found.compactMap(\.job)
    }

    /// The item of an earlier order that is not done yet.
    private static func unfinished(_ key: String, of owner: Owner, in reader: Reader) throws -> Identifier? {
        guard let task = try WorkTable.newest(kind: kind, uniqueKey: key, in: reader),
            let report = try WorkTable.report(task, of: owner, in: reader), !report.state.isFinal
        else { return nil }
        return task
    }
}

/// Why nothing at all is applied to automatically.
enum AutoApplyError: HTTPFact, Equatable {
    case noProfile
    case noResume
    /// The instance cannot, or may not.
    case unavailable(missing: [String])
    /// Until the next midnight in UTC.
    case limitReached(limit: Int, now: Timestamp)

    var status: Int {
        switch self {
        case .noProfile, .noResume: 400
        case .unavailable: 503
        case .limitReached: 429
        }
    }

    var headers: [(name: String, value: String)] {
        // A limit of none does not go away by waiting.
        guard case .limitReached(let limit, let now) = self, limit > 0 else { return [] }
        return [("Retry-After", "\(ApplicationDay.end(of: now).seconds - now.seconds)")]
    }

    func writeBody(into writer: inout JSONWriter) {
        writer.object { writer in
            switch self {
            case .noProfile:
                writer.field("error", "User profile not found. A complete profile with a resume is required for auto-apply.")
            case .noResume:
                writer.field("error", "Resume not found in profile. Please upload a resume before using auto-apply.")
            case .unavailable(let missing):
                writer.field("detail", "This server does not apply automatically. Missing: \(missing.joined(separator: "; ")).")
                writer.field("error_code", "auto_apply_unavailable")
            case .limitReached(let limit, _):
                writer.field("detail", "Your daily limit of \(limit) automatic applications is reached.")
                writer.field("error_code", "auto_apply_limit_reached")
            }
        }
    }
}
