import Platform

/// Notifications by mail: at once, after the quiet hours, or gathered into a digest.
enum MailDelivery {
    static func order(
        _ notification: Notification, mail: MailDraft?, _ settings: NotificationSettings, _ heldUntil: Timestamp?, _ outbox: MailOutbox,
        of owner: Owner, in transaction: Transaction
    ) throws {}
}
