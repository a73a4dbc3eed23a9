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

/// Paths of notifications.
enum NotificationPath {
    static let list = "/api/v1/notifications/notifications/"
    static func one(_ id: Identifier) -> String { "\(list)\(id)/" }
}
