@testable import Platform

/// The tables that storage tests write to, as the step that follows the platform's own.
enum TestSchema {
    static let library = Migration(
        version: 2, name: "library",
        sql: """
            CREATE TABLE shelf (rid INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
            CREATE TABLE book (
                rid INTEGER PRIMARY KEY,
                title TEXT NOT NULL UNIQUE,
                pages INTEGER NOT NULL DEFAULT 1 CHECK (pages > 0),
                shelf_rid INTEGER REFERENCES shelf (rid),
                sequel_rid INTEGER REFERENCES book (rid) DEFERRABLE INITIALLY DEFERRED,
                scan BLOB
            ) STRICT;
            """)

    static let migrations = PlatformSchema.migrations + [library]
}

/// A `Database` over a real file in a directory of its own, with a clock that stands still.
///
/// `withDatabase` makes one and closes it again; tests that close or reopen do it themselves.
final class TestDatabase: Sendable {
    let directory: DataDirectory
    let clock: ManualClock
    let database: Database

    /// Long budgets and no idle checkpoints: a slow machine changes nothing.
    static var options: Database.Options {
        var options = Database.Options()
        options.readBudgetMilliseconds = 30_000
        options.idleCheckpointMilliseconds = 600_000
        return options
    }

    init(
        in directory: DataDirectory, options: Database.Options = TestDatabase.options, migrations: [Migration] = TestSchema.migrations,
        clock: ManualClock = ManualClock()
    ) throws {
        self.directory = directory
        self.clock = clock
        database = try Database(directory: directory, migrations: migrations, options: options, clock: clock, random: SeededRandom(7))
    }

    /// `Database.close` blocks, so it runs off the pool.
    func close() async throws {
        let database = self.database
        try await offPool { database.close() }
    }

    /// Starts a write and returns when it stands in the queue; the writer must be held.
    func queue<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> Task<T, any Error> {
        let database = self.database
        let before = database.writesWaiting
        let task = Task { try await database.write(body) }
        guard await eventually({ database.writesWaiting == before + 1 }) else { throw TestFailure("the write did not reach the queue") }
        return task
    }

    /// Keeps the writer busy until the hold is let go, so that what is queued meanwhile makes one group.
    func holdWriter() async throws -> WriterHold {
        let gate = Gate()
        let database = self.database
        let task = Task { try await database.write { _ in gate.enter() } }
        guard await gate.arrivals() else { throw TestFailure("the writer did not come") }
        return WriterHold(gate: gate, task: task)
    }

    func titles() throws -> [String] { try database.read { try $0.rows("SELECT title FROM book ORDER BY rid") { try $0.text(0) } } }
}

/// The writer, waiting inside a write of its own.
final class WriterHold: Sendable {
    private let gate: Gate
    private let task: Task<Void, any Error>

    init(gate: Gate, task: Task<Void, any Error>) {
        self.gate = gate
        self.task = task
    }

    // A test that fails half-way must not leave the writer held: closing would wait for ever.
    deinit { gate.open() }

    func release() async throws {
        gate.open()
        try await task.value
    }
}

extension Transaction {
    func addBook(_ title: String) throws { try execute("INSERT INTO book (title) VALUES ($1)", title) }
}

/// Opens a database (in a new directory where none is given), runs `body`, and closes it.
func withDatabase<T>(
    in directory: DataDirectory? = nil, options: Database.Options = TestDatabase.options, migrations: [Migration] = TestSchema.migrations,
    clock: ManualClock = ManualClock(), _ body: (TestDatabase) async throws -> T
) async throws -> T {
    let temporary = try TemporaryDirectory()
    defer { withExtendedLifetime(temporary) {} }
    let test = try TestDatabase(
        in: directory ?? DataDirectory(locking: temporary("data")), options: options, migrations: migrations, clock: clock)
    do {
        let value = try await body(test)
        try await test.close()
        return value
    } catch {
        try await test.close()
        throw error
    }
}
