import Platform

/// Lists of one account's applications, the newest first.
///
/// A list is found in two steps: the numbers of its rows, then each row by its number. So a late page costs no more than
/// the index entries before it, and a filter that has to look at texts goes once over the account's rows.
extension ApplicationStore {
    /// A statement with its arguments.
    struct Query {
        var sql: String
        var arguments: [(any SQLBindable)?]
    }

    static func count(_ filter: ApplicationFilter, of owner: Owner, in reader: Reader) throws -> Int {
        let query = countQuery(filter, of: owner)
        return Int(try reader.int(query.sql, arguments: query.arguments))
    }

    /// The numbers of the rows on a page of a list that one index holds.
    static func rowIDs(_ filter: ApplicationFilter, of owner: Owner, limit: Int, offset: Int, in reader: Reader) throws -> [Int64] {
        let query = pageQuery(filter, of: owner, limit: limit, offset: offset)
        return try reader.rows(query.sql, arguments: query.arguments) { try $0.int(0) }
    }

    /// The numbers of all rows of a list: for `scan`, as it looks at each row of the account.
    static func allRowIDs(_ filter: ApplicationFilter, of owner: Owner, in reader: Reader) throws -> [Int64] {
        let query = allQuery(filter, of: owner)
        guard filter.readsText else { return try reader.rows(query.sql, arguments: query.arguments) { try $0.int(0) } }
        var found: [Int64] = []
        try reader.each(query.sql, arguments: query.arguments) { row in
            let notes = [try row.text(3), try row.text(4)]
            if filter.matches(title: try row.text(1), company: try row.text(2), notes: notes) { found.append(try row.int(0)) }
        }
        return found
    }

    // MARK: Statements

    static func countQuery(_ filter: ApplicationFilter, of owner: Owner) -> Query {
        let (conditions, arguments) = conditions(of: filter, owner)
        return Query(sql: "SELECT count(*) FROM applications WHERE \(conditions)", arguments: arguments)
    }

    static func pageQuery(_ filter: ApplicationFilter, of owner: Owner, limit: Int, offset: Int) -> Query {
        let (conditions, arguments) = conditions(of: filter, owner)
        let (first, second) = (arguments.count + 1, arguments.count + 2)
        return Query(
            sql: "SELECT rid FROM applications WHERE \(conditions) ORDER BY created_at DESC, rid DESC LIMIT $\(first) OFFSET $\(second)",
            arguments: arguments + [limit, offset])
    }

    static func allQuery(_ filter: ApplicationFilter, of owner: Owner) -> Query {
        let (conditions, arguments) = conditions(of: filter, owner)
        guard filter.readsText else {
            return Query(
                sql: "SELECT rid FROM applications WHERE \(conditions) ORDER BY created_at DESC, rid DESC", arguments: arguments)
        }
        return Query(
            sql: """
                SELECT applications.rid, jobs.title, jobs.company, applications.notes, applications.user_notes
                FROM applications JOIN jobs ON jobs.rid = applications.job_rid
                WHERE \(conditions) ORDER BY applications.created_at DESC, applications.rid DESC
                """, arguments: arguments)
    }

    private static func conditions(of filter: ApplicationFilter, _ owner: Owner) -> (sql: String, arguments: [(any SQLBindable)?]) {
        var conditions = ["applications.account_rid = $1"]
        var arguments: [(any SQLBindable)?] = [owner.rowID]
        func demand(_ comparison: String, _ value: (any SQLBindable)?) {
            guard let value else { return }
            arguments.append(value)
            conditions.append("applications.\(comparison) $\(arguments.count)")
        }
        demand("status =", filter.status)
        demand("user_defined_status =", filter.userDefinedStatus)
        demand("created_at >=", filter.createdAfter)
        demand("created_at <", filter.createdBefore)
        demand("applied_at >=", filter.appliedAfter)
        demand("applied_at <", filter.appliedBefore)
        demand("follow_up_date <", filter.followUpBefore)
        return (conditions.joined(separator: " AND "), arguments)
    }
}
