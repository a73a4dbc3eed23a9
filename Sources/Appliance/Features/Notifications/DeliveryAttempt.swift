import Platform

/// What the log of deliveries tells of one attempt at a target, beyond what it tells of every delivery.
struct DeliveryAttempt: Sendable, Equatable {
    var id: Identifier
    var target: Identifier
    /// Counts from 1.
    var number: Int
    /// What the target answered; nil where it did not.
    var status: Int?
    var milliseconds: Int

    func writeFields(into writer: inout JSONWriter) {
        writer.field("attempt", number)
        writer.field("status", status)
        writer.field("milliseconds", milliseconds)
    }
}

/// One line of a target's log, with what it was about.
struct TargetDelivery: Sendable, Equatable {
    var delivery: NotificationDelivery
    var attempt: DeliveryAttempt
    var notification: Identifier
}

extension NotificationDeliveryStore {
    /// Notes an attempt at the target of that row; nothing if the notification or the target has been deleted meanwhile.
    static func add(
        _ outcome: NotificationDelivery.Outcome, _ attempt: DeliveryAttempt, targetRowID: Int64, of notification: Notification,
        by channel: NotificationDelivery.Channel, detail: String, in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO notification_deliveries
                (notification_rid, channel, outcome, detail, at, id, target_rid, attempt, status_code, milliseconds)
            SELECT notifications.rid, $2, $3, $4, $5, $6, notification_targets.rid, $8, $9, $10
            FROM notifications CROSS JOIN notification_targets WHERE notifications.rid = $1 AND notification_targets.rid = $7
            """, notification.rowID, channel.rawValue, outcome.rawValue, cut(detail), transaction.now, attempt.id, targetRowID,
            attempt.number, attempt.status, attempt.milliseconds)
    }

    /// A target's log, the newest first: what is older than `before`, where that is given.
    static func deliveries(targetRowID: Int64, before: Identifier?, limit: Int, in reader: Reader) throws -> [TargetDelivery] {
        let condition = before == nil ? "" : " AND notification_deliveries.rid < (SELECT rid FROM notification_deliveries WHERE id = $3)"
        return try targetDeliveries(
            "notification_deliveries.target_rid = $1\(condition) ORDER BY notification_deliveries.rid DESC LIMIT $2",
            [targetRowID, limit] + (before.map { [$0] } ?? []), in: reader)
    }

    /// One line of a target's log; nil when it has none of that id.
    static func delivery(_ id: Identifier, targetRowID: Int64, in reader: Reader) throws -> TargetDelivery? {
        try targetDeliveries("notification_deliveries.id = $1 AND notification_deliveries.target_rid = $2", [id, targetRowID], in: reader)
            .first
    }

    /// Whether the target has taken the notification.
    static func hasTaken(_ notification: Notification, targetRowID: Int64, in reader: Reader) throws -> Bool {
        try reader.first(
            "SELECT 1 FROM notification_deliveries WHERE notification_rid = $1 AND target_rid = $2 AND outcome = 'sent' LIMIT 1",
            notification.rowID, targetRowID
        ) { _ in true } ?? false
    }

    private static func targetDeliveries(
        _ condition: String, _ arguments: [(any SQLBindable)?], in reader: Reader
    ) throws -> [TargetDelivery] {
        let sql = "SELECT \(columns), notifications.id FROM \(tables) JOIN notifications ON notifications.rid = notification_rid"
        return try reader.rows("\(sql) WHERE \(condition)", arguments: arguments) { row in
            let delivery = try read(row)
            guard let attempt = delivery.attempt else { throw StorageError.unexpectedValue(column: 4) }
            return TargetDelivery(delivery: delivery, attempt: attempt, notification: try row.id(9))
        }
    }

    // MARK: Rows

    static let tables =
        "notification_deliveries LEFT JOIN notification_targets ON notification_targets.rid = notification_deliveries.target_rid"

    static let columns =
        "channel, outcome, detail, at, notification_deliveries.id, notification_targets.id, attempt, status_code, milliseconds"

    static func read(_ row: borrowing Row) throws -> NotificationDelivery {
        guard let channel = NotificationDelivery.Channel(rawValue: try row.text(0)) else { throw StorageError.unexpectedValue(column: 0) }
        guard let outcome = NotificationDelivery.Outcome(rawValue: try row.text(1)) else { throw StorageError.unexpectedValue(column: 1) }
        var delivery = NotificationDelivery(channel: channel, outcome: outcome, detail: try row.text(2), at: try row.time(3))
        guard !row.isNull(4) else { return delivery }
        delivery.attempt = DeliveryAttempt(
            id: try row.id(4), target: try row.id(5), number: Int(try row.int(6)), status: try row.intOrNil(7).map { Int($0) },
            milliseconds: Int(try row.int(8)))
        return delivery
    }
}
