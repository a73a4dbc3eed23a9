import Platform

/// The SQL over an account's own alerts. Every function demands their `Owner`; those that read alerts also take the
/// account's name outside, which an alert shows and its row does not hold.
enum AlertStore {
    static func create(_ alert: JobAlert, of owner: Owner, in transaction: Transaction) throws -> JobAlert {
        let places = (1...columns.count).map { "$\($0 + 3)" }.joined(separator: ", ")
        try transaction.execute(
            """
            INSERT INTO job_alerts (id, account_rid, created_at, updated_at, \(columns.joined(separator: ", ")))
            VALUES ($1, $2, $3, $3, \(places))
            """, arguments: [alert.id, owner.rowID, alert.createdAt] + values(of: alert))
        var stored = alert
        stored.rowID = transaction.lastRowID
        return stored
    }

    static func alert(_ id: Identifier, of owner: Owner, user: Identifier, in reader: Reader) throws -> JobAlert? {
        try reader.first("\(selection) WHERE id = $1 AND account_rid = $2", id, owner.rowID) { try read($0, user) }
    }

    static func count(of owner: Owner, in reader: Reader) throws -> Int {
        Int(try reader.int("SELECT count(*) FROM job_alerts WHERE account_rid = $1", owner.rowID))
    }

    static let page = "\(selection) WHERE account_rid = $1 ORDER BY rid DESC LIMIT $2 OFFSET $3"

    /// Newest first.
    static func alerts(of owner: Owner, user: Identifier, limit: Int, offset: Int, in reader: Reader) throws -> [JobAlert] {
        try reader.rows(page, owner.rowID, limit, offset) { try read($0, user) }
    }

    /// Stores the alert's new values and returns it with the time of the change. What the alert was run against stays.
    static func update(_ alert: JobAlert, of owner: Owner, in transaction: Transaction) throws -> JobAlert {
        let assignments = columns.enumerated().map { "\($0.element) = $\($0.offset + 4)" }.joined(separator: ", ")
        try transaction.execute(
            "UPDATE job_alerts SET updated_at = $3, \(assignments) WHERE rid = $1 AND account_rid = $2",
            arguments: [alert.rowID, owner.rowID, transaction.now] + values(of: alert))
        var stored = alert
        stored.updatedAt = transaction.now
        return stored
    }

    /// False when there is none.
    static func delete(_ id: Identifier, of owner: Owner, in transaction: Transaction) throws -> Bool {
        try transaction.execute("DELETE FROM job_alerts WHERE id = $1 AND account_rid = $2", id, owner.rowID) == 1
    }

    // MARK: Rows

    private static let columns = [
        "name", "keywords", "location", "job_type", "experience_level", "remote_only", "min_salary", "max_salary", "frequency",
        "email_notifications", "push_notifications", "is_active",
    ]

    private static func values(of alert: JobAlert) -> [(any SQLBindable)?] {
        [
            alert.name, JSONValue.list(alert.criteria.keywords).jsonText, alert.criteria.location, alert.criteria.jobType,
            alert.criteria.experienceLevel, alert.criteria.remoteOnly, alert.criteria.minSalary, alert.criteria.maxSalary,
            alert.frequency.rawValue, alert.emailNotifications, alert.pushNotifications, alert.isActive,
        ]
    }

    /// The columns of the criteria, in the order of `readCriteria`.
    static let criteriaColumns = "keywords, location, job_type, experience_level, remote_only, min_salary, max_salary"

    static func readCriteria(_ row: borrowing Row, from first: Int) throws -> AlertCriteria {
        guard let keywords = try row.json(first).array else { throw StorageError.unexpectedValue(column: first) }
        return AlertCriteria(
            keywords: keywords.compactMap(\.string), location: try row.text(first + 1), jobType: try row.text(first + 2),
            experienceLevel: try row.text(first + 3), remoteOnly: try row.bool(first + 4),
            minSalary: try row.intOrNil(first + 5).map { Int($0) }, maxSalary: try row.intOrNil(first + 6).map { Int($0) })
    }

    private static let selection = """
        SELECT rid, id, created_at, updated_at, name, frequency, email_notifications, push_notifications, is_active, last_run, \
        \(criteriaColumns) FROM job_alerts
        """

    private static func read(_ row: borrowing Row, _ user: Identifier) throws -> JobAlert {
        guard let frequency = JobAlert.Frequency(rawValue: try row.text(5)) else { throw StorageError.unexpectedValue(column: 5) }
        var alert = JobAlert(id: try row.id(1), user: user, createdAt: try row.time(2))
        alert.rowID = try row.int(0)
        alert.updatedAt = try row.time(3)
        alert.name = try row.text(4)
        alert.frequency = frequency
        alert.emailNotifications = try row.bool(6)
        alert.pushNotifications = try row.bool(7)
        alert.isActive = try row.bool(8)
        alert.lastRun = try row.timeOrNil(9)
        alert.criteria = try readCriteria(row, from: 10)
        return alert
    }
}
