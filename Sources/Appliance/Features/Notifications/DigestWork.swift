import Platform

/// Sends an account one mail with all that waits for its digest.
///
/// Its idempotency key is the account: one item waits at a time, and what it takes from the list is committed together with the
/// mail that it orders and with its own end. So nothing is told twice, and what is added meanwhile is either in this digest or
/// orders the next.
struct DigestWork: Worker {
    static let kind = "notifications.digest"
    /// The others are counted.
    static let mostShown = 50

    let outbox: MailOutbox

    var kind: String { Self.kind }

    static func order(of owner: Owner, at moment: Timestamp) -> WorkOrder {
        WorkOrder(kind, payload: .object(JSONObject()), owner: owner, runAt: moment, uniqueKey: "\(owner.rowID)")
    }

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        guard let owner = item.owner else { return .nothing }
        return WorkOutcome { [outbox] transaction in
            let waiting = try DigestStore.take(of: owner, in: transaction)
            guard let account = try AccountStore.account(owner, in: transaction) else { return .null }
            let settings = try NotificationSettingsStore.settings(of: owner, in: transaction)
            var told: [Int64] = []
            for notification in waiting {
                if let reason = Self.reason(against: notification, account, settings) {
                    try MailDelivery.skip(notification.rowID, reason, in: transaction)
                } else {
                    told.append(notification.rowID)
                }
            }
            guard !told.isEmpty else { return ["outcome": "nothing", "notifications": 0] }
            let shown = try told.prefix(Self.mostShown).compactMap {
                try NotificationStore.notification(rowID: $0, of: owner, in: transaction)
            }
            try outbox.post(
                .digest(period: settings.digestPeriod, shown, count: told.count), to: account, about: told,
                notBefore: settings.heldUntil(transaction.now), in: transaction)
            return ["outcome": "told", "notifications": .integer(told.count)]
        }
    }

    /// What was wanted when it was put on the list may not be any more.
    private static func reason(
        against notification: DigestStore.Waiting, _ account: Account, _ settings: NotificationSettings
    ) -> MailDelivery.Reason? {
        if !account.isActive { return .closedAccount }
        if !settings.emailNotifications { return .switchedOff }
        if !settings.wants(notification.kind) { return .unwantedMatter }
        return notification.isRead ? .read : nil
    }
}
