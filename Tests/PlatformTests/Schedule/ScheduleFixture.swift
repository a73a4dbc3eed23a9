import Synchronization
import Testing

@testable import Platform

/// A scheduler over a real database, with a clock that stands still. It is looked at by hand, or let run.
final class ScheduleFixture: Sendable {
    static let migrations = TestSchema.migrations + WorkSchema.migrations + WorkSchema.queueMigrations + ScheduleSchema.migrations

    let test: TestDatabase
    let log = LogLines()
    private let current: Mutex<(scheduler: Scheduler, schedules: [Schedule])>

    var clock: ManualClock { test.clock }
    var database: Database { test.database }
    var scheduler: Scheduler { current.withLock { $0.scheduler } }

    init(_ test: TestDatabase, _ schedules: [Schedule]) {
        self.test = test
        current = Mutex((Self.scheduler(test, schedules, log), schedules))
    }

    private static func scheduler(_ test: TestDatabase, _ schedules: [Schedule], _ log: LogLines) -> Scheduler {
        Scheduler(
            database: test.database, schedules: schedules, clock: test.clock,
            log: Log(level: .debug, format: .json, clock: test.clock, sink: log.sink))
    }

    static func run(_ schedules: [Schedule], at start: String, _ body: (ScheduleFixture) async throws -> Void) async throws {
        let start = try #require(Timestamp(iso: start))
        try await withDatabase(migrations: migrations, clock: ManualClock(start)) { try await body(ScheduleFixture($0, schedules)) }
    }

    /// As it would be in another process on the same file.
    func restart(_ schedules: [Schedule]? = nil) {
        current.withLock { current in
            if let schedules { current.schedules = schedules }
            current.scheduler = Self.scheduler(test, current.schedules, log)
        }
    }

    /// Moves the clock to a moment, and looks. Returns the slots that ran, as `name HH:MM`.
    @discardableResult
    func look(at moment: String) async throws -> [String] {
        let moment = try #require(Timestamp(iso: moment))
        clock.advance(microseconds: moment.microseconds - clock.now().microseconds)
        return try await look()
    }

    @discardableResult
    func look() async throws -> [String] {
        let before = try slots().count
        _ = await scheduler.look()
        return try slots().dropFirst(before).map { $0 }
    }

    /// Every slot that has run, in that order; `-` for one by hand.
    func slots() throws -> [String] {
        try database.read { reader in
            try reader.rows("SELECT schedule, slot FROM schedule_runs ORDER BY rid") {
                "\(try $0.text(0)) \(try $0.timeOrNil(1).map { String($0.minuteText.suffix(5)) } ?? "-")"
            }
        }
    }

    func items() throws -> Int64 { try database.read { try $0.int("SELECT count(*) FROM work_items") } }

    /// Without a unique key each run has an item of its own, so that they can be counted.
    static func schedule(_ name: String, _ text: String?, zone: String = "UTC") throws -> Schedule {
        Schedule(name: name, timetable: try text.map { try Timetable($0, zone: zone) }, order: WorkOrder(name, payload: .null))
    }
}
