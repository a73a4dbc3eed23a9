import Platform

/// Notifications by mail: at once, after the quiet hours, or gathered into a digest.
///
/// What is ordered here is about notifications alone. The mails about an account itself (welcome, confirmation, new password)
/// go straight to the outbox, and no setting holds them.
enum MailDelivery {
    /// Why a notification is not told by mail, in words for its owner.
    enum Reason: String, Sendable {
        case unwantedMatter = "You want to hear nothing of such matters."
        case switchedOff = "You want no notifications by mail."
        case notByMail = "This one is not told by mail."
        case read = "It was read before the digest."
        case closedAccount = "The account is closed."
    }

    /// Orders the mail of a notification that its owner wants, or has it wait for the next digest.
    static func order(
        _ notification: Notification, mail: MailDraft?, _ settings: NotificationSettings, _ heldUntil: Timestamp?, _ outbox: MailOutbox,
        of owner: Owner, in transaction: Transaction
    ) throws {
        guard let account = try AccountStore.account(owner, in: transaction), account.isActive else {
            return try skip(notification.rowID, .closedAccount, in: transaction)
        }
        guard settings.digestPeriod == nil else {
            try DigestStore.add(notification, of: owner, in: transaction)
            try transaction.enqueue(DigestWork.order(of: owner, at: settings.nextDigest(after: transaction.now)))
            return
        }
        try outbox.post(
            mail ?? .notice(notification), to: account, about: [notification.rowID], notBefore: heldUntil, in: transaction)
    }

    /// Notes that a notification is not told by mail.
    static func skip(_ notification: Int64, _ reason: Reason, in transaction: Transaction) throws {
        try NotificationDeliveryStore.add(.skipped, ofRow: notification, by: .mail, detail: reason.rawValue, in: transaction)
    }

    /// To be called in the transaction that changes an account's settings: what waits for a digest goes at the time that they
    /// name now. Where there are to be no digests any more it goes now, as a last one; single mails in its place would be many
    /// at once. Where there is to be no mail at all, that last one is none: the same work then forgets what waits.
    static func settingsChanged(_ settings: NotificationSettings, of owner: Owner, in transaction: Transaction) throws {
        guard try DigestStore.isWaiting(of: owner, in: transaction) else { return }
        let isOn = settings.emailNotifications && settings.digestPeriod != nil
        let moment = isOn ? settings.nextDigest(after: transaction.now) : transaction.now
        try transaction.reschedule(DigestWork.order(of: owner, at: moment))
    }
}
