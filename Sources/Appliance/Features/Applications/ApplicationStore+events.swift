import Platform

/// The history of applications. There is no statement that changes an event.
extension ApplicationStore {
    /// Writes down what differs between an application before and after a change, nil before its creation. The note
    /// stands beside the first difference; without any it is an event of its own, from a status to the same one.
    static func record(
        _ new: Application, after old: Application?, by actor: ApplicationActor, in transaction: Transaction
    ) throws {
        var note = new.request.note
        func add(_ field: ApplicationEvent.Field, from: String?, to: String?) throws {
            try transaction.execute(
                """
                INSERT INTO application_events (application_rid, at, actor, actor_rid, field, from_value, to_value, note)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """, new.rowID, transaction.now, actor.kind.rawValue, actor.account?.rowID, field.rawValue, from, to, note)
            note = ""
        }
        if new.status != old?.status { try add(.status, from: old?.status, to: new.status) }
        if new.userDefinedStatus != old?.userDefinedStatus {
            try add(.userDefinedStatus, from: old?.userDefinedStatus, to: new.userDefinedStatus)
        }
        if let old, old.job?.id != new.job?.id {
            try add(.job, from: old.job?.id.description, to: new.job?.id.description)
        }
        if !note.isEmpty { try add(.status, from: old?.status, to: new.status) }
    }

    static func eventCount(of application: Application, in reader: Reader) throws -> Int {
        Int(try reader.int("SELECT count(*) FROM application_events WHERE application_rid = $1", application.rowID))
    }

    /// Newest first.
    static func events(of application: Application, limit: Int, offset: Int = 0, in reader: Reader) throws -> [ApplicationEvent] {
        try reader.rows(eventQuery, application.rowID, limit, offset, map: readEvent)
    }

    static let eventQuery = """
        SELECT rid, at, actor, actor_rid, field, from_value, to_value, note FROM application_events
        WHERE application_rid = $1 ORDER BY rid DESC LIMIT $2 OFFSET $3
        """

    private static func readEvent(_ row: borrowing Row) throws -> ApplicationEvent {
        guard let kind = ApplicationActor.Kind(rawValue: try row.text(2)) else { throw StorageError.unexpectedValue(column: 2) }
        guard let field = ApplicationEvent.Field(rawValue: try row.text(4)) else { throw StorageError.unexpectedValue(column: 4) }
        return ApplicationEvent(
            rowID: try row.int(0), at: try row.time(1),
            actor: ApplicationActor(kind: kind, account: try row.intOrNil(3).map { Owner.ofWork(accountRowID: $0) }), field: field,
            from: try row.textOrNil(5), to: try row.textOrNil(6), note: try row.text(7))
    }
}
