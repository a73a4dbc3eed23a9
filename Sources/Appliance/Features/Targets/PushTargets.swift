import Platform

/// The addresses that an account wants its notifications sent to.
enum PushTargets {
    /// Orders a delivery to each target of the account that is in use. Quiet hours bind those that reach people (ntfy,
    /// Gotify), not the webhooks, behind which is a program.
    static func order(_ notification: Notification, of owner: Owner, heldUntil: Timestamp?, in transaction: Transaction) throws {
        for target in try TargetStore.list(of: owner, in: transaction) where target.isEnabled {
            let moment = target.kind.keepsQuietHours ? heldUntil : nil
            var order = PushWork.order(notification.id, to: target.id, of: owner, at: moment)
            // One that does not answer holds a place for seconds: what goes to those that do comes first.
            if target.failingSince != nil { order.priority = .low }
            try transaction.enqueue(order)
        }
    }
}
