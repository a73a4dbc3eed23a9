import Platform

/// All SQL over the tokens that the assistant's model has used, by day and account.
///
/// Row 0 of a day is the whole instance: accounts come and go, but what they cost was spent.
enum TokenLedger {
    static let migrations = [
        Migration(
            version: 45, name: "assistant_tokens",
            sql: """
                CREATE TABLE assistant_tokens (
                    day INTEGER NOT NULL,
                    account_rid INTEGER NOT NULL,
                    tokens INTEGER NOT NULL,
                    PRIMARY KEY (day, account_rid)
                ) STRICT, WITHOUT ROWID;
                """)
    ]

    private static let instance: Int64 = 0
    private static let keptDays: Int64 = 400

    /// The days since 1970, which begin at midnight UTC.
    static func day(of time: Timestamp) -> Int64 { time.seconds / 86_400 }

    /// An account that was deleted while the model was thinking leaves no row of its own.
    static func add(_ tokens: Int, of owner: Owner, in transaction: Transaction) throws {
        guard tokens > 0 else { return }
        let day = day(of: transaction.now)
        try transaction.execute("DELETE FROM assistant_tokens WHERE day < $1", day - keptDays)
        let isThere = try AccountStore.account(owner, in: transaction) != nil
        for account in isThere ? [owner.rowID, instance] : [instance] {
            try transaction.execute(
                """
                INSERT INTO assistant_tokens (day, account_rid, tokens) VALUES ($1, $2, $3)
                ON CONFLICT (day, account_rid) DO UPDATE SET tokens = assistant_tokens.tokens + excluded.tokens
                """, day, account, tokens)
        }
    }

    /// What the account and the whole instance have used on the day of `time`.
    static func used(by owner: Owner, at time: Timestamp, in reader: Reader) throws -> (account: Int, instance: Int) {
        let sql = "SELECT tokens FROM assistant_tokens WHERE day = $1 AND account_rid = $2"
        return (Int(try reader.int(sql, day(of: time), owner.rowID)), Int(try reader.int(sql, day(of: time), instance)))
    }

    /// What the account has used on each day that is still known, the oldest first.
    static func days(of owner: Owner, in reader: Reader) throws -> [(day: Timestamp, tokens: Int)] {
        try reader.rows("SELECT day, tokens FROM assistant_tokens WHERE account_rid = $1 ORDER BY day", owner.rowID) {
            (Timestamp(seconds: try $0.int(0) * 86_400), Int(try $0.int(1)))
        }
    }

    /// Forgets what a deleted account has used.
    static func deleteAll(of owner: Owner, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM assistant_tokens WHERE account_rid = $1", owner.rowID)
    }
}

/// How many tokens a day may cost. Zero is no limit.
struct TokenAllowance: Sendable, Equatable {
    var account: Int
    var instance: Int

    /// Seconds to the next midnight UTC if one of the limits is reached, else nil.
    func secondsUntilFree(_ used: (account: Int, instance: Int), at now: Timestamp) -> Int? {
        guard (account > 0 && used.account >= account) || (instance > 0 && used.instance >= instance) else { return nil }
        return Int(86_400 - now.seconds % 86_400)
    }
}

/// The day's tokens are used up: 429 in the words of every limit, until midnight UTC.
struct TokensUsedUp: HTTPFact, WorkFailure, Equatable {
    static let code = "token_budget_exhausted"

    let seconds: Int

    var status: Int { 429 }
    var headers: [(name: String, value: String)] { [("Retry-After", "\(seconds)")] }

    func writeBody(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("detail", "Request was throttled. Expected available in \(seconds) seconds.")
            writer.field("error_code", Self.code)
        }
    }

    var workCode: String { Self.code }
    var workDetail: String { "The assistant's tokens of this day are used up. Please ask again tomorrow." }
    var isPermanent: Bool { true }
}
