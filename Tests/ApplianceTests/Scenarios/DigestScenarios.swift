import Platform
import TestSupport
import Testing

@testable import Appliance

/// Notifications that are gathered into one mail.
@Suite("Digests", .timeLimit(.minutes(1)))
struct DigestScenarios {
    private static let subject = "=?utf-8?B?WW91ciBCw6Rja2Vyam9icyBkaWdlc3Qg"
    private static let sent = "mail sent: The mail server has taken the mail."

    /// Settings with a digest so many minutes from now.
    private static func daily(_ world: MailingAppliance, in minutes: Int) -> String {
        #"{"email_digest":{"enabled":true,"frequency":"daily","time":"\#(world.timeOfDay(minutes))"}}"#
    }

    @Test("Three notifications make one mail at the digest's time, which can be called off with one click; then nothing waits")
    func three() async throws {
        try await MailingAppliance.run(tables: MailingAppliance.ownAddress) { world in
            let ada = try await world.reader()
            #expect(try await ada.put(notificationSettingsPath, Self.daily(world, in: 60)).status == 200)
            var told: [Notification] = []
            for title in ["Eins", "Zwölf", "パン職人"] { told.append(try await world.server.notify(ada.email, title)) }
            #expect(try await eventually { try await world.waiting() == 3 })
            #expect(try await world.server.count("SELECT count(*) FROM work_items WHERE kind = 'notifications.digest'") == 1)
            try await world.idle()
            #expect(world.stub.mails.count == 2)
            world.advance(seconds: 3700)
            let digest = try await world.received(Self.subject)
            #expect(digest.text.contains("this is new since the last day.\r\n"))
            let places = ["* パン職人", "* Zwölf", "* Eins"].map { digest.text.firstRange(of: $0)?.lowerBound }
            let found = places.compactMap { $0 }
            #expect(found.count == 3 && found == found.sorted(), "\(digest.text)")
            #expect(digest.text.contains("About Zwölf.") && digest.html.contains("<strong>パン職人</strong>"))
            #expect(digest.text.contains("https://app.example.com/jobs/settings/notifications"))
            #expect(digest.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click")
            for notification in told { #expect(try await world.server.delivered(notification) == [Self.sent]) }
            try await world.idle()
            #expect(try await world.waiting() == 0 && world.stub.mails.count == 3)

            // One that is ordered with nothing to tell sends nothing.
            let owner = try #require(try world.server.database.accountOwner(ada.email))
            let empty = try await world.server.database.write { try $0.enqueue(DigestWork.order(of: owner, at: $0.now)) }
            let ended = try await eventually {
                try world.server.database.read { try WorkTable.ending(of: empty, in: $0) }?.state == .succeeded
            }
            #expect(ended && world.stub.mails.count == 3)
        }
    }

    @Test("A digest leaves out what was read or deleted or is not wanted any more, and counts what it does not show")
    func leftOut() async throws {
        try await MailingAppliance.run { world in
            let ada = try await world.reader()
            #expect(try await ada.put(notificationSettingsPath, Self.daily(world, in: 60)).status == 200)
            let read = try await world.server.notify(ada.email, "Read")
            let gone = try await world.server.notify(ada.email, "Gone")
            let alert = try await world.server.notify(ada.email, "Alert", kind: .jobAlert)
            let owner = try #require(try world.server.database.accountOwner(ada.email))
            try await world.server.database.write { transaction in
                for number in 1...52 {
                    let new = Notification.New(kind: .systemMessage, title: "No. \(number)", message: "")
                    try NotificationStore.add(new, for: owner, in: transaction)
                }
            }
            #expect(try await eventually { try await world.waiting() == 55 })
            #expect(try await ada.post(NotificationPath.one(read.id) + "mark_read/").status == 200)
            #expect(try await ada.delete(NotificationPath.one(gone.id)).status == 204)
            #expect(try await ada.put(notificationSettingsPath, #"{"job_alerts":false}"#).status == 200)
            #expect(try await world.waiting() == 54)
            world.advance(seconds: 3700)
            let digest = try await world.received(Self.subject)
            #expect(digest.text.contains("* No. 52\r\n") && digest.text.contains("* No. 3\r\n") && !digest.text.contains("* No. 2\r\n"))
            #expect(digest.text.contains("And 2 more.") && digest.html.contains("And 2 more."))
            for title in ["Read", "Gone", "Alert"] { #expect(!digest.text.contains("* \(title)")) }
            #expect(try await world.server.delivered(read) == ["mail skipped: It was read before the digest."])
            #expect(try await world.server.delivered(alert) == ["mail skipped: You want to hear nothing of such matters."])
            let counted = "SELECT count(*) FROM notification_deliveries WHERE outcome = 'sent'"
            #expect(try await eventually { try await world.server.count(counted) == 52 })
        }
    }

    @Test("A digest whose time is quiet comes when it is quiet no more")
    func quiet() async throws {
        try await MailingAppliance.run { world in
            let ada = try await world.reader()
            #expect(try await ada.put(notificationSettingsPath, world.quietNow).status == 200)
            #expect(try await ada.put(notificationSettingsPath, Self.daily(world, in: 30)).status == 200)
            _ = try await world.server.notify(ada.email, "Night")
            #expect(try await eventually { try await world.waiting() == 1 })
            world.advance(seconds: 1900)
            #expect(try await world.written(.digest).first?.notBefore != nil)
            try await world.idle()
            #expect(world.stub.mails.count == 2)
            world.advance(seconds: 1800)
            _ = try await world.received(Self.subject)
        }
    }

    @Test("Other settings move a digest that waits, earlier and later; with no digests any more it goes at once, as the last")
    func settings() async throws {
        try await MailingAppliance.run { world in
            let ada = try await world.reader()
            func set(_ body: String) async throws { #expect(try await ada.put(notificationSettingsPath, body).status == 200) }
            func minutesToDigest() throws -> Int64 {
                let due = try #require(try world.digestDue())
                return (due.seconds - world.server.clock.now().seconds + 59) / 60
            }
            try await set(Self.daily(world, in: 300))
            #expect(try world.digestDue() == nil)
            _ = try await world.server.notify(ada.email, "News")
            #expect(try await eventually { try await world.waiting() == 1 })
            #expect(try 298...300 ~= minutesToDigest())
            try await set(Self.daily(world, in: 600))
            #expect(try 598...600 ~= minutesToDigest())
            try await set(Self.daily(world, in: 120))
            #expect(try 118...120 ~= minutesToDigest())
            try await set(#"{"email_digest":{"enabled":false}}"#)
            let last = try await world.received(Self.subject)
            #expect(last.text.contains("this is new.\r\n") && last.text.contains("* News"))
            try await world.idle()
            #expect(try await world.waiting() == 0 && world.stub.mails.count == 3)
            // From now on each by itself.
            _ = try await world.server.notify(ada.email, "Single")
            _ = try await world.received("Single")
        }
    }

    @Test("With mail switched off what waits is forgotten: in the settings, and by the link of a digest")
    func switchedOff() async throws {
        try await MailingAppliance.run { world in
            let ada = try await world.reader()
            let key = world.server.appliance.parts.mail.writer.key
            let id = try #require(Identifier(ada.id))
            for byLink in [false, true] {
                #expect(try await ada.put(notificationSettingsPath, #"{"email_notifications":true,"frequency":"weekly"}"#).status == 200)
                let told = try await world.server.notify(ada.email, "News")
                #expect(try await eventually { try await world.waiting() == 1 })
                if byLink {
                    let path = "/api/v1/notifications/unsubscribe/?token=\(key.unsubscribe(id))"
                    #expect(try await world.server.request("POST", path).status == 200)
                } else {
                    #expect(try await ada.put(notificationSettingsPath, #"{"email_notifications":false}"#).status == 200)
                }
                #expect(try await world.server.delivered(told) == ["mail skipped: You want no notifications by mail."])
                #expect(try await world.waiting() == 0 && world.digestDue() == nil)
            }
            try await world.idle()
            #expect(world.stub.mails.count == 2)
        }
    }
}
