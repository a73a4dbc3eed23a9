import Platform
import TestSupport
import Testing

@testable import Appliance

let notificationSettingsPath = "/api/v1/notifications/settings/"

extension MailingAppliance {
    /// With an address of its own, which links for mail programs need.
    static let ownAddress = "[server]\nlisten = [\"127.0.0.1:0\"]\npublic_url = \"http://127.0.0.1:9\"\n"

    /// A registered person whose two mails about the account have come.
    func reader(_ email: String = "ada@example.org") async throws -> TestUser {
        let user = try await server.register(email)
        #expect(
            try await eventually {
                let mails = try server.database.mails(to: email)
                return mails.count == 2 && mails.allSatisfy { $0.state == .sent }
            })
        return user
    }

    /// What the clock shows so many minutes from now, by UTC: `HH:MM`.
    func timeOfDay(_ minutes: Int) -> String {
        ClockTime(minutes: (server.clock.now().seconds / 60 + Int64(minutes)) % 1440)?.text ?? ""
    }

    /// Settings by which it is quiet from an hour ago to an hour from now.
    var quietNow: String {
        #"{"quiet_hours":{"enabled":true,"start":"\#(timeOfDay(-60))","end":"\#(timeOfDay(60))","timezone":"UTC"}}"#
    }

    /// Waits until so many mails of that kind are written, and returns them, the oldest first.
    func written(_ kind: MailKind, count: Int = 1, to email: String = "ada@example.org") async throws -> [OutgoingMail] {
        func found() throws -> [OutgoingMail] { try server.database.mails(to: email).filter { $0.draft.kind == kind } }
        #expect(try await eventually { try found().count >= count })
        return try found()
    }

    /// How many notifications wait for digests.
    func waiting() async throws -> Int64 { try await server.count("SELECT count(*) FROM digest_notifications") }

    /// When the digest that is ordered is due; nil where none is.
    func digestDue() throws -> Timestamp? {
        try server.database.read {
            try $0.first("SELECT run_at FROM work_items WHERE kind = 'notifications.digest' AND state = 'pending'") { try $0.time(0) }
        }
    }
}

extension TestAppliance {
    /// What is noted of a notification by mail, once something is: outcome and detail of each entry.
    func delivered(_ notification: Notification) async throws -> [String] {
        func found() throws -> [NotificationDelivery] {
            try database.read { try NotificationDeliveryStore.deliveries(of: notification, in: $0) }
        }
        #expect(try await eventually { try !found().isEmpty })
        return try found().map { "\($0.channel.rawValue) \($0.outcome.rawValue): \($0.detail)" }
    }
}
