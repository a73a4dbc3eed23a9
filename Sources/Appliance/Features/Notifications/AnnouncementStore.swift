import Platform

/// All SQL over announcements that are under way.
enum AnnouncementStore {
    /// Begins one to all accounts that there are now, and returns the id by which it is found.
    static func create(_ notification: Notification.New, in transaction: Transaction) throws -> Identifier {
        let id = transaction.newIdentifier()
        try transaction.execute(
            """
            INSERT INTO announcements (id, kind, title, message, data, last_account, through_account) VALUES ($1, $2, $3, $4, $5, 0, $6)
            """, id, notification.kind.rawValue, notification.title, notification.message, notification.data.jsonText,
            try AccountStore.newestRowID(in: transaction))
        return id
    }

    static func announcement(_ id: Identifier, in reader: Reader) throws -> Announcement? {
        try reader.first(
            "SELECT rid, kind, title, message, data, last_account, through_account, recipients FROM announcements WHERE id = $1", id
        ) { row in
            guard let kind = Notification.Kind(rawValue: try row.text(1)) else { throw StorageError.unexpectedValue(column: 1) }
            let notification = Notification.New(kind: kind, title: try row.text(2), message: try row.text(3), data: try row.json(4))
            return Announcement(
                rowID: try row.int(0), notification: notification, lastAccount: try row.int(5), throughAccount: try row.int(6),
                recipients: Int(try row.int(7)))
        }
    }

    /// Tells the next accounts, at most so many; false when none is left. How far it has come is stored together with
    /// what it has told, so nobody is told twice.
    static func advance(_ id: Identifier, by limit: Int, in transaction: Transaction) throws -> Bool {
        guard let announcement = try announcement(id, in: transaction) else { return false }
        let owners = try AccountStore.activeOwners(
            after: announcement.lastAccount, through: announcement.throughAccount, limit: limit, in: transaction)
        guard let last = owners.last else { return false }
        for owner in owners { try NotificationStore.add(announcement.notification, for: owner, in: transaction) }
        try transaction.execute(
            "UPDATE announcements SET last_account = $1, recipients = recipients + $2 WHERE rid = $3", last.rowID, owners.count,
            announcement.rowID)
        return owners.count == limit
    }

    /// Forgets one that is done.
    static func delete(_ announcement: Announcement, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM announcements WHERE rid = $1", announcement.rowID)
    }
}
