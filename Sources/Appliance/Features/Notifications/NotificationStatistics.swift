import Platform

/// What an account's kept notifications are, in numbers.
struct NotificationStatistics: Sendable, Equatable {
    static let days = 30

    struct OfKind: Sendable, Equatable {
        var total: Int
        var unread: Int
    }

    struct OfDay: Sendable, Equatable {
        /// Its midnight, in UTC.
        var day: Timestamp
        var count: Int
    }

    var byKind: [Notification.Kind: OfKind] = [:]
    /// How many came on each of the last days, today last.
    var byDay: [OfDay] = []

    var total: Int { byKind.values.reduce(0) { $0 + $1.total } }
    var unread: Int { byKind.values.reduce(0) { $0 + $1.unread } }

    func write(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("total", total)
            writer.field("unread", unread)
            writer.field("read", total - unread)
            writer.object("by_type") { writer in
                for kind in Notification.Kind.allCases { writer.field(kind.rawValue, byKind[kind]?.total ?? 0) }
            }
            writer.array("last_30_days") { writer in
                for item in byDay {
                    writer.object { writer in
                        writer.field("date", item.day.dayText)
                        writer.field("count", item.count)
                    }
                }
            }
        }
    }
}

extension NotificationStore {
    static func statistics(of owner: Owner, at now: Timestamp, in reader: Reader) throws -> NotificationStatistics {
        var statistics = NotificationStatistics()
        try reader.each(kindStatistics, owner.rowID) { row in
            guard let kind = Notification.Kind(rawValue: try row.text(0)) else { throw StorageError.unexpectedValue(column: 0) }
            let (total, read) = (Int(try row.int(1)), Int(try row.int(2)))
            statistics.byKind[kind] = NotificationStatistics.OfKind(total: total, unread: total - read)
        }
        let today = now.seconds / 86_400
        let first = today - Int64(NotificationStatistics.days) + 1
        var counts = [Int](repeating: 0, count: NotificationStatistics.days)
        try reader.each(dayStatistics, owner.rowID, Timestamp(seconds: first * 86_400)) { row in
            let day = try row.time(0).seconds / 86_400 - first
            // A clock that was set back leaves rows of the future.
            if counts.indices.contains(Int(day)) { counts[Int(day)] += 1 }
        }
        statistics.byDay = counts.enumerated().map {
            NotificationStatistics.OfDay(day: Timestamp(seconds: (first + Int64($0)) * 86_400), count: $1)
        }
        return statistics
    }

    static let kindStatistics = "SELECT kind, count(*), sum(is_read) FROM notifications WHERE account_rid = $1 GROUP BY kind"

    static let dayStatistics = "SELECT created_at FROM notifications WHERE account_rid = $1 AND created_at >= $2"
}
