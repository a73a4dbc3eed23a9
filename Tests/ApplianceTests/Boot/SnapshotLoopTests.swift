import Glibc
import Platform
import TestSupport
import Testing

@testable import Appliance

/// The loop that keeps the snapshot fresh, on a clock that the test moves.
@Suite("Snapshot loop", .timeLimit(.minutes(1)))
struct SnapshotLoopTests {
    private let directory: TemporaryDirectory
    private let clock = ManualClock()
    private let logged = LogSink()
    private let core: Core

    private var snapshot: String { directory.path + "/data/backup/jobraker.db" }

    init() throws {
        directory = try TemporaryDirectory()
        let configuration = try TestAppliance.configuration("", in: directory).values
        core = try Core(
            configuration: configuration, clock: clock, random: SystemRandom(),
            log: Log(level: .info, format: .json, clock: clock) { [logged] in logged.add($0) }, hashing: .test)
    }

    /// Runs the loop beside `body`, from its first sleep on.
    private func running(largeBytes: Int64 = 1 << 40, _ body: () async throws -> Void) async throws {
        var loop = SnapshotLoop(core: core, intervalMinutes: 60)
        loop.largeBytes = largeBytes
        let task = Task { [loop] in await loop.run() }
        await clock.untilSleeping()
        try await body()
        task.cancel()
        await task.value
        core.close()
    }

    /// Lets so much time pass that the loop takes its turn, and waits until it sleeps again.
    private func turn() async {
        clock.advance(seconds: 3600)
        await clock.untilSleeping()
    }

    private func write(_ value: String) async throws {
        try await core.database.write { transaction in
            _ = try transaction.execute("INSERT OR REPLACE INTO instance (key, value) VALUES ('test', $1)", value)
        }
    }

    private var takenAt: Timestamp? {
        get throws {
            guard FileSystem.exists(snapshot) else { return nil }
            return try FileCheck.run(snapshot, newestSchema: Schema.migrations.last?.version ?? 0).lastCommit
        }
    }

    private var taken: Int { logged.text.split(separator: "\n").count { $0.contains("Snapshot taken.") } }

    @Test("A snapshot is taken at each interval in which something changed")
    func interval() async throws {
        try await running {
            clock.advance(seconds: 3599)
            #expect(clock.sleeperCount == 1 && taken == 0)
            clock.advance(seconds: 1)
            await clock.untilSleeping()
            #expect(taken == 1)
            let first = try #require(try takenAt)
            await turn()
            #expect(taken == 1)
            try await write("x")
            await turn()
            #expect(taken == 2)
            #expect(try #require(try takenAt) > first)
        }
    }

    @Test("A failure is logged, leaves the previous snapshot, and does not end the loop")
    func failure() async throws {
        try await running {
            await turn()
            #expect(taken == 1)
            let before = FileSystem.read(snapshot, limit: 64 << 20)
            // A directory in the way of the unfinished copy.
            #expect(mkdir(snapshot + ".partial", 0o700) == 0)
            try await write("x")
            await turn()
            #expect(taken == 1 && logged.text.contains("The snapshot failed; the previous one stays."))
            #expect(FileSystem.read(snapshot, limit: 64 << 20) == before)
            #expect(rmdir(snapshot + ".partial") == 0)
            await turn()
            #expect(taken == 2)
        }
    }

    @Test("A large database is copied once a day")
    func large() async throws {
        try await running(largeBytes: 1) {
            clock.advance(seconds: 3600)
            #expect(clock.sleeperCount == 1 && taken == 0)
            clock.advance(seconds: 23 * 3600)
            await clock.untilSleeping()
            #expect(taken == 1)
        }
    }
}
