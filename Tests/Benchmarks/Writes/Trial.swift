import Platform

/// One mode with one number of callers, on a fresh database.
struct Trial: Sendable {
    let mode: Mode
    let callers: Int
    let seconds: Double
    let warmUp: Double

    /// A table like the one of the chat sessions, with as many indexes.
    private static let migration = Migration(
        version: 1000, name: "benchmark",
        sql: """
            CREATE TABLE bench_sessions (
                rid INTEGER PRIMARY KEY AUTOINCREMENT,
                id BLOB NOT NULL UNIQUE,
                owner INTEGER NOT NULL,
                title TEXT,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX bench_sessions_by_owner ON bench_sessions (owner, updated_at DESC, rid DESC);
            """)

    func run(in directory: String) async throws -> Outcome {
        let database = try Database(
            directory: DataDirectory(locking: directory), migrations: PlatformSchema.migrations + [Self.migration],
            options: mode.options(callers: callers), clock: SystemClock(), random: SystemRandom())
        do {
            let outcome = try await measure(database)
            await close(database)
            return outcome
        } catch {
            await close(database)
            throw error
        }
    }

    private func measure(_ database: Database) async throws -> Outcome {
        let before = try await Tally(database)
        let window = Window(startingAfter: warmUp, lasting: seconds)
        // Room for more than any disk here takes, so that no array grows while the clock runs.
        let room = Int((seconds + warmUp) * 100_000) / callers + 1000
        let records = try await withThrowingTaskGroup(of: Caller.Record.self) { group in
            for number in 0..<callers {
                group.addTask { try await Caller(number: number, database: database, window: window).run(room: room) }
            }
            var records: [Caller.Record] = []
            for try await record in group { records.append(record) }
            return records
        }
        let after = try await Tally(database)
        let acknowledged = records.reduce(0) { $0 + $1.acknowledged }
        guard after.rows - before.rows == acknowledged else {
            throw BenchmarkError.lostWrites(acknowledged: acknowledged, stored: after.rows - before.rows)
        }
        return Outcome(
            samples: records.flatMap(\.samples), acknowledged: acknowledged,
            // The first tally is a commit of its own, counted after it was read.
            commits: after.commits - before.commits - 1,
            synchronous: after.synchronous)
    }

    private func close(_ database: Database) async {
        await withCheckedContinuation { done in
            BlockingWork.run {
                database.close()
                done.resume()
            }
        }
    }
}

/// What the database itself says of a run.
private struct Tally: Sendable {
    let rows: Int
    let commits: Int
    /// The writer's `PRAGMA synchronous`: 1 is NORMAL, 2 is FULL.
    let synchronous: Int

    /// Asks the writer's own connection, whose settings are the ones in question.
    init(_ database: Database) async throws {
        self = try await database.write { transaction in
            Tally(
                rows: Int(try transaction.int("SELECT count(*) FROM bench_sessions")),
                commits: Int(try transaction.int("SELECT sequence FROM last_commit")),
                synchronous: Int(try transaction.int("PRAGMA synchronous")))
        }
    }

    private init(rows: Int, commits: Int, synchronous: Int) {
        self.rows = rows
        self.commits = commits
        self.synchronous = synchronous
    }
}

/// Why a run counts for nothing.
enum BenchmarkError: Error, CustomStringConvertible {
    case lostWrites(acknowledged: Int, stored: Int)

    var description: String {
        switch self {
        case .lostWrites(let acknowledged, let stored): "\(acknowledged) writes were acknowledged and \(stored) rows are stored"
        }
    }
}
