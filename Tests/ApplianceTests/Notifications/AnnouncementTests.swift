import Testing

@testable import Appliance
@testable import Platform

@Suite struct AnnouncementTests {
    private static let news = Notification.New(
        kind: .systemMessage, title: "Maintenance", message: "Tonight.", data: ["link": "https://example.org/"])

    /// Accounts without the cost of their passwords.
    private func fill(_ fixture: AccountsFixture, _ count: Int) async throws {
        try await fixture.database.write { tx in
            for number in 0..<count {
                let new = AccountStore.New(email: "user\(number)@example.org", passwordHash: "none")
                let account = try AccountStore.create(new, in: tx)
                if number % 10 == 3 { try AccountStore.setActive(false, account.owner, in: tx) }
            }
        }
    }

    private func item(_ fixture: AccountsFixture) throws -> WorkItem {
        let row = try fixture.database.read {
            try $0.first("SELECT rid, id, payload FROM work_items WHERE kind = $1", AnnouncementWork.kind) {
                (try $0.int(0), try $0.id(1), try $0.json(2))
            }
        }
        let found = try #require(row)
        return WorkItem(
            rowID: found.0, id: found.1, kind: AnnouncementWork.kind, owner: nil, payload: found.2, attempt: 1,
            createdAt: fixture.clock.now())
    }

    @Test("All open accounts of the moment are told once, in slices, also when the work was cut off in the middle")
    func all() async throws {
        try await AccountsFixture.run { fixture in
            try await fill(fixture, 250)
            let sender = try #require(try fixture.database.accountOwner("user0@example.org"))
            _ = try await fixture.database.write { try AnnouncementWork.begin(Self.news, by: sender, in: $0) }
            _ = try await fixture.database.write {
                try AccountStore.create(AccountStore.New(email: "late@example.org", passwordHash: "none"), in: $0)
            }
            let item = try item(fixture)
            let id = try #require(item.payload["announcement_id"]?.string.flatMap { Identifier($0) })
            // As a process that is killed after its first transaction leaves it.
            #expect(try await fixture.database.write { try AnnouncementStore.advance(id, by: 100, in: $0) })
            #expect(try fixture.count("notifications") == 100)

            let work = AnnouncementWork(database: fixture.database)
            for _ in 0..<2 {
                let outcome = try await work.run(item)
                #expect(try fixture.count("notifications") == 225)
                // The first run's end is not stored, as if the process had died before it.
                _ = outcome
            }
            let outcome = try await work.run(item)
            #expect(try await fixture.database.write { try outcome.store($0) } == ["recipients": 225])
            #expect(try fixture.count("announcements") == 0)
            let once = "SELECT count(*) FROM (SELECT account_rid FROM notifications GROUP BY account_rid HAVING count(*) = 1)"
            #expect(try fixture.database.read { try $0.int(once) } == 225)
            let strangers =
                "SELECT count(*) FROM notifications n JOIN accounts a ON a.rid = n.account_rid WHERE NOT a.is_active OR a.email LIKE 'late%'"
            #expect(try fixture.database.read { try $0.int(strangers) } == 0)
            let told = try fixture.database.read {
                try NotificationStore.list(NotificationFilter(), of: sender, limit: 1, offset: 0, in: $0)
            }
            #expect(told.first?.title == "Maintenance" && told.first?.data == ["link": "https://example.org/"])
        }
    }

    @Test("A repeat of a request whose answer was lost finds the announcement of the first, also when that is done")
    func repeated() async throws {
        try await AccountsFixture.run { fixture in
            try await fill(fixture, 2)
            let sender = try #require(try fixture.database.accountOwner("user0@example.org"))
            let other = try #require(try fixture.database.accountOwner("user1@example.org"))
            func begin(_ key: String?, by owner: Owner) async throws -> Identifier {
                try await fixture.database.write { try AnnouncementWork.begin(Self.news, by: owner, key: key, in: $0) }
            }
            let first = try await begin("key", by: sender)
            #expect(try await begin("key", by: sender) == first)
            #expect(try fixture.count("announcements") == 1)

            try await fixture.database.write { _ = try $0.execute("UPDATE work_items SET state = 'succeeded', finished_at = $1", $0.now) }
            #expect(try await begin("key", by: sender) == first)
            #expect(try fixture.count("announcements") == 1)

            // Somebody else's key, another one, and none at all.
            for (key, owner) in [("key", other), ("another", sender), (nil, sender), (nil, sender)] {
                #expect(try await begin(key, by: owner) != first)
            }
            #expect(try fixture.count("announcements") == 5)
        }
    }

    @Test("An announcement that is gone is no work")
    func gone() async throws {
        try await AccountsFixture.run { fixture in
            try await fill(fixture, 1)
            let sender = try #require(try fixture.database.accountOwner("user0@example.org"))
            _ = try await fixture.database.write { try AnnouncementWork.begin(Self.news, by: sender, in: $0) }
            let item = try item(fixture)
            try await fixture.execute("DELETE FROM announcements")
            let outcome = try await AnnouncementWork(database: fixture.database).run(item)
            #expect(try await fixture.database.write { try outcome.store($0) } == .null)
            #expect(try fixture.count("notifications") == 0)
        }
    }

    @Test(
        "What is wrong with an announcement is said for each field",
        arguments: [
            (#"{}"#, #"{"title":["This field is required."],"message":["This field is required."]}"#),
            (#"{"title":"t","message":"m"}"#, nothing), (#"{"title":"t","message":"m","all":false,"emails":[]}"#, nothing),
            (#"{"title":"t","message":"m","all":true,"emails":["a@b.cd"]}"#, nothing),
            (#"{"title":"t","message":"m","all":true,"type":"spam"}"#, #"{"type":["\"spam\" is not a valid choice."]}"#),
            (
                #"{"title":"t","message":"m","all":1,"data":[1]}"#,
                #"{"data":["Invalid data. Expected a dictionary, but got list."]}"#
            ),
            (#"{"title":"t","message":"m","user_ids":["x","y"]}"#, #"{"user_ids":["Must be a valid UUID."]}"#),
            (#"{"title":"t","message":"m","emails":"a@b.cd"}"#, #"{"emails":["Expected a list of items but got type \"str\"."]}"#),
            (#"[]"#, #"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#),
        ])
    func wrong(body: String, expected: String) throws {
        let json = try JSONValue.parse(Array(body.utf8))
        do {
            _ = try AnnouncementForm(json)
            Issue.record("\(body) was taken")
        } catch {
            var writer = JSONWriter()
            error.writeBody(into: &writer)
            #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
        }
    }

    private static let nothing =
        #"{"non_field_errors":["Name the recipients in user_ids or emails, or set all to true; not both."]}"#

    @Test("The limits of an announcement hold at their edges")
    func limits() throws {
        func form(title: Int = 1, message: Int = 1, data: Int = 0, ids: Int = 0, emails: Int = 0) throws -> AnnouncementForm {
            let id = JSONValue.string("0190a1b2-0000-7000-8000-000000000000")
            return try AnnouncementForm([
                "title": .string(String(repeating: "é", count: title)), "message": .string(String(repeating: "m", count: message)),
                "data": ["d": .string(String(repeating: "x", count: data))], "user_ids": .array(Array(repeating: id, count: ids)),
                "emails": .list(Array(repeating: "a@b.cd", count: emails)), "all": .bool(ids + emails == 0),
            ])
        }
        #expect(try form(title: 200, message: 5000, data: 4088).isToAll)
        #expect(try form(ids: 60, emails: 40).ids.count == 60)
        for wrong in [
            { try form(title: 201) }, { try form(message: 5001) }, { try form(data: 4089) }, { try form(ids: 101) },
            { try form(emails: 101) }, { try form(ids: 60, emails: 41) },
        ] { #expect(throws: ValidationErrors.self) { try wrong() } }
    }
}
