import Platform
import Synchronization
import Testing

@testable import Appliance

@Suite struct NotificationStoreTests {
    private func new(_ title: String, _ kind: Notification.Kind = .reminder) -> Notification.New {
        Notification.New(kind: kind, title: title, message: "m")
    }

    private func run(_ body: (AccountsFixture, Owner) async throws -> Void) async throws {
        try await AccountsFixture.run { fixture in
            _ = try await fixture.register()
            try await body(fixture, try #require(try fixture.database.accountOwner("ada@example.org")))
        }
    }

    private func titles(_ fixture: AccountsFixture, _ owner: Owner) throws -> [String] {
        try fixture.database.read { try NotificationStore.list(NotificationFilter(), of: owner, limit: 2000, offset: 0, in: $0) }
            .map(\.title).reversed()
    }

    @Test("Beyond a thousand the oldest read ones go first, then the oldest, and the new one stays")
    func bound() async throws {
        try await run { fixture, owner in
            try await fixture.database.write { tx in
                for number in 0..<NotificationStore.keptPerAccount {
                    let added = try NotificationStore.add(new("\(number)"), for: owner, in: tx)
                    if number == 500 || number == 700 { _ = try NotificationStore.setRead(true, added.id, of: owner, in: tx) }
                }
            }
            #expect(try titles(fixture, owner).count == 1000)
            var expected = (0..<1000).map { "\($0)" }
            for (title, gone) in [("a", "500"), ("b", "700"), ("c", "0"), ("d", "1")] {
                _ = try await fixture.database.write { try NotificationStore.add(new(title), for: owner, in: $0) }
                expected.removeAll { $0 == gone }
                expected.append(title)
                #expect(try titles(fixture, owner) == expected)
            }
        }
    }

    @Test("What is added is told to the bus after the commit, with its owner, and not when the transaction fails")
    func events() async throws {
        struct Trip: Error {}
        try await run { fixture, owner in
            let seen: Mutex<[NotificationAdded]> = Mutex([])
            fixture.database.setEventSink { events in seen.withLock { $0 += events.compactMap { $0 as? NotificationAdded } } }
            let added = try await fixture.database.write { try NotificationStore.add(new("a", .jobAlert), for: owner, in: $0) }
            await #expect(throws: Trip.self) {
                try await fixture.database.write { tx in
                    try NotificationStore.add(new("b"), for: owner, in: tx)
                    throw Trip()
                }
            }
            // Another write, so that what came before it has reached the sink.
            _ = try await fixture.database.write { try NotificationStore.markAllRead(of: owner, in: $0) }
            let events = seen.withLock { $0 }
            #expect(events.map(\.notification) == [added] && events.map(\.owner) == [owner])
        }
    }

    @Test("Reading one again keeps the time at which it was read; unreading forgets it")
    func readTimes() async throws {
        try await run { fixture, owner in
            let id = try await fixture.database.write { try NotificationStore.add(new("a"), for: owner, in: $0).id }
            func set(_ isRead: Bool) async throws -> Timestamp? {
                fixture.clock.advance(seconds: 60)
                #expect(try await fixture.database.write { try NotificationStore.setRead(isRead, id, of: owner, in: $0) }?.isRead == isRead)
                return try fixture.database.read { try $0.first("SELECT read_at FROM notifications") { try $0.timeOrNil(0) } } ?? nil
            }
            let first = try await set(true)
            #expect(first == fixture.clock.now())
            #expect(try await set(true) == first)
            #expect(try await set(false) == nil)
            #expect(try await set(true) == fixture.clock.now())
        }
    }

    @Test("Cleaning deletes what was read before a moment, some at a time, and nothing that is unread or was read since")
    func cleaning() async throws {
        try await run { fixture, owner in
            func add(_ title: String, read: Bool) async throws {
                try await fixture.database.write { tx in
                    let added = try NotificationStore.add(new(title), for: owner, in: tx)
                    if read { _ = try NotificationStore.setRead(true, added.id, of: owner, in: tx) }
                }
            }
            for title in ["old 1", "old 2", "old 3"] { try await add(title, read: true) }
            try await add("old unread", read: false)
            fixture.clock.advance(seconds: 3600)
            try await add("young", read: true)
            let moment = fixture.clock.now()
            func clean() async throws -> Int {
                try await fixture.database.write { try NotificationStore.clean(readBefore: moment, limit: 2, in: $0) }
            }
            #expect(try await clean() == 2)
            #expect(try await clean() == 1)
            #expect(try await clean() == 0)
            #expect(try titles(fixture, owner) == ["old unread", "young"])
        }
    }

    @Test("The log of deliveries keeps what happened, goes with its notification, and is summed by channel")
    func deliveries() async throws {
        try await run { fixture, owner in
            let (first, second) = try await fixture.database.write { tx in
                let first = try NotificationStore.add(new("a"), for: owner, in: tx)
                let second = try NotificationStore.add(new("b"), for: owner, in: tx)
                try NotificationDeliveryStore.add(.failed, of: first, by: .mail, detail: "450 try later", in: tx)
                try NotificationDeliveryStore.add(.sent, of: first, by: .mail, detail: String(repeating: "é", count: 600), in: tx)
                try NotificationDeliveryStore.add(.skipped, of: second, by: .push, detail: "", in: tx)
                return (first, second)
            }
            let now = fixture.clock.now()
            let log = try fixture.database.read { try NotificationDeliveryStore.deliveries(of: first, in: $0) }
            #expect(log.map(\.outcome) == [.failed, .sent] && log.allSatisfy { $0.channel == .mail && $0.at == now })
            #expect(log.map(\.detail) == ["450 try later", String(repeating: "é", count: 500)])
            func totals(_ channel: NotificationDelivery.Channel, since: Timestamp) throws -> [NotificationDelivery.Outcome: Int] {
                try fixture.database.read { try NotificationDeliveryStore.totals(channel, since: since, in: $0) }
            }
            #expect(try totals(.mail, since: now) == [.failed: 1, .sent: 1])
            #expect(try totals(.push, since: now) == [.skipped: 1])
            #expect(try totals(.mail, since: now.adding(seconds: 1)) == [:])
            try await fixture.database.write { tx in
                #expect(try NotificationStore.delete(first.id, of: owner, in: tx))
                try NotificationDeliveryStore.add(.sent, of: first, by: .mail, detail: "too late", in: tx)
            }
            #expect(try fixture.count("notification_deliveries") == 1)
            #expect(try fixture.database.read { try NotificationDeliveryStore.deliveries(of: second, in: $0) }.count == 1)
        }
    }
}
