import Platform

/// Runs the alerts that are due: finds the jobs that are new to each, and notifies its owner of them, once.
///
/// 1. The newest job there is now is the end of this run, for all alerts alike.
/// 2. The due alerts are taken up by slices. Each slice becomes a matcher, which the new jobs are led past.
/// 3. The slice's alerts are noted as run, with a notification where something was found, some in one transaction.
///
/// A run that is cut off, or that another one overtakes, tells nothing twice and misses nothing: an alert's end is
/// moved in the transaction of its notification, and only from where this run found it.
struct AlertRun: Sendable {
    enum Scope: String, Sendable {
        /// Every alert whose time has come.
        case due
        /// The daily schedule's: all but the weekly ones. What wanted to know at once and was missed is among them.
        case daily
        case weekly
        /// Only those that want to know at once.
        case immediate

        var frequencies: [JobAlert.Frequency] {
            switch self {
            case .due: JobAlert.Frequency.allCases
            case .daily: [.immediate, .daily, .monthly]
            case .weekly: [.weekly]
            case .immediate: [.immediate]
            }
        }

        /// What a run may begin earlier than the last one did, in seconds. A schedule has its own rhythm: days of 23 hours, and
        /// runs that were late because the server was down, must not make an alert miss its next turn. Half of the rhythm keeps
        /// runs apart.
        var tolerance: Int {
            switch self {
            case .due, .immediate: 600
            case .daily: JobAlert.Frequency.daily.seconds / 2
            case .weekly: JobAlert.Frequency.weekly.seconds / 2
            }
        }
    }

    struct Summary: Sendable, Equatable {
        var alerts = 0
        var notifications = 0
    }

    /// How much is done in one go.
    struct Slices: Sendable {
        /// Alerts that are matched at once, and what their keywords may take.
        var alerts = 5000
        var bytes = 1 << 20
        /// Jobs that are read at once.
        var jobs = 500
        /// Alerts that are noted in one transaction.
        var notes = 200
    }

    /// How far an alert that was never run looks back.
    static let firstLookSeconds = 86_400

    let database: Database
    let now: Timestamp
    var slices = Slices()

    func run(_ scope: Scope) async throws -> Summary {
        let firstLook = now.adding(seconds: -Self.firstLookSeconds)
        let horizon = try await database.scan { reader in
            (newest: try AlertStore.newestJob(in: reader), first: try AlertStore.firstJob(since: firstLook, in: reader))
        }
        var summary = Summary()
        for frequency in scope.frequencies {
            let before =
                frequency == .immediate ? Timestamp(microseconds: .max) : now.adding(seconds: scope.tolerance - frequency.seconds)
            var after: Int64 = 0
            while true {
                try Task.checkCancellation()
                let position = after
                let alerts = try await database.scan { reader in
                    try AlertStore.due(
                        frequency, lastRunBefore: before, after: position, limit: slices.alerts, bytes: slices.bytes, in: reader)
                }
                guard let last = alerts.last else { break }
                let hits = try await match(alerts, firstLook: firstLook, first: horizon.first, through: horizon.newest)
                try await note(alerts, hits, through: horizon.newest, in: &summary)
                after = last.rowID
            }
        }
        return summary
    }

    private func match(_ alerts: [AlertStore.Due], firstLook: Timestamp, first: Int64?, through: Int64) async throws -> [AlertHits] {
        let entries = alerts.map { alert in
            AlertMatcher.Entry(
                alert.criteria, afterJob: alert.matchedThrough ?? 0, since: alert.matchedThrough == nil ? firstLook : nil)
        }
        // Where the first job is that is new to any of them.
        let starts = alerts.map { alert in alert.matchedThrough ?? first.map { $0 - 1 } ?? through }
        return try await AlertScan(database: database, slice: slices.jobs).run(
            AlertMatcher(entries), after: starts.min() ?? through, through: through,
            notes: [AlertHits](repeating: AlertHits(), count: alerts.count)
        ) { hits, alert, job in hits[alert].add(job.id) }
    }

    private func note(_ alerts: [AlertStore.Due], _ hits: [AlertHits], through: Int64, in summary: inout Summary) async throws {
        var start = 0
        while start < alerts.count {
            let end = min(start + slices.notes, alerts.count)
            let batch = Array(zip(alerts[start..<end], hits[start..<end]))
            let now = self.now
            // Read here: the transaction is to be short, and many alerts name the same new jobs.
            let named = batch.reduce(into: Set<Identifier>()) { if $1.0.isMailed { $0.formUnion($1.1.newest) } }
            let jobs = named.isEmpty ? [:] : try await database.scan { try JobStore.listItems(named, in: $0) }
            let noted = try await database.write { transaction in
                var noted = Summary()
                for (alert, hits) in batch where try AlertStore.noteRun(alert, at: now, through: through, in: transaction) {
                    noted.alerts += 1
                    guard hits.count > 0, try AccountStore.account(alert.owner, in: transaction)?.isActive == true else { continue }
                    try NotificationStore.add(hits.notification(of: alert, jobs), for: alert.owner, in: transaction)
                    noted.notifications += 1
                }
                return noted
            }
            summary.alerts += noted.alerts
            summary.notifications += noted.notifications
            start = end
        }
    }
}

/// What a run found for one alert.
struct AlertHits: Sendable, Equatable {
    /// Jobs that a notification names.
    static let named = 10

    private(set) var count = 0
    /// The newest jobs: a ring, so that any number of them takes the same room.
    private var ring: [Identifier] = []

    mutating func add(_ job: Identifier) {
        if ring.count < Self.named { ring.append(job) } else { ring[count % Self.named] = job }
        count += 1
    }

    /// Newest first, if they came oldest first.
    var newest: [Identifier] {
        guard count > ring.count else { return ring.reversed() }
        let oldest = count % Self.named
        return (ring[oldest...] + ring[..<oldest]).reversed()
    }

    /// `jobs` are those that a mail can show, by their ids.
    func notification(of alert: AlertStore.Due, _ jobs: [Identifier: JobListItem]) -> Notification.New {
        let words = count == 1 ? "1 new job matches" : "\(count) new jobs match"
        let lines = newest.compactMap { jobs[$0].map { MailDraft.JobLine($0) } }
        return Notification.New(
            kind: .jobAlert, title: "New Job Alert: \(count) matching jobs found", message: "\(words) your alert \"\(alert.name)\".",
            data: .object(
                JSONObject([
                    ("alert_id", .string(alert.id.description)), ("job_ids", .list(newest.map(\.description))), ("count", .integer(count)),
                ])),
            mail: alert.isMailed ? .alert(name: alert.name, criteria: alert.criteria.words, jobs: lines, count: count) : nil,
            skipped: alert.isMailed ? [] : [.mail])
    }
}
