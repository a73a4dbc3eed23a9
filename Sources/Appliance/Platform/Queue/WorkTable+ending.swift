extension WorkTable {
    /// How far an item is and what came of it, whoever's it is: for the operator.
    package struct Ending: Sendable, Equatable {
        package let state: WorkItem.State
        package let result: JSONValue
        package let errorCode: String?
        package let error: String?
        package let finishedAt: Timestamp?
    }

    /// Nil when the item has been cleaned away.
    package static func ending(of id: Identifier, in reader: Reader) throws -> Ending? {
        try reader.first("SELECT state, result, error_code, error, finished_at FROM work_items WHERE id = $1", id) { row in
            guard let state = WorkItem.State(rawValue: try row.text(0)) else { throw StorageError.unexpectedValue(column: 0) }
            return Ending(
                state: state, result: row.isNull(1) ? .null : try row.json(1), errorCode: try row.textOrNil(2),
                error: try row.textOrNil(3), finishedAt: try row.timeOrNil(4))
        }
    }

    /// How the queue is doing, for who watches the server: since when the longest due item has been due, and how many have died
    /// since a moment. What waits for a time that is still to come (a mail for the end of quiet hours, a digest, another
    /// attempt) is not due, and so no backlog.
    package static func health(
        at now: Timestamp, diedSince moment: Timestamp, in reader: Reader
    ) throws -> (oldestDue: Timestamp?, died: Int) {
        let died = try reader.int("SELECT count(*) FROM work_items WHERE state = 'dead' AND finished_at >= $1", moment)
        return (try oldestDue(in: reader).flatMap { $0 <= now ? $0 : nil }, Int(died))
    }
}
