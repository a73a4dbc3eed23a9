/// Keeps the answers of requests that carry an `Idempotency-Key`, for a day.
///
/// A key that an earlier run of the server left unanswered (it was killed) is
/// free again: whether the effect happened is for the handler to find out, which
/// is why a stored question carries its key too.
package struct IdempotencyTable: IdempotencyStore {
    static let keptSeconds = 86_400

    private let database: Database
    /// Names this run of the server.
    private let bootID: Identifier

    package init(database: Database, bootID: Identifier) {
        self.database = database
        self.bootID = bootID
    }

    package func begin(_ scope: IdempotencyScope) async throws -> IdempotencyState {
        let bootID = self.bootID
        return try await database.write { transaction in
            try transaction.execute(
                "DELETE FROM idempotency_keys WHERE created_at < $1", transaction.now.adding(seconds: -Self.keptSeconds))
            let known = try transaction.first(
                """
                SELECT route, body_hash, boot_id, status, content_type, answer FROM idempotency_keys
                WHERE account_rid = $1 AND key = $2
                """, scope.callerRowID, scope.key
            ) { row -> IdempotencyState? in
                guard try row.text(0) == scope.operation, try row.blob(1) == scope.bodyHash else { return .conflict }
                if let status = try row.intOrNil(3) {
                    return .replay(HTTPAnswer(status: Int(status), contentType: try row.textOrNil(4), body: try row.blobOrNil(5) ?? []))
                }
                return try row.id(2) == bootID ? .inProgress : nil
            }
            if case .some(.some(let state)) = known { return state }
            try transaction.execute(
                """
                INSERT INTO idempotency_keys (account_rid, key, route, body_hash, boot_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (account_rid, key) DO UPDATE SET boot_id = excluded.boot_id, created_at = excluded.created_at
                """, scope.callerRowID, scope.key, scope.operation, scope.bodyHash, bootID, transaction.now)
            return .fresh
        }
    }

    /// Deletes some that are kept no longer, and returns how many: on a server where no new ones come.
    package static func clean(limit: Int, in transaction: Transaction) throws -> Int {
        try transaction.execute(
            "DELETE FROM idempotency_keys WHERE rid IN (SELECT rid FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2)",
            transaction.now.adding(seconds: -keptSeconds), limit)
    }

    package func finish(_ scope: IdempotencyScope, answer: HTTPAnswer) async throws {
        try await database.write { transaction in
            _ = try transaction.execute(
                "UPDATE idempotency_keys SET status = $1, content_type = $2, answer = $3 WHERE account_rid = $4 AND key = $5",
                answer.status, answer.contentType, answer.body, scope.callerRowID, scope.key)
        }
    }

    package func abandon(_ scope: IdempotencyScope) async throws {
        try await database.write { transaction in
            _ = try transaction.execute(
                "DELETE FROM idempotency_keys WHERE account_rid = $1 AND key = $2 AND status IS NULL", scope.callerRowID, scope.key)
        }
    }
}
