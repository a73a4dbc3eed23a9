import Platform

/// Something that one feature keeps and, after a time, nobody needs.
struct Cleaning: Sendable {
    let name: String
    /// Deletes at most so many and returns how many it were.
    let some: @Sendable (_ limit: Int, Transaction) throws -> Int
}

/// Deletes what nobody needs any more, feature by feature, a little in each transaction.
///
/// A second run is harmless: it finds less to delete. Its key is its kind: one item waits at a time. What has grown old of
/// the queue itself the queue deletes.
struct MaintenanceWork: Worker {
    static let kind = "admin.maintenance"
    static let deletedAtOnce = 200

    let database: Database
    let cleanings: [Cleaning]

    var kind: String { Self.kind }
    var maximumAttempts: Int { 5 }

    static let order = WorkOrder(kind, payload: .object(JSONObject()), uniqueKey: kind)

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        var deleted: [(String, JSONValue)] = []
        for cleaning in cleanings {
            var total = 0
            while true {
                try Task.checkCancellation()
                let count = try await database.write { try cleaning.some(Self.deletedAtOnce, $0) }
                total += count
                if count < Self.deletedAtOnce { break }
            }
            deleted.append((cleaning.name, .integer(total)))
        }
        let result = JSONValue.object(JSONObject([("deleted", .object(JSONObject(deleted)))]))
        return WorkOutcome { _ in result }
    }
}

extension MaintenanceWork {
    private static let day = 86_400
    /// Entries of logs.
    private static let keptDays = 90

    /// What there is to clean, of all features.
    static let all: [Cleaning] = [
        Cleaning(name: "logins") { try LoginStore.clean(limit: $0, in: $1) },
        Cleaning(name: "notifications") { limit, transaction in
            let moment = transaction.now.adding(seconds: -NotificationCleaning.keptDays * day)
            return try NotificationStore.clean(readBefore: moment, limit: limit, in: transaction)
        },
        Cleaning(name: "deliveries") { limit, transaction in
            try NotificationDeliveryStore.clean(before: transaction.now.adding(seconds: -keptDays * day), limit: limit, in: transaction)
        },
        Cleaning(name: "webhook_secrets") { try TargetStore.forgetOldSecrets(limit: $0, in: $1) },
        Cleaning(name: "digests") { limit, transaction in
            let moment = transaction.now.adding(seconds: -NotificationCleaning.keptDays * day)
            return try DigestStore.clean(before: moment, limit: limit, in: transaction)
        },
        Cleaning(name: "mails") { try MailStore.clean(limit: $0, in: $1) },
        Cleaning(name: "mail_tokens") { try MailTokenStore.clean(limit: $0, in: $1) },
        Cleaning(name: "kept_answers") { try IdempotencyTable.clean(limit: $0, in: $1) },
        Cleaning(name: "schedule_runs") { limit, transaction in
            try ScheduleTable.clean(orderedBefore: transaction.now.adding(seconds: -keptDays * day), limit: limit, in: transaction)
        },
    ]
}
