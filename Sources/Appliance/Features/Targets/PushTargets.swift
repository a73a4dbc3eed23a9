import Platform

/// The addresses that an account wants its notifications sent to.
enum PushTargets {
    /// Orders a delivery to each target of the account that is in use. Quiet hours bind those that reach people (ntfy,
    /// Gotify), not the webhooks, behind which is a program.
    static func order(_ notification: Notification, of owner: Owner, heldUntil: Timestamp?, in transaction: Transaction) throws {
        for target in try TargetStore.list(of: owner, in: transaction) where target.isEnabled {
            let moment = target.kind.keepsQuietHours ? heldUntil : nil
            try transaction.enqueue(PushWork.order(notification.id, to: target.id, of: owner, at: moment))
        }
    }
}
