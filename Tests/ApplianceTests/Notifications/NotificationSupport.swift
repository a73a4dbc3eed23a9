import Platform

@testable import Appliance

extension Database {
    /// Whose rows an address's are; nil for an address that is nobody's.
    func accountOwner(_ email: String) throws -> Owner? { try read { try AccountStore.account(email: email, in: $0)?.owner } }
}

extension TestAppliance {
    /// Adds a notification as whatever causes one would.
    @discardableResult
    func notify(
        _ email: String = "ada@example.org", _ title: String = "News", kind: Notification.Kind = .systemMessage,
        data: JSONValue = .object(JSONObject())
    ) async throws -> Notification {
        guard let owner = try database.accountOwner(email) else { throw HarnessError(message: "\(email) has no account") }
        let new = Notification.New(kind: kind, title: title, message: "About \(title).", data: data)
        return try await database.write { try NotificationStore.add(new, for: owner, in: $0) }
    }
}

extension TestAppliance {
    /// Writes an attempt into the log of a target, as if it had failed.
    func noteAttempt(of notification: Notification, to target: String, of email: String, detail: String = "It said no.") async throws
        -> Identifier
    {
        guard let owner = try database.accountOwner(email) else { throw HarnessError(message: "\(email) has no account") }
        return try await database.write { transaction in
            guard let found = try Identifier(target).flatMap({ try TargetStore.target($0, of: owner, in: transaction) }) else {
                throw HarnessError(message: "\(email) has no such target")
            }
            let attempt = DeliveryAttempt(
                id: transaction.newIdentifier(), target: found.id, number: 1, status: 500, milliseconds: 3)
            try NotificationDeliveryStore.add(
                .failed, attempt, targetRowID: found.rowID, of: notification, by: .webhook, detail: detail, in: transaction)
            return attempt.id
        }
    }
}

/// Paths of notifications.
enum NotificationPath {
    static let list = "/api/v1/notifications/notifications/"
    static func one(_ id: Identifier) -> String { "\(list)\(id)/" }
}
