import Platform

/// The one way by which scheduled work tells an account something: a notification, in the transaction of what it is about.
///
/// What also goes out by mail is ordered here, in the same transaction and by the account's `NotificationSettings`: a place for
/// all of them, so that no schedule has to know of mail.
enum Telling {
    @discardableResult
    static func tell(_ new: Notification.New, to owner: Owner, in transaction: Transaction) throws -> Notification {
        try NotificationStore.add(new, for: owner, in: transaction)
    }
}
