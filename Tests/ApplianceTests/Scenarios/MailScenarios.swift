import Platform
import TestSupport
import Testing

@testable import Appliance

/// What becomes of a mail between the feature that writes it and the mail server that takes it.
@Suite("Mail", .timeLimit(.minutes(1)))
struct MailScenarios {
    private static let path = "/api/v1/mail/outbox/"

    @Test("With no mail server mails are kept for the staff to read, and nothing is ordered or said to be sent")
    func kept() async throws {
        try await TestAppliance.run { server in
            let ada = try await server.register()
            let staff = try await server.staff()
            let mails = try server.database.mails(to: "ada@example.org")
            #expect(mails.map(\.draft.kind) == [.welcome, .emailVerification])
            #expect(mails.allSatisfy { $0.state == .kept && $0.code == "not_configured" && $0.attempts == 0 })
            #expect(try await server.count("SELECT count(*) FROM work_items WHERE kind = 'mail.send'") == 0)

            let list = try await staff.get(Self.path).json
            #expect(list["before"] == .null)
            let shown = try #require(list["results"]?.array)
            #expect(shown.map { $0["kind"] } == ["email_verification", "welcome"])
            #expect(shown.allSatisfy { $0["state"] == "kept" && $0["recipient"] == "ada@example.org" && $0["finished_at"]?.string != nil })
            let whole = try await staff.get("\(Self.path)\(mails[1].id)/").json
            #expect(whole["subject"] == "Confirm your e-mail address - Jobraker")
            // Who could read the code could confirm, or take over, an account.
            #expect(whole["text"]?.string?.contains("this code: (hidden)") == true && whole["html"]?.string?.contains("(hidden)") == true)

            for (query, count) in [
                ("state=kept", 2), ("state=sent", 0), ("kind=welcome", 1), ("limit=1", 1), ("state=nonsense&limit=x", 2),
            ] {
                #expect(try await staff.get("\(Self.path)?\(query)").json["results"]?.array?.count == count, "\(query)")
            }
            let first = try await staff.get("\(Self.path)?limit=1").json["before"]?.string ?? ""
            #expect(try await staff.get("\(Self.path)?before=\(first)").json["results"]?.array?.map { $0["kind"] } == ["welcome"])
            #expect(try await ada.get(Self.path).status == 403)
            #expect(try await ada.get("\(Self.path)\(mails[0].id)/").status == 403)

            let own = try await ada.get("/api/v1/auth/export/").json["mails"]
            #expect(own?["written"]?.array?.count == 2 && own?["address_refused"] == .null)
        }
    }

    @Test("A registration sends a welcome and a link; names and subjects that are not ASCII arrive whole")
    func registration() async throws {
        try await MailingAppliance.run { world in
            _ = try await world.server.register()
            let welcome = try await world.received("=?utf-8?B?V2VsY29tZ")
            #expect(welcome.from == "jobs@example.com" && welcome.to == "ada@example.org")
            #expect(welcome.header("From") == "=?utf-8?B?QsOkY2tlcmpvYnM=?= <jobs@example.com>")
            #expect(welcome.header("To") == "\"Ada L\" <ada@example.org>" && welcome.header("List-Unsubscribe") == nil)
            #expect(welcome.text.contains("Your profile: https://app.example.com/jobs/profile\r\n"))
            #expect(welcome.html.contains(#"<a href="https://app.example.com/jobs/profile">"#) && welcome.html.contains("Bäckerjobs"))
            _ = try await world.received("=?utf-8?B?Q29uZmlyb")
            try await world.idle()
            let mails = try world.server.database.mails(to: "ada@example.org")
            #expect(mails.allSatisfy { $0.state == .sent && $0.attempts == 1 && $0.code.isEmpty })
            #expect(welcome.header("Message-ID") == "<\(mails[0].id.hex)@example.com>")
            #expect(world.server.appliance.parts.mail.counters.count(.sent) == 2)
            let staff = try await world.server.staff()
            let tried = try await staff.post("/api/v1/notifications/test/", #"{"test_type":"email"}"#).json
            #expect(tried["results"]?["email"]?["status"] == "configured")
        }
    }

    @Test("What is refused for now is tried again after a pause, and is the same mail then")
    func deferred() async throws {
        try await MailingAppliance.run([.refuse(at: ".", "451 4.3.0 later"), .refuse(at: "RCPT", "450 4.2.0 greylisted"), .take]) { world in
            _ = try await world.server.staff()
            let id = try await world.post(.welcome)
            var mail = try await world.untilDeferred(id)
            #expect(mail.state == .queued && mail.code == "mail_deferred")
            #expect(mail.detail == "The mail server said to the body: 451 4.3.0 later")
            world.advance(seconds: 67)
            mail = try await world.untilDeferred(id, attempts: 2)
            #expect(mail.state == .queued && mail.detail.contains("450 4.2.0 greylisted"))
            world.advance(seconds: 134)
            mail = try await world.until(id, is: .sent)
            #expect(mail.attempts == 3 && mail.finishedAt != nil && mail.detail.isEmpty)
            let received = world.stub.mails
            #expect(received.map(\.wasTaken) == [false, true] && received.first?.data == received.last?.data)
            #expect(world.server.appliance.parts.mail.counters.count(.deferred) == 2)
        }
    }

    @Test("A connection that breaks after the mail may have brought it: it comes once more under the same name")
    func unconfirmed() async throws {
        try await MailingAppliance.run([.cutAfterData, .take]) { world in
            _ = try await world.server.staff()
            let id = try await world.post(.welcome)
            let mail = try await world.untilDeferred(id)
            #expect(mail.state == .queued && mail.code == "mail_unconfirmed")
            world.advance(seconds: 67)
            _ = try await world.until(id, is: .sent)
            let received = world.stub.mails
            #expect(received.count == 2 && received.first?.data == received.last?.data)
            #expect(received.first?.header("Message-ID") == "<\(id.hex)@example.com>")
        }
    }

    @Test("A refusal for good ends a mail; one that is about the address stops all further ones until it is allowed again")
    func refused() async throws {
        try await MailingAppliance.run([.refuse(at: ".", "554 5.7.1 spam"), .refuse(at: "RCPT", "550 5.1.1 nobody"), .take]) { world in
            _ = try await world.server.staff()
            let spam = try await world.until(try await world.post(.welcome), is: .refused)
            #expect(spam.code == "mail_refused" && spam.attempts == 1)
            let gone = try await world.until(try await world.post(.welcome), is: .refused)
            #expect(gone.code == "address_refused" && gone.detail == "The mail server said to the recipient: 550 5.1.1 nobody")
            try await world.idle()
            #expect(try await world.server.count("SELECT count(*) FROM work_items WHERE kind = 'mail.send' AND state = 'dead'") == 2)

            let stopped = try #require(try world.mail(try await world.post(.welcome)))
            #expect(stopped.state == .refused && stopped.code == "address_refused" && stopped.detail == gone.detail)
            #expect(world.stub.connectionCount == 2)

            let allowed = try await world.server.command("mail.allow", [("email", "staff@example.org")])
            #expect(allowed["was_refused"] == true)
            _ = try await world.until(try await world.post(.welcome), is: .sent)
            #expect(try await world.server.command("mail.allow", [("email", "staff@example.org")])["was_refused"] == false)
        }
    }

    @Test(
        "What is over the hour's number waits until there is room, and costs no attempt meanwhile",
        arguments: ["per_hour", "recipient_per_hour"])
    func limits(key: String) async throws {
        try await MailingAppliance.run(settings: "\(key) = 1") { world in
            _ = try await world.server.staff()
            let first = try await world.post(.welcome)
            _ = try await world.until(first, is: .sent)
            let second = try await world.post(.welcome)
            try await world.idle()
            let waiting = try #require(try world.mail(second))
            #expect(waiting.state == .queued && waiting.attempts == 0)
            world.advance(seconds: 3_500)
            try await world.idle()
            #expect(world.stub.mails.count == 1)
            world.advance(seconds: 105)
            #expect(try await world.until(second, is: .sent).attempts == 1)
            #expect(world.stub.mails.count == 2)
        }
    }

    @Test("Notifications by mail can be called off with one POST to a digest's link; looking at it changes nothing")
    func unsubscribe() async throws {
        try await MailingAppliance.run(tables: "[server]\nlisten = [\"127.0.0.1:0\"]\npublic_url = \"http://127.0.0.1:9\"\n") { world in
            let ada = try await world.server.register()
            #expect(try await ada.put("/api/v1/notifications/settings/", #"{"email_digest":{"enabled":true}}"#).status == 200)
            try await world.post(
                .digest(period: "daily", items: [(title: "News", message: "<b>x</b>")], count: 1), to: "ada@example.org")
            let digest = try await world.received("=?utf-8?B?WW91ciB")
            let header = try #require(digest.header("List-Unsubscribe"))
            let address = "http://127.0.0.1:9/api/v1/notifications/unsubscribe/?token="
            #expect(header.hasPrefix("<\(address)") && digest.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click")
            let token = String(header.dropFirst(address.count + 1).dropLast())
            #expect(digest.text.contains("No more of these mails: \(address)\(token)") && digest.html.contains("&lt;b&gt;x"))

            func isOn() async throws -> JSONValue? { try await ada.get("/api/v1/notifications/settings/").json["email_notifications"] }
            let path = "/api/v1/notifications/unsubscribe/?token=\(token)"
            let page = try await world.server.request("GET", path)
            #expect(
                page.status == 200 && page["Content-Type"] == "text/html; charset=utf-8" && page.text.contains("<form method=\"post\">"))
            #expect(page["Content-Security-Policy"]?.contains("default-src 'none'") == true)
            for wrong in ["", "x", String(token.dropLast()), "B" + token.dropFirst()] {
                expectAnswer(
                    try await world.server.request("POST", "/api/v1/notifications/unsubscribe/?token=\(wrong)"), 400,
                    #"{"token":["This link is not valid."]}"#)
            }
            #expect(try await isOn() == true)
            for _ in 0..<2 {
                let answer = try await world.server.request(
                    "POST", path, body: "List-Unsubscribe=One-Click", headers: [("Content-Type", "application/x-www-form-urlencoded")])
                expectAnswer(answer, 200, #"{"message":"You will get no more notifications by mail."}"#)
            }
            #expect(try await isOn() == false)
        }
    }

    @Test("An address that mail cannot be sent to is marked, and no server is asked")
    func unusable() async throws {
        try await MailingAppliance.run { world in
            _ = try await world.server.auth(
                "register/", #"{"email":"\"a,b\"@example.org","password":"correct horse 7","password_confirm":"correct horse 7"}"#)
            let email = "\"a,b\"@example.org"
            #expect(try await eventually { try world.server.database.mails(to: email).allSatisfy { $0.state == .refused } })
            let codes = try world.server.database.mails(to: email).map(\.code)
            #expect(codes.contains("address_unusable") && Set(codes).isSubset(of: ["address_unusable", "address_refused"]))
            #expect(world.stub.connectionCount == 0)
        }
    }
}
