import Platform

/// What a look at one part of the server found.
struct HealthFinding: Sendable, Equatable {
    let name: String
    let isWell: Bool
    let detail: String

    /// What the staff are told when a part is not what it was.
    var notification: Notification.New {
        Notification.New(
            kind: .systemMessage, title: isWell ? "The server is well again: \(name)" : "The server needs attention: \(name)",
            message: detail, data: .object(JSONObject([("check", .string(name)), ("is_well", .bool(isWell))])))
    }

    var json: JSONValue { ["name": .string(name), "is_well": .bool(isWell), "detail": .string(detail)] }
}

/// All SQL over what the health monitor found last.
enum HealthFindingStore {
    /// Stores what was found, and returns what is not as it was: a part that is not well, or is so again. Of a part that was
    /// never looked at only trouble is news.
    static func note(_ findings: [HealthFinding], in transaction: Transaction) throws -> [HealthFinding] {
        try findings.filter { finding in
            let before = try transaction.first("SELECT is_well FROM health_findings WHERE name = $1", finding.name) { try $0.bool(0) }
            let isNews = finding.isWell != before ?? true
            try transaction.execute(
                """
                INSERT INTO health_findings (name, is_well, detail, since) VALUES ($1, $2, $3, $4)
                ON CONFLICT (name) DO UPDATE SET is_well = excluded.is_well, detail = excluded.detail,
                    since = CASE WHEN health_findings.is_well = excluded.is_well THEN health_findings.since ELSE excluded.since END
                """, finding.name, finding.isWell, finding.detail, transaction.now)
            return isNews
        }
    }
}

/// Looks whether the server is well, and tells the staff when that changes: once when something goes wrong, and once when
/// it is over.
///
/// A second run is harmless: what was found last is stored with what is told of it. Its key is its kind: one item waits at a
/// time.
struct HealthMonitor: Worker {
    static let kind = "admin.health"
    /// Beside what a snapshot of the database takes.
    static let leastFreeBytes: Int64 = 512 << 20
    static let longestDueSeconds = 1800
    private static let staffTold = 100

    let database: Database
    let clock: any PlatformClock
    let log: Log
    /// Free bytes of the disk, where they can be had.
    let freeBytes: @Sendable () -> Int64?

    var kind: String { Self.kind }
    var maximumAttempts: Int { 3 }
    var timeLimitSeconds: Int { 300 }

    static let order = WorkOrder(kind, payload: .object(JSONObject()), uniqueKey: kind)

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        let findings = try await [databaseFinding(), diskFinding()] + workFindings()
        for finding in findings where !finding.isWell {
            log.warning("The server needs attention.", ["check": .string(finding.name), "detail": .string(finding.detail)])
        }
        return WorkOutcome { transaction in
            let news = try HealthFindingStore.note(findings, in: transaction)
            if !news.isEmpty {
                for owner in try AccountStore.staff(limit: Self.staffTold, in: transaction) {
                    for finding in news { try NotificationStore.add(finding.notification, for: owner, in: transaction) }
                }
            }
            let isWell = findings.allSatisfy(\.isWell)
            return ["status": .string(isWell ? "healthy" : "unhealthy"), "findings": .array(findings.map(\.json))]
        }
    }

    /// A database that takes no writes takes no finding either: then this fails, and the log says so.
    private func databaseFinding() async throws -> HealthFinding {
        try await database.probe()
        return HealthFinding(name: "database", isWell: true, detail: "It takes writes.")
    }

    private func diskFinding() -> HealthFinding {
        let size = FileSystem.identity(database.directory.databasePath)?.size ?? 0
        guard let free = freeBytes() else { return HealthFinding(name: "disk", isWell: true, detail: "How full it is cannot be told.") }
        let isWell = free >= size + Self.leastFreeBytes
        return HealthFinding(name: "disk", isWell: isWell, detail: "\(free >> 20) MiB are free; the database has \(size >> 20) MiB.")
    }

    private func workFindings() async throws -> [HealthFinding] {
        let now = clock.now()
        let health = try await database.scan { try WorkTable.health(at: now, diedSince: now.adding(seconds: -86_400), in: $0) }
        let late = health.oldestDue.map { max(0, now.seconds - $0.seconds) } ?? 0
        return [
            HealthFinding(
                name: "background work", isWell: late <= Self.longestDueSeconds,
                detail: late == 0 ? "Nothing is late." : "What is due longest has been so for \(late / 60) minutes."),
            HealthFinding(
                name: "failed work", isWell: health.died == 0,
                detail: health.died == 0
                    ? "Nothing failed for good in the last day." : "\(health.died) items failed for good in the last day."),
        ]
    }
}

extension AccountStore {
    /// The active members of the staff, some of them.
    static func staff(limit: Int, in reader: Reader) throws -> [Owner] {
        try reader.rows("SELECT rid FROM accounts WHERE is_staff = 1 AND is_active = 1 ORDER BY rid LIMIT $1", limit) {
            Owner.ofWork(accountRowID: try $0.int(0))
        }
    }
}
