import Platform

/// What an account has not been told of yet.
extension RecommendationStore {
    /// A recommendation as a notification names it.
    struct News: Sendable, Equatable {
        let id: Identifier
        let job: JobListItem
        let score: Double
    }

    /// The account's open recommendations of jobs that are still open, made behind the one of that number, from a score on; the
    /// best first.
    static func news(of owner: Owner, after rowID: Int64, from score: Double, in reader: Reader) throws -> [News] {
        try reader.rows(
            """
            SELECT recommended_jobs.id, score, \(JobStore.listColumns) FROM recommended_jobs JOIN jobs ON jobs.rid = job_rid
            WHERE account_rid = $1 AND recommended_jobs.rid > $2 AND score >= $3 AND recommended_jobs.status = $4
                AND jobs.status = 'active'
            ORDER BY score DESC, recommended_jobs.rid DESC
            """, owner.rowID, rowID, score, Status.pendingReview.rawValue
        ) { News(id: try $0.id(0), job: try JobStore.readListItem($0, from: 2), score: try $0.double(1)) }
    }

    /// The number of the account's newest recommendation; 0 where it has none.
    static func newestRowID(of owner: Owner, in reader: Reader) throws -> Int64 {
        try reader.int("SELECT coalesce(max(rid), 0) FROM recommended_jobs WHERE account_rid = $1", owner.rowID)
    }

    /// How many were made for the account since then and are still there.
    static func count(of owner: Owner, since moment: Timestamp, in reader: Reader) throws -> Int {
        Int(
            try reader.int(
                "SELECT count(*) FROM recommended_jobs WHERE account_rid = $1 AND recommended_at >= $2", owner.rowID, moment))
    }
}
