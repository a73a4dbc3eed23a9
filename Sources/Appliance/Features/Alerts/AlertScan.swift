import Platform

/// Leads the active jobs past a matcher, some at a time, so that neither a long read nor many jobs in memory is needed.
struct AlertScan: Sendable {
    let database: Database
    /// Jobs that are read in one go.
    var slice = 500

    /// Looks at the active jobs behind `after` up to `through`, in the order of their numbers, and hands each match to
    /// `note`: the position of the alert, and the job.
    func run<Notes: Sendable>(
        _ matcher: AlertMatcher, after: Int64, through: Int64, notes: Notes,
        _ note: @escaping @Sendable (inout Notes, Int, ScannedJob) -> Void
    ) async throws -> Notes {
        var (notes, after, scratch) = (notes, after, matcher.scratch)
        while after < through {
            try Task.checkCancellation()
            let step = (notes: notes, after: after, scratch: scratch)
            let result = try await database.scan { reader in
                var (notes, scratch) = (step.notes, step.scratch)
                let last = try AlertStore.eachActiveJob(after: step.after, through: through, limit: slice, in: reader) { job in
                    matcher.eachMatch(of: job, &scratch) { note(&notes, $0, job) }
                }
                return (notes: notes, last: last, scratch: scratch)
            }
            (notes, scratch) = (result.notes, result.scratch)
            guard let last = result.last else { break }
            after = last
        }
        return notes
    }
}

/// What one alert would tell of all jobs that are open now.
struct AlertTrial: Sendable, Equatable {
    static let samples = 5

    private(set) var count = 0
    /// The newest of them, newest first.
    private(set) var newest: [ScannedJob] = []

    static func of(_ criteria: AlertCriteria, in database: Database) async throws -> AlertTrial {
        let through = try database.read { try AlertStore.newestJob(in: $0) }
        return try await AlertScan(database: database).run(
            AlertMatcher([AlertMatcher.Entry(criteria)]), after: 0, through: through, notes: AlertTrial()
        ) { trial, _, job in trial.add(job) }
    }

    private mutating func add(_ job: ScannedJob) {
        count += 1
        let place = newest.firstIndex { Self.isNewer(job, than: $0) } ?? newest.count
        guard place < Self.samples else { return }
        newest.insert(job, at: place)
        if newest.count > Self.samples { newest.removeLast() }
    }

    /// The order of job lists: by the date of posting, without one last; then by when they were added.
    private static func isNewer(_ job: ScannedJob, than other: ScannedJob) -> Bool {
        func key(_ job: ScannedJob) -> (Timestamp, Timestamp, Int64) {
            (job.postedDate ?? Timestamp(microseconds: .min), job.createdAt, job.rowID)
        }
        return key(job) > key(other)
    }
}
