import Platform

/// All SQL over notifications.
enum NotificationStore {
    /// Adds a notification in the transaction of what causes it, and tells the bus after the commit.
    @discardableResult
    static func add(_ new: Notification.New, for owner: Owner, in transaction: Transaction) throws -> Notification {
        let id = transaction.newIdentifier()
        try transaction.execute(
            "INSERT INTO notifications (id, account_rid, kind, title, message, data, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)", id,
            owner.rowID, new.kind.rawValue, new.title, new.message, new.data.jsonText, transaction.now)
        let notification = Notification(
            rowID: transaction.lastRowID, id: id, kind: new.kind, title: new.title, message: new.message, isRead: false,
            createdAt: transaction.now, data: new.data)
        transaction.emit(NotificationAdded(owner: owner, notification: notification))
        return notification
    }
}
