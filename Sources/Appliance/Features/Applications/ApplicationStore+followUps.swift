import Platform

/// Applications that their applicants meant to follow up.
extension ApplicationStore {
    /// An application of which a reminder is due.
    struct FollowUp: Sendable, Equatable {
        let rowID: Int64
        let id: Identifier
        let owner: Owner
        let job: JobListItem
        let date: Timestamp
        let userNotes: String
        let appliedAt: Timestamp
    }

    /// No reminder was sent on the day of the follow-up or since; the words of the index too. Days are UTC's.
    static let unreminded = """
        follow_up_date IS NOT NULL AND (follow_up_reminder_sent_at IS NULL \
        OR follow_up_reminder_sent_at < follow_up_date - follow_up_date % 86400000000)
        """

    static let followUpsDue = """
        SELECT applications.rid, applications.id, account_rid, follow_up_date, user_notes,
            coalesce(applied_at, applications.created_at), \(JobStore.listColumns)
        FROM applications JOIN jobs ON jobs.rid = job_rid JOIN accounts ON accounts.rid = account_rid
        WHERE \(unreminded) AND follow_up_date < $1 AND accounts.is_active = 1 ORDER BY follow_up_date LIMIT $2
        """

    /// Some of those whose date is over at that time, the oldest first; only of active accounts.
    static func followUps(before end: Timestamp, limit: Int, in reader: Reader) throws -> [FollowUp] {
        try reader.rows(followUpsDue, end, limit) { row in
            FollowUp(
                rowID: try row.int(0), id: try row.id(1), owner: Owner.ofWork(accountRowID: try row.int(2)),
                job: try JobStore.readListItem(row, from: 6), date: try row.time(3), userNotes: try row.text(4),
                appliedAt: try row.time(5))
        }
    }

    /// It is no change of the application: neither its history nor `updated_at` knows of it.
    static func noteReminder(_ followUp: FollowUp, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE applications SET follow_up_reminder_sent_at = $1 WHERE rid = $2", transaction.now, followUp.rowID)
    }

    /// What an applicant did in a stretch of time: applications made, and changes of their status.
    static func activity(of owner: Owner, since moment: Timestamp, in reader: Reader) throws -> (made: Int, changes: Int) {
        let made = try reader.int(
            "SELECT count(*) FROM applications WHERE account_rid = $1 AND created_at >= $2", owner.rowID, moment)
        let changes = try reader.int(
            """
            SELECT count(*) FROM applications JOIN application_events ON application_rid = applications.rid
            WHERE account_rid = $1 AND at >= $2 AND field = 'status' AND from_value IS NOT NULL AND from_value <> to_value
            """, owner.rowID, moment)
        return (Int(made), Int(changes))
    }
}

extension ApplicationSchema {
    /// A later step, so it has its own place in `Schema`.
    static let followUpMigrations = [
        Migration(
            version: 88, name: "application_follow_ups",
            sql: "CREATE INDEX applications_unreminded ON applications (follow_up_date) WHERE \(ApplicationStore.unreminded);")
    ]
}
