import Platform

/// All SQL over notifications.
enum NotificationStore {
    /// How many of one account are kept. The oldest read ones go first, then the oldest.
    static let keptPerAccount = 1000

    /// Adds a notification in the transaction of what causes it, orders its ways out of the product, and tells the bus after
    /// the commit.
    @discardableResult
    static func add(_ new: Notification.New, for owner: Owner, in transaction: Transaction) throws -> Notification {
        let id = transaction.newIdentifier()
        try transaction.execute(
            "INSERT INTO notifications (id, account_rid, kind, title, message, data, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)", id,
            owner.rowID, new.kind.rawValue, new.title, new.message, new.data.jsonText, transaction.now)
        let notification = Notification(
            rowID: transaction.lastRowID, id: id, kind: new.kind, title: new.title, message: new.message, isRead: false,
            createdAt: transaction.now, data: new.data)
        try makeRoom(of: owner, in: transaction)
        try transaction.enqueue(DeliveryWork.order(notification, mail: new.mail, skipping: new.skipped, of: owner))
        transaction.emit(NotificationAdded(owner: owner, notification: notification))
        return notification
    }

    /// Deletes what is too much. One entry of an index for each that is kept is counted, which takes microseconds.
    private static func makeRoom(of owner: Owner, in transaction: Transaction) throws {
        let excess = try count(of: owner, in: transaction) - keptPerAccount
        guard excess > 0 else { return }
        let read = try transaction.execute(Self.deletingOldestRead, owner.rowID, excess)
        if read < excess { try transaction.execute(Self.deletingOldest, owner.rowID, excess - read) }
    }

    static let deletingOldestRead = """
        DELETE FROM notifications WHERE rid IN (
            SELECT rid FROM notifications WHERE account_rid = $1 AND is_read = 1 ORDER BY rid LIMIT $2)
        """

    static let deletingOldest = """
        DELETE FROM notifications WHERE rid IN (SELECT rid FROM notifications WHERE account_rid = $1 ORDER BY rid LIMIT $2)
        """

    // MARK: Reading

    static func notification(_ id: Identifier, of owner: Owner, in reader: Reader) throws -> Notification? {
        try reader.first("SELECT \(columns) FROM notifications WHERE id = $1 AND account_rid = $2", id, owner.rowID, map: read)
    }

    static func notification(rowID: Int64, of owner: Owner, in reader: Reader) throws -> Notification? {
        try reader.first("SELECT \(columns) FROM notifications WHERE rid = $1 AND account_rid = $2", rowID, owner.rowID, map: read)
    }

    /// Whether one of these is still there, by their numbers. These are never given again.
    static func hasAny(_ rowIDs: [Int64], in reader: Reader) throws -> Bool {
        for rowID in rowIDs where try reader.int("SELECT count(*) FROM notifications WHERE rid = $1", rowID) > 0 { return true }
        return false
    }

    static func count(_ filter: NotificationFilter = NotificationFilter(), of owner: Owner, in reader: Reader) throws -> Int {
        Int(try reader.int(countSQL(filter), owner.rowID, filter.kind?.rawValue))
    }

    static func unreadCount(of owner: Owner, in reader: Reader) throws -> Int {
        try count(NotificationFilter(unreadOnly: true), of: owner, in: reader)
    }

    /// The newest first.
    static func list(_ filter: NotificationFilter, of owner: Owner, limit: Int, offset: Int, in reader: Reader) throws -> [Notification] {
        try reader.rows(listSQL(filter), owner.rowID, filter.kind?.rawValue, limit, offset, map: read)
    }

    static func countSQL(_ filter: NotificationFilter) -> String { "SELECT count(*) FROM notifications WHERE \(condition(filter))" }

    static func listSQL(_ filter: NotificationFilter) -> String {
        "SELECT \(columns) FROM notifications WHERE \(condition(filter)) ORDER BY rid DESC LIMIT $3 OFFSET $4"
    }

    private static func condition(_ filter: NotificationFilter) -> String {
        "account_rid = $1" + (filter.unreadOnly ? " AND is_read = 0" : "") + (filter.kind == nil ? "" : " AND kind = $2")
    }

    /// Every notification of the owner, the oldest first, with when it was read.
    static func each(of owner: Owner, in reader: Reader, body: (Notification, Timestamp?) throws -> Void) throws {
        try reader.each("SELECT \(columns), read_at FROM notifications WHERE account_rid = $1 ORDER BY rid", owner.rowID) {
            try body(try read($0), try $0.timeOrNil(8))
        }
    }

    // MARK: Changing

    /// Marks one as read or unread; nil when the owner has none of that id.
    static func setRead(_ isRead: Bool, _ id: Identifier, of owner: Owner, in transaction: Transaction) throws -> Notification? {
        guard var notification = try notification(id, of: owner, in: transaction) else { return nil }
        guard notification.isRead != isRead else { return notification }
        try transaction.execute(
            "UPDATE notifications SET is_read = $1, read_at = $2 WHERE rid = $3", isRead, isRead ? transaction.now : nil,
            notification.rowID)
        notification.isRead = isRead
        return notification
    }

    /// Marks all as read and returns how many were not.
    static func markAllRead(of owner: Owner, in transaction: Transaction) throws -> Int {
        try transaction.execute(markingAllRead, transaction.now, owner.rowID)
    }

    static let markingAllRead = "UPDATE notifications SET is_read = 1, read_at = $1 WHERE account_rid = $2 AND is_read = 0"

    /// False when the owner has none of that id.
    static func delete(_ id: Identifier, of owner: Owner, in transaction: Transaction) throws -> Bool {
        try transaction.execute("DELETE FROM notifications WHERE id = $1 AND account_rid = $2", id, owner.rowID) == 1
    }

    /// Deletes some of those that were read before that moment, whoever's they are, and returns how many.
    static func clean(readBefore moment: Timestamp, limit: Int, in transaction: Transaction) throws -> Int {
        try transaction.execute(cleaning, moment, limit)
    }

    static let cleaning = """
        DELETE FROM notifications WHERE rid IN (
            SELECT rid FROM notifications WHERE is_read = 1 AND read_at < $1 ORDER BY read_at LIMIT $2)
        """

    // MARK: Rows

    private static let columns = "rid, id, kind, title, message, is_read, created_at, data"

    private static func read(_ row: borrowing Row) throws -> Notification {
        guard let kind = Notification.Kind(rawValue: try row.text(2)) else { throw StorageError.unexpectedValue(column: 2) }
        return Notification(
            rowID: try row.int(0), id: try row.id(1), kind: kind, title: try row.text(3), message: try row.text(4),
            isRead: try row.bool(5), createdAt: try row.time(6), data: try row.json(7))
    }
}
