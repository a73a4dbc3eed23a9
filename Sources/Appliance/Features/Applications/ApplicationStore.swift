import Platform

/// All SQL over applications. What changes one also writes its history, counts it at its job and tells its applicant,
/// in the same transaction, so that none of these can be forgotten.
enum ApplicationStore {
    // MARK: Changing

    /// Stores a new application, begins its history and counts it at its job. Throws the field's message where the
    /// account has applied to that job already. Nobody is notified: the applicant knows.
    static func create(
        _ new: Application, of applicant: Applicant, by actor: ApplicationActor, in transaction: Transaction
    ) throws -> Application {
        guard let job = new.job else { throw ApplicationError.noSuchJob(new.request.jobID) }
        guard try !hasApplied(applicant.owner, to: job, in: transaction) else { throw ApplicationError.alreadyApplied }
        var stored = new
        stored.noteSubmission(after: nil, at: transaction.now)
        stored.createdAt = transaction.now
        stored.updatedAt = transaction.now
        let places = (1...columns.count).map { "$\($0 + 4)" }.joined(separator: ", ")
        try transaction.execute(
            """
            INSERT INTO applications (id, account_rid, job_rid, created_at, updated_at, \(columns.joined(separator: ", ")))
            VALUES ($1, $2, $3, $4, $4, \(places))
            """,
            arguments: [stored.id, applicant.owner.rowID, job.rowID, transaction.now] + values(of: stored))
        stored.rowID = transaction.lastRowID
        try record(stored, after: nil, by: actor, in: transaction)
        try JobStore.countApplications(1, of: job.rowID, in: transaction)
        stored.request = Application.Request()
        return stored
    }

    /// Lets `edit` change the stored application, and stores it as it then is. Nil when there is no such application
    /// of that applicant.
    ///
    /// A change of `status` is notified whoever made it, as the original sent its mail: the applicant may have other
    /// devices, and the message is the receipt of what was done here by hand.
    static func change(
        _ id: Identifier, of applicant: Applicant, by actor: ApplicationActor, in transaction: Transaction,
        _ edit: (inout Application) throws -> Void
    ) throws -> Application? {
        guard let old = try application(id, of: applicant, in: transaction) else { return nil }
        var new = old
        try edit(&new)
        new.noteSubmission(after: old.status, at: transaction.now)
        new.updatedAt = transaction.now
        guard let before = old.job, let job = new.job else { throw ApplicationError.noSuchJob(new.request.jobID) }
        if job.rowID != before.rowID {
            guard try !hasApplied(applicant.owner, to: job, in: transaction) else { throw ApplicationError.alreadyApplied }
            try JobStore.countApplications(-1, of: before.rowID, in: transaction)
            try JobStore.countApplications(1, of: job.rowID, in: transaction)
        }
        let assignments = columns.enumerated().map { "\($0.element) = $\($0.offset + 4)" }.joined(separator: ", ")
        try transaction.execute(
            "UPDATE applications SET job_rid = $2, updated_at = $3, \(assignments) WHERE rid = $1",
            arguments: [new.rowID, job.rowID, transaction.now] + values(of: new))
        try record(new, after: old, by: actor, in: transaction)
        if new.status != old.status {
            let notice = ApplicationNotice(application: new.id, job: job, from: old.status, to: new.status)
            try NotificationStore.add(notice.notification, for: applicant.owner, in: transaction)
        }
        new.request = Application.Request()
        return new
    }

    /// False when there is no such application of the owner's.
    static func delete(_ id: Identifier, of owner: Owner, in transaction: Transaction) throws -> Bool {
        let job = try transaction.first("SELECT job_rid FROM applications WHERE id = $1 AND account_rid = $2", id, owner.rowID) {
            try $0.int(0)
        }
        guard let job else { return false }
        try transaction.execute("DELETE FROM applications WHERE id = $1 AND account_rid = $2", id, owner.rowID)
        try JobStore.countApplications(-1, of: job, in: transaction)
        return true
    }

    /// Deletes all applications of an account that is being deleted, so that no job goes on counting them.
    static func deleteAll(of owner: Owner, in transaction: Transaction) throws {
        let jobs = try transaction.rows("SELECT job_rid FROM applications WHERE account_rid = $1", owner.rowID) { try $0.int(0) }
        for job in jobs { try JobStore.countApplications(-1, of: job, in: transaction) }
        try transaction.execute("DELETE FROM applications WHERE account_rid = $1", owner.rowID)
    }

    // MARK: Reading

    static func application(_ id: Identifier, of applicant: Applicant, in reader: Reader) throws -> Application? {
        try reader.first(byID, id, applicant.owner.rowID) { try read($0, user: applicant.id) }
    }

    static func application(rowID: Int64, of applicant: Applicant, in reader: Reader) throws -> Application? {
        try reader.first(byRow, rowID, applicant.owner.rowID) { try read($0, user: applicant.id) }
    }

    /// Of all accounts together.
    static func count(in reader: Reader) throws -> Int { Int(try reader.int("SELECT count(*) FROM applications")) }

    /// The jobs that the owner has applied to, by their numbers in the database.
    static func appliedJobs(of owner: Owner, in reader: Reader) throws -> Set<Int64> {
        Set(try reader.rows("SELECT job_rid FROM applications WHERE account_rid = $1", owner.rowID) { try $0.int(0) })
    }

    static func hasApplied(_ owner: Owner, to job: JobListItem, in reader: Reader) throws -> Bool {
        try reader.int(byJob, job.rowID, owner.rowID) > 0
    }

    /// Applications of all accounts behind a row, in the order in which they were made: for the operator's export,
    /// which walks them in slices so that no single read lasts long. The last one's `rowID` begins the next slice.
    static func slice(after rowID: Int64, limit: Int, in reader: Reader) throws -> [Application] {
        let rows = try reader.rows(inSlices, rowID, limit) { (rowID: try $0.int(0), owner: Owner.ofWork(accountRowID: try $0.int(1))) }
        var applicants: [Owner: Applicant] = [:]
        return try rows.compactMap { row in
            if applicants[row.owner] == nil { applicants[row.owner] = try AccountStore.account(row.owner, in: reader).map(Applicant.init) }
            return try applicants[row.owner].flatMap { try application(rowID: row.rowID, of: $0, in: reader) }
        }
    }

    // MARK: Rows

    static let byID = "SELECT \(shown) WHERE applications.id = $1 AND applications.account_rid = $2"
    static let byRow = "SELECT \(shown) WHERE applications.rid = $1 AND applications.account_rid = $2"
    static let byJob = "SELECT count(*) FROM applications WHERE job_rid = $1 AND account_rid = $2"
    static let inSlices = "SELECT rid, account_rid FROM applications WHERE rid > $1 ORDER BY rid LIMIT $2"

    private static let columns = [
        "status", "application_type", "cover_letter", "additional_documents", "application_url", "external_application_id",
        "match_score", "auto_applied", "ai_generated_cover_letter", "last_contact_date", "interview_date", "follow_up_date",
        "skyvern_task_id", "skyvern_response_data", "submission_logs", "notes", "user_notes", "feedback_received",
        "user_defined_status", "interview_details", "offer_details", "follow_up_reminder_sent_at", "applied_at",
    ]

    /// What a row shows, and of which tables: an application's own columns, then its job's.
    private static let shown =
        (["rid", "id", "created_at", "updated_at"] + columns).map { "applications.\($0)" }.joined(separator: ", ") + ", "
        + JobStore.listColumns + " FROM applications JOIN jobs ON jobs.rid = applications.job_rid"

    /// Where the columns of the job begin.
    private static let jobColumn = columns.count + 4

    private static func values(of application: Application) -> [(any SQLBindable)?] {
        [
            application.status, application.applicationType, application.coverLetter, application.additionalDocuments.jsonText,
            application.applicationURL, application.externalApplicationID, application.matchScore, application.autoApplied,
            application.aiGeneratedCoverLetter, application.lastContactDate, application.interviewDate, application.followUpDate,
            application.skyvernTaskID, application.skyvernResponseData?.jsonText, application.submissionLogs.jsonText,
            application.notes, application.userNotes, application.feedbackReceived, application.userDefinedStatus,
            application.interviewDetails?.jsonText, application.offerDetails?.jsonText, application.followUpReminderSentAt,
            application.appliedAt,
        ]
    }

    private static func read(_ row: borrowing Row, user: Identifier) throws -> Application {
        var application = Application(id: try row.id(1), user: user)
        application.rowID = try row.int(0)
        application.createdAt = try row.time(2)
        application.updatedAt = try row.time(3)
        application.status = try row.text(4)
        application.applicationType = try row.text(5)
        application.coverLetter = try row.text(6)
        application.additionalDocuments = try row.json(7)
        application.applicationURL = try row.text(8)
        application.externalApplicationID = try row.text(9)
        application.matchScore = try row.doubleOrNil(10)
        application.autoApplied = try row.bool(11)
        application.aiGeneratedCoverLetter = try row.bool(12)
        application.lastContactDate = try row.timeOrNil(13)
        application.interviewDate = try row.timeOrNil(14)
        application.followUpDate = try row.timeOrNil(15)
        application.skyvernTaskID = try row.text(16)
        application.skyvernResponseData = row.isNull(17) ? nil : try row.json(17)
        application.submissionLogs = try row.json(18)
        application.notes = try row.text(19)
        application.userNotes = try row.text(20)
        application.feedbackReceived = try row.text(21)
        application.userDefinedStatus = try row.textOrNil(22)
        application.interviewDetails = row.isNull(23) ? nil : try row.json(23)
        application.offerDetails = row.isNull(24) ? nil : try row.json(24)
        application.followUpReminderSentAt = try row.timeOrNil(25)
        application.appliedAt = try row.timeOrNil(26)
        application.job = try JobStore.readListItem(row, from: jobColumn)
        return application
    }
}
