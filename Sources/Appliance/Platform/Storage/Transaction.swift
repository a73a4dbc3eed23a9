import CSQLite

/// Something that happened and that others may want to know once it is durable.
package protocol BusEvent: Sendable {}

/// An open write. It ends with the closure that received it.
///
/// The closure must be synchronous, without effects outside the database, and
/// ready to run again: its group is repeated when another member's error took
/// the whole transaction with it.
package final class Transaction: Reader {
    /// The moment of this group of writes; the same for all of them.
    package let now: Timestamp
    package let random: any RandomSource
    private(set) var events: [any BusEvent] = []

    init(connection: Connection, now: Timestamp, random: any RandomSource) {
        self.now = now
        self.random = random
        super.init(connection: connection)
    }

    /// Runs a statement and returns how many rows it changed.
    @discardableResult
    package func execute(_ sql: String, _ arguments: (any SQLBindable)?...) throws -> Int {
        try execute(sql, arguments: arguments)
    }

    @discardableResult
    package func execute(_ sql: String, arguments: [(any SQLBindable)?]) throws -> Int {
        // After an error that ended the transaction a closure may go on; outside it, each statement would
        // commit by itself.
        guard !connection.isOutsideTransaction else { throw StorageError.rolledBack }
        try connection.statement(sql).run(arguments) { _ in true }
        return Int(sqlite3_changes64(connection.handle))
    }

    /// The `rid` that the last INSERT was given.
    package var lastRowID: Int64 { sqlite3_last_insert_rowid(connection.handle) }

    /// A new UUIDv7 of this moment.
    package func newIdentifier() -> Identifier { Identifier(v7: now, random: random) }

    /// The number that this group's commit will have.
    package var commitNumber: Int64 {
        get throws { try int("SELECT sequence FROM last_commit") + 1 }
    }

    /// Tells the bus of `event` after the commit, in commit order; never if the write fails.
    package func emit(_ event: any BusEvent) { events.append(event) }
}
