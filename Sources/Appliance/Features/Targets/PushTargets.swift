import Platform

/// The addresses that an account wants its notifications sent to.
enum PushTargets {
    /// Orders a delivery to each target of the account that is in use. Quiet hours bind those that reach people (ntfy,
    /// Gotify), not the webhooks, behind which is a program.
    static func order(_ notification: Notification, of owner: Owner, heldUntil: Timestamp?, in transaction: Transaction) throws {}
}
