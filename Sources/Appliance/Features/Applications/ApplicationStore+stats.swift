import Platform

extension ApplicationStore {
    /// For `scan`: it looks at every application of the account.
    static func stats(of owner: Owner, in reader: Reader) throws -> ApplicationStats {
        var stats = ApplicationStats()
        try reader.each("SELECT status, count(*) FROM applications WHERE account_rid = $1 GROUP BY status", owner.rowID) {
            stats.counts[try $0.text(0)] = Int(try $0.int(1))
        }
        stats.meanResponseMicroseconds = try meanResponse(of: owner, in: reader)
        stats.mostAppliedJobType = try mostApplied("job_type", of: owner, in: reader)
        stats.mostAppliedLocation = try mostApplied("location", of: owner, in: reader)
        return stats
    }

    private static func meanResponse(of owner: Owner, in reader: Reader) throws -> Double? {
        let waiting = ApplicationStats.waiting
        let answers = ApplicationStats.answers
        func places(_ count: Int, from first: Int) -> String { (first..<(first + count)).map { "$\($0)" }.joined(separator: ", ") }
        var mean: Double?
        try reader.each(
            """
            SELECT avg(answered_at - applied_at) FROM (
                SELECT applications.applied_at AS applied_at, min(application_events.at) AS answered_at
                FROM applications JOIN application_events ON application_events.application_rid = applications.rid
                WHERE applications.account_rid = $1 AND applications.applied_at IS NOT NULL
                    AND application_events.field = 'status' AND application_events.at >= applications.applied_at
                    AND application_events.from_value IN (\(places(waiting.count, from: 2)))
                    AND application_events.to_value IN (\(places(answers.count, from: 2 + waiting.count)))
                GROUP BY applications.rid, applications.applied_at) AS answered
            """, arguments: [owner.rowID] + waiting + answers
        ) { mean = try $0.doubleOrNil(0) }
        return mean
    }

    private static func mostApplied(_ column: String, of owner: Owner, in reader: Reader) throws -> String? {
        try reader.first(
            """
            SELECT jobs.\(column) FROM applications JOIN jobs ON jobs.rid = applications.job_rid WHERE applications.account_rid = $1
            GROUP BY jobs.\(column) ORDER BY count(*) DESC, jobs.\(column) LIMIT 1
            """, owner.rowID
        ) { try $0.text(0) }
    }
}
