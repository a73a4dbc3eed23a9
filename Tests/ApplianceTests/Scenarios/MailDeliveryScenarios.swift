import Platform
import TestSupport
import Testing

@testable import Appliance

/// Notifications on their way by mail: which go, when, and what is noted of each.
@Suite("Notifications by mail", .timeLimit(.minutes(1)))
struct MailDeliveryScenarios {
    private static let sent = "mail sent: The mail server has taken the mail."
    private static let unwanted = "mail skipped: You want to hear nothing of such matters."
    private static let off = "mail skipped: You want no notifications by mail."

    @Test("A notification is told by mail at once, and what became of it is shown to its owner")
    func atOnce() async throws {
        try await MailingAppliance.run { world in
            let ada = try await world.reader()
            let told = try await world.server.notify(ada.email, "Pâtisserie <b>")
            let mail = try await world.received("=?utf-8?B?UMOidGlzc2VyaWUg")
            #expect(mail.to == "ada@example.org" && mail.header("List-Unsubscribe") == nil)
            #expect(mail.text.contains("Pâtisserie <b>\r\n\r\nAbout Pâtisserie <b>.\r\n"))
            #expect(mail.html.contains("About Pâtisserie &lt;b&gt;."))
            #expect(mail.text.contains("More about it: https://app.example.com/jobs/notifications\r\n"))
            #expect(try await world.server.delivered(told) == [Self.sent])
            let shown = try await ada.get(NotificationPath.one(told.id) + "deliveries/").json
            #expect(shown["notification_id"]?.string == told.id.description)
            let entries = try #require(shown["deliveries"]?.array)
            #expect(entries.count == 1 && entries[0]["channel"] == "mail" && entries[0]["outcome"] == "sent")
            #expect(entries[0]["at"]?.string.flatMap { Timestamp(iso: $0) } != nil)
            let eve = try await world.server.register("eve@example.org")
            #expect(try await eve.get(NotificationPath.one(told.id) + "deliveries/").status == 404)
        }
    }

    @Test("With no mail server the mail is kept for the staff to read, and its delivery says that it was skipped")
    func kept() async throws {
        try await TestAppliance.run { server in
            let (ada, staff) = (try await server.register(), try await server.staff())
            let told = try await server.notify(ada.email, "News")
            #expect(try await server.delivered(told) == ["mail skipped: The mail is kept: no mail server is configured."])
            let kept = try await staff.get("/api/v1/mail/outbox/?kind=notice").json["results"]?.array ?? []
            #expect(kept.count == 1 && kept[0]["state"] == "kept" && kept[0]["recipient"] == "ada@example.org")
            let whole = try await staff.get("/api/v1/mail/outbox/\(kept[0]["id"]?.string ?? "")/").json
            #expect(whole["subject"] == "News" && whole["text"]?.string?.contains("About News.") == true)
            #expect(try await server.count("SELECT count(*) FROM work_items WHERE kind = 'mail.send'") == 0)
        }
    }

    @Test("What the mail server refuses is noted as failed, in words that do not say what it said")
    func refused() async throws {
        try await MailingAppliance.run([.take, .take, .refuse(at: ".", "554 5.7.1 internal-host-7 says no")]) { world in
            let ada = try await world.reader()
            let told = try await world.server.notify(ada.email, "News")
            #expect(try await world.server.delivered(told) == ["mail failed: The mail server refused the mail."])
        }
    }

    @Test("What the settings are against is not sent, and says so")
    func unwanted() async throws {
        try await MailingAppliance.run { world in
            let ada = try await world.reader()
            #expect(
                try await ada.put(notificationSettingsPath, #"{"application_updates":false,"job_alerts":false}"#).status == 200)
            for kind in [Notification.Kind.applicationUpdate, .reminder, .jobAlert] {
                let told = try await world.server.notify(ada.email, "No \(kind.rawValue)", kind: kind)
                #expect(try await world.server.delivered(told) == [Self.unwanted])
            }
            _ = try await world.server.notify(ada.email, "Yes")
            _ = try await world.received("Yes")
            #expect(try await ada.put(notificationSettingsPath, #"{"email_notifications":false}"#).status == 200)
            #expect(try await world.server.delivered(try await world.server.notify(ada.email, "No")) == [Self.off])
            try await world.idle()
            #expect(world.stub.mails.count == 3)
            // Its own place in the product leaves nothing out.
            #expect(try await ada.get(NotificationPath.list).json["count"] == 5)
        }
    }

    // MARK: Quiet hours

    @Test("What falls into quiet hours is sent at their end; what was deleted meanwhile is not")
    func quiet() async throws {
        try await MailingAppliance.run { world in
            let ada = try await world.reader()
            #expect(try await ada.put(notificationSettingsPath, world.quietNow).status == 200)
            let before = world.server.clock.now()
            let (gone, night) = (try await world.server.notify(ada.email, "Gone"), try await world.server.notify(ada.email, "Night"))
            let held = try await world.written(.notice, count: 2)
            for mail in held {
                let end = try #require(mail.notBefore)
                #expect(mail.state == .queued && end.seconds % 60 == 0 && 3500...3600 ~= end.seconds - before.seconds)
            }
            #expect(try await ada.delete(NotificationPath.one(gone.id)).status == 204)
            world.advance(seconds: 3400)
            try await world.idle()
            #expect(world.stub.mails.count == 2)
            world.advance(seconds: 300)
            _ = try await world.received("Night")
            try await world.idle()
            #expect(try await world.server.delivered(night) == [Self.sent])
            let ended = try await world.written(.notice, count: 2)
            #expect(Set(ended.map { "\($0.state) \($0.code)" }) == ["expired deleted", "sent "] && world.stub.mails.count == 3)
        }
    }

    @Test("What is held is not sent once its reader wants no mail; mails about the account are held by nothing")
    func heldAndSwitchedOff() async throws {
        try await MailingAppliance.run { world in
            let ada = try await world.reader()
            #expect(try await ada.put(notificationSettingsPath, world.quietNow).status == 200)
            let told = try await world.server.notify(ada.email, "Night")
            _ = try await world.written(.notice)
            let off = #"{"email_notifications":false,"system_messages":false,"email_digest":{"enabled":true}}"#
            #expect(try await ada.put(notificationSettingsPath, off).status == 200)
            _ = try await world.server.auth("password-reset/", #"{"email":"ada@example.org"}"#)
            #expect(try await world.received("=?utf-8?B?UGFzc3dvcmQgUmVzZX").code != nil)
            world.advance(seconds: 3700)
            #expect(
                try await world.server.delivered(told) == ["mail skipped: The mail was of no use any more when it could be sent."])
            #expect(world.stub.mails.count == 3)
        }
    }
}
