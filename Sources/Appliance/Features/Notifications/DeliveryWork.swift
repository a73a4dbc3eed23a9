import Platform

/// Spreads one notification over the ways that its owner's settings name: mail, and the targets.
///
/// Its idempotency key is the notification's id: what it orders is committed together with its own end, so once. Each
/// way then has work of its own, so that one that fails and is tried again repeats none of the others. The list in the
/// product and the open sockets need none of this: there a notification is with the commit that adds it.
struct DeliveryWork: Worker {
    static let kind = "notifications.deliver"

    let database: Database
    let outbox: MailOutbox

    var kind: String { Self.kind }

    /// `mail` is the mail that tells the same in full, where there is one; `skipping` are ways that it does not take. It takes a
    /// moment, and what it tells is new: it goes before the slow work of its queue, and does not stand behind mails that wait for
    /// their server.
    static func order(
        _ notification: Notification, mail: MailDraft?, skipping ways: Set<NotificationDelivery.Channel> = [], of owner: Owner
    ) -> WorkOrder {
        WorkOrder(
            kind,
            payload: [
                "notification_id": .string(notification.id.description), "mail": mail?.payload ?? .null,
                "skipped": .list(ways.map(\.rawValue).sorted()),
            ], owner: owner, priority: .high)
    }

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        guard let owner = item.owner, let id = item.payload["notification_id"]?.string.flatMap({ Identifier($0) }) else {
            return .nothing
        }
        let mail = item.payload["mail"].flatMap { MailDraft(payload: $0) }
        let skipped = item.payload["skipped"]?.array?.compactMap { $0.string.flatMap { NotificationDelivery.Channel(rawValue: $0) } } ?? []
        return WorkOutcome { [outbox] transaction in
            // Deleted meanwhile: nobody wants to hear of it.
            guard let notification = try NotificationStore.notification(id, of: owner, in: transaction) else { return .null }
            let settings = try NotificationSettingsStore.settings(of: owner, in: transaction)
            guard settings.wants(notification.kind) else {
                try MailDelivery.skip(notification.rowID, .unwantedMatter, in: transaction)
                return ["outcome": "unwanted"]
            }
            let heldUntil = settings.heldUntil(transaction.now)
            if settings.pushNotifications, !skipped.contains(.push) {
                try PushTargets.order(notification, of: owner, heldUntil: heldUntil, in: transaction)
            }
            if !settings.emailNotifications {
                try MailDelivery.skip(notification.rowID, .switchedOff, in: transaction)
            } else if skipped.contains(.mail) {
                try MailDelivery.skip(notification.rowID, .notByMail, in: transaction)
            } else {
                try MailDelivery.order(notification, mail: mail, settings, heldUntil, outbox, of: owner, in: transaction)
            }
            return ["outcome": "spread"]
        }
    }
}
