import Platform

/// Tells every open account what the staff announce, some accounts to a transaction, so that others can write too.
///
/// Its idempotency key is the announcement's id: a second run goes on behind the last account that was told. Accounts that
/// were made after the announcement do not get it.
struct AnnouncementWork: Worker {
    static let kind = "notifications.announce"
    static let accountsAtOnce = 100

    let database: Database

    var kind: String { Self.kind }

    /// Begins an announcement and orders the work, on behalf of the one who announces; returns the work's id.
    ///
    /// `key` names the request. A repeat of one whose answer was lost with its process finds the work of the first.
    static func begin(
        _ notification: Notification.New, by owner: Owner, key: String? = nil, in transaction: Transaction
    ) throws -> Identifier {
        let uniqueKey = key.map { "\(owner.rowID) \($0)" }
        if let uniqueKey, let known = try WorkTable.newest(kind: kind, uniqueKey: uniqueKey, in: transaction) { return known }
        let id = try AnnouncementStore.create(notification, in: transaction)
        let payload = JSONObject([("announcement_id", .string(id.description))])
        return try transaction.enqueue(WorkOrder(kind, payload: .object(payload), owner: owner, uniqueKey: uniqueKey))
    }

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        guard let id = item.payload["announcement_id"]?.string.flatMap({ Identifier($0) }) else { return .nothing }
        while try await database.write({ try AnnouncementStore.advance(id, by: Self.accountsAtOnce, in: $0) }) {
            try Task.checkCancellation()
        }
        return WorkOutcome { transaction in
            guard let announcement = try AnnouncementStore.announcement(id, in: transaction) else { return .null }
            try AnnouncementStore.delete(announcement, in: transaction)
            return ["recipients": .integer(announcement.recipients)]
        }
    }
}

/// Deletes notifications that were read long ago. A second run is harmless: it finds less to delete. Its key is the
/// account whose notifications these are, or that they are everybody's.
struct NotificationCleaning: Worker {
    static let kind = "notifications.clean"
    static let keptDays = 30
    static let deletedAtOnce = 200

    let database: Database
    let clock: any PlatformClock

    var kind: String { Self.kind }

    /// Of one account's orders one at a time is enough.
    static func order(by owner: Owner? = nil) -> WorkOrder {
        WorkOrder(kind, payload: .object(JSONObject()), owner: owner, uniqueKey: owner.map { "\($0.rowID)" } ?? "all")
    }

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        let moment = clock.now().adding(seconds: -Self.keptDays * 86_400)
        var deleted = 0
        while true {
            let some = try await database.write {
                try NotificationStore.clean(readBefore: moment, limit: Self.deletedAtOnce, in: $0)
            }
            deleted += some
            if some < Self.deletedAtOnce { break }
            try Task.checkCancellation()
        }
        let total = deleted
        return WorkOutcome { _ in ["deleted": .integer(total)] }
    }
}
