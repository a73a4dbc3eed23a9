import Platform
import TestSupport
import Testing

@testable import Appliance

/// `auth/export/`: everything about one account, and nothing about another.
@Suite(.timeLimit(.minutes(1)))
struct ExportScenarios {
    private static let path = "/api/v1/auth/export/"

    /// The tables that name an account, and the section in which its owner finds them.
    private static let sections = [
        "profiles": "profile", "logins": "logins", "chat_sessions": "chat_sessions", "notifications": "notifications",
        "notification_settings": "notification_settings", "moderation_violations": "moderation_violations", "work_items": "work_items",
        "assistant_tokens": "assistant_tokens", "saved_jobs": "saved_jobs", "applications": "applications",
        "mails": "mails", "refused_addresses": "mails", "auto_apply_orders": "auto_apply_orders", "job_alerts": "job_alerts",
        "recommended_jobs": "recommendations", "notification_targets": "notification_targets",
        // Copies of answers, kept for a day, of which every part is in its own section.
        "idempotency_keys": nil,
        // What a link in a mail is held against: no use to anybody but an attacker.
        "mail_tokens": nil,
        // What is searched is made from the profile, and says nothing that it does not say.
        "documents": nil,
        // How far an account was told of what is in other sections.
        "notification_marks": nil,
        // Said of each notification.
        "digest_notifications": "notifications",
    ]

    @Test("The document is a file that is not cached, and holds every section with what the account has in it")
    func whole() async throws {
        try await TestAppliance.run { server in
            let zebra = try await FilledAccount.make(server, tag: "zebra")
            let ostrich = try await FilledAccount.make(server, tag: "ostrich")
            let answer = try await zebra.user.get(Self.path)
            #expect(answer.status == 200 && answer["Content-Type"] == "application/json" && answer["Cache-Control"] == "no-store")
            let day = server.clock.now().dayText
            #expect(answer["Content-Disposition"] == "attachment; filename=\"jobraker-export-\(day).json\"")
            let document = answer.json
            #expect(
                document.object?.keys == [
                    "exported_at", "account", "profile", "logins", "invitations_used", "chat_sessions", "notifications",
                    "notification_settings", "saved_jobs", "applications", "auto_apply_orders", "job_alerts", "recommendations",
                    "assistant_tokens", "moderation_violations", "mails", "notification_targets",
                    "work_items",
                ])
            #expect(document["account"]?["id"]?.string == zebra.user.id && document["account"]?["first_name"] == "zebra-first")
            #expect(document["account"]?["is_active"] == true && document["account"]?["last_login"]?.string != nil)
            #expect(document["profile"]?["cover_letter_template"] == "zebra-letter" && document["profile"]?["skills"] == ["zebra-skill"])
            let logins = document["logins"]?.array ?? []
            #expect(logins.count == 2 && logins.last?["user_agent"] == "zebra-browser/9" && logins.last?["ended_at"] == .null)
            #expect(document["invitations_used"] == [])

            let sessions = document["chat_sessions"]?.array ?? []
            #expect(sessions.map { $0["title"] } == ["zebra-session", "New Chat"])
            let stored = try await zebra.user.messages(zebra.session)
            #expect(sessions.first?["messages"]?.array == stored && stored.count == 12)

            let notification = try #require(document["notifications"]?.array?.first)
            #expect(notification["title"] == "zebra-news" && notification["data"] == ["about": "zebra-data"])
            #expect(notification["is_read"] == false && notification["read_at"] == .null)
            let deliveries = notification["deliveries"]?.array ?? []
            #expect(deliveries.map { $0["detail"] } == ["zebra-delivery", "zebra-attempt"])
            #expect(notification["waits_for_digest"] == true)
            let target = try #require(document["notification_targets"]?.array?.first)
            #expect(target["name"] == "zebra-target" && target["url"] == "https://localhost/zebra-hook")
            #expect(target["token"] == nil && !answer.text.contains("zebra-token"))
            #expect(deliveries.last?["target_id"] == target["id"] && deliveries.last?["status"] == 500)
            #expect(document["notification_settings"]?["frequency"] == "weekly")
            #expect(document["assistant_tokens"] == [["day": .string(day), "tokens": 7]])
            #expect(document["moderation_violations"] == ["input": 1, "output": 0])
            let work = try #require(document["work_items"]?.array?.first)
            #expect(work["kind"] == "chat.answer" && work["status"] == "SUCCESS" && work["order"]?["message_id"]?.string != nil)

            for word in ostrich.words { #expect(!answer.text.contains(word), "\(word)") }
            for id in ostrich.ids { #expect(!answer.text.contains(id.description)) }
            #expect(!answer.text.contains("hash") && !answer.text.contains("scrypt"))
        }
    }

    @Test("An account with nothing in it gets the same sections, empty")
    func empty() async throws {
        try await TestAppliance.run { server in
            let ada = try await server.register()
            let document = try await ada.get(Self.path).json
            for section in ["invitations_used", "chat_sessions", "notifications", "assistant_tokens", "work_items"] {
                #expect(document[section] == [], "\(section)")
            }
            let profile = try #require(try await ada.get("/api/v1/auth/profiles/").json["results"]?.array?.first?["id"]?.int)
            #expect(try await ada.delete("/api/v1/auth/profiles/\(profile)/").status == 204)
            #expect(try await ada.get(Self.path).json["profile"] == .null)
        }
    }

    @Test("An invitation that the account was made with is in it, without its code")
    func invitation() async throws {
        try await TestAppliance.run(settings: "[auth]\nregistration = \"invite\"\n") { server in
            let code = try #require(try await server.command("admin.invite")["code"]?.string)
            let body =
                #"{"email":"ada@example.org","password":"correct horse 7","password_confirm":"correct horse 7","invite_code":"\#(code)"}"#
            let tokens = try TokenAnswer(try await server.auth("register/", body))
            let document = try await server.request("GET", Self.path, token: tokens.access)
            let used = try #require(document.json["invitations_used"]?.array)
            #expect(used.count == 1 && used.first?.object?.keys == ["id", "email", "created_at", "used_at"])
            #expect(used.first?["email"] == .null && used.first?["used_at"]?.string != nil && !document.text.contains(code))
        }
    }

    @Test("More than one answer may have is refused with advice, whichever section it is in")
    func tooLarge() async throws {
        try await AccountsFixture.run { fixture in
            let person = try await fixture.register()
            let caller = try fixture.authenticator.caller(ofToken: person.access)
            try await fixture.database.write { tx in
                let session = try ChatStore.createSession(caller.owner, title: nil, in: tx)
                for _ in 0..<50 {
                    _ = try ChatStore.addMessage(to: session, role: .user, content: String(repeating: "x", count: 1000), in: tx)
                }
            }
            func export(limit: Int) async throws -> HTTPAnswer {
                let routes = AccountRoutes(
                    database: fixture.database, hashPool: fixture.pool, hasher: fixture.hasher, tokens: fixture.tokens,
                    clock: fixture.clock, random: SystemRandom(), registration: { .open }, personalData: [AccountData(), ChatData()],
                    exportLimit: limit)
                return try await routes.export(
                    HTTPRequest(method: "GET", path: Self.path, caller: caller, received: fixture.clock.now()))
            }
            let whole = try await export(limit: 1 << 20)
            #expect(whole.status == 200 && whole.body.count > 50_000)
            #expect(try await export(limit: whole.body.count).body == whole.body)
            for limit in [100, 10_000, 50_000] {
                await #expect(throws: PersonalDataTooLarge(limit: limit)) { try await export(limit: limit) }
            }
            var writer = JSONWriter()
            PersonalDataTooLarge(limit: 64 << 20).writeBody(into: &writer)
            #expect(String(decoding: writer.bytes, as: UTF8.self).contains("larger than the 64 MiB that one answer may have"))
            #expect(PersonalDataTooLarge(limit: 1).status == 413)

            try await fixture.database.write { try AccountStore.delete(caller.owner, in: $0) }
            await #expect(throws: HTTPError.userNotFound) { try await export(limit: 1 << 20) }
        }
    }

    @Test("It counts as writing: it is as dear")
    func rateClass() async throws {
        try await TestAppliance.run { server in
            let route = try #require(server.appliance.routes.first { $0.pattern == Self.path })
            #expect(route.rateClass == .writing && route.access == .account)
        }
    }

    @Test("Every table that names an account has its section: a new one must say where its owner finds it")
    func complete() async throws {
        try await AccountsFixture.run { fixture in
            let tables = try await fixture.database.scan { reader in
                try reader.rows("SELECT name FROM sqlite_schema WHERE type = 'table'") { try $0.text(0) }.filter {
                    try reader.int("SELECT count(*) FROM pragma_table_info($1) WHERE name = 'account_rid'", $0) == 1
                }
            }
            for table in tables { #expect(Self.sections[table] != nil, "\(table) is in no section of the export") }
            let served = Set(Parts.personalData.map(\.name))
            for case .some(let section) in Self.sections.values { #expect(served.contains(section), "\(section)") }
        }
    }
}
