import Platform
import TestSupport

@testable import Appliance

/// Jobs in a real database file, without a server around it.
final class JobFixture: Sendable {
    let database: Database
    let clock = ManualClock(Timestamp(seconds: 1_800_000_000))
    private let directory: TemporaryDirectory

    private init() throws {
        directory = try TemporaryDirectory()
        var options = Database.Options()
        options.readBudgetMilliseconds = 30_000
        database = try Database(
            directory: DataDirectory(locking: directory.path + "/data"), migrations: Schema.migrations, options: options, clock: clock,
            random: SystemRandom())
    }

    /// Opens everything, runs `body`, and closes it again whatever happens.
    static func run(_ body: (JobFixture) async throws -> Void) async throws {
        let fixture = try JobFixture()
        let result: Result<Void, any Error>
        do { result = .success(try await body(fixture)) } catch { result = .failure(error) }
        let database = fixture.database
        await withCheckedContinuation { continuation in
            BlockingWork.run {
                database.close()
                continuation.resume()
            }
        }
        try result.get()
    }

    static func job(_ title: String, _ change: (inout Job) -> Void = { _ in }) -> Job {
        var job = Job()
        job.title = title
        job.company = "Loaf"
        job.description = "Bakes bread."
        job.location = "Ulm"
        change(&job)
        return job
    }

    /// Stores a job as an import would.
    @discardableResult
    func place(_ title: String, usesLink: Bool = true, _ change: (inout Job) -> Void = { _ in }) async throws -> JobStore.Placement {
        let job = Self.job(title, change)
        return try await database.write { try JobStore.place(job, usesLink: usesLink, in: $0) }
    }

    func titles(_ filter: JobFilter, by order: JobOrder = .date, limit: Int = 50, offset: Int = 0) async throws -> [String] {
        let lists = JobLists(database: database)
        return try await lists.find(JobLists.Request(filter: filter, order: order), limit: limit) { _ in offset }.items.map(\.job.title)
    }

    /// What SQLite says of how it would carry a statement out, a line for each step.
    func plan(_ sql: String, _ arguments: [(any SQLBindable)?] = []) throws -> [String] {
        try database.read { try $0.rows("EXPLAIN QUERY PLAN " + sql, arguments: arguments) { try $0.text(3) } }
    }

    /// Whether the full-text index agrees with the jobs that are active, row by row and word by word.
    func textIsInStep() async throws -> Bool {
        let (active, indexed) = try await database.scan { reader in
            (
                try reader.rows("SELECT rid FROM jobs WHERE status = 'active' ORDER BY rid") { try $0.int(0) },
                try reader.rows("SELECT id FROM jobs_text_docsize ORDER BY id") { try $0.int(0) }
            )
        }
        return active == indexed
    }
}
