import Platform

/// What became of one notification on one way to its owner.
///
/// The list in the product is not such a way: what stands there has arrived, and its row says since when and whether it
/// was read. A log of that would double every write and tell nothing. Ways that can fail write here what happened.
struct NotificationDelivery: Sendable, Equatable {
    enum Channel: String, Sendable, CaseIterable {
        case mail, push, webhook
    }

    enum Outcome: String, Sendable, CaseIterable {
        case sent
        case failed
        /// Nobody was asked to take it: the owner's settings were against it, or there is nobody.
        case skipped
    }

    static let longestDetail = 500

    var channel: Channel
    var outcome: Outcome
    /// What the other side said, or why it was not asked.
    var detail: String
    var at: Timestamp
    /// For an attempt at a target.
    var attempt: DeliveryAttempt?

    func write(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("channel", channel.rawValue)
            writer.field("outcome", outcome.rawValue)
            writer.field("detail", detail)
            writer.field("at", at)
            if let attempt {
                writer.field("target_id", attempt.target)
                attempt.writeFields(into: &writer)
            }
        }
    }
}

/// All SQL over the log of deliveries. A notification's entries go with it.
enum NotificationDeliveryStore {
    static func add(
        _ outcome: NotificationDelivery.Outcome, of notification: Notification, by channel: NotificationDelivery.Channel, detail: String,
        in transaction: Transaction
    ) throws { try add(outcome, ofRow: notification.rowID, by: channel, detail: detail, in: transaction) }

    /// Notes what happened to a notification, by its number; nothing if it has been deleted meanwhile.
    static func add(
        _ outcome: NotificationDelivery.Outcome, ofRow rowID: Int64, by channel: NotificationDelivery.Channel, detail: String,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO notification_deliveries (notification_rid, channel, outcome, detail, at)
            SELECT rid, $2, $3, $4, $5 FROM notifications WHERE rid = $1
            """, rowID, channel.rawValue, outcome.rawValue, cut(detail), transaction.now)
    }

    static func cut(_ detail: String) -> String {
        String(String.UnicodeScalarView(detail.unicodeScalars.prefix(NotificationDelivery.longestDetail)))
    }

    static func deliveries(of notification: Notification, in reader: Reader) throws -> [NotificationDelivery] {
        try reader.rows(
            "SELECT \(columns) FROM \(tables) WHERE notification_rid = $1 ORDER BY notification_deliveries.rid", notification.rowID,
            map: read)
    }

    /// Deletes some entries from before then, whoever's they are, and returns how many.
    static func clean(before moment: Timestamp, limit: Int, in transaction: Transaction) throws -> Int {
        try transaction.execute(
            "DELETE FROM notification_deliveries WHERE rid IN (SELECT rid FROM notification_deliveries WHERE at < $1 ORDER BY at LIMIT $2)",
            moment, limit)
    }

    /// How often a channel had each outcome since then, all accounts together.
    static func totals(
        _ channel: NotificationDelivery.Channel, since moment: Timestamp, in reader: Reader
    ) throws -> [NotificationDelivery.Outcome: Int] {
        var totals: [NotificationDelivery.Outcome: Int] = [:]
        try reader.each(
            "SELECT outcome, count(*) FROM notification_deliveries WHERE channel = $1 AND at >= $2 GROUP BY outcome", channel.rawValue,
            moment
        ) { row in
            guard let outcome = NotificationDelivery.Outcome(rawValue: try row.text(0)) else {
                throw StorageError.unexpectedValue(column: 0)
            }
            totals[outcome] = Int(try row.int(1))
        }
        return totals
    }
}
