import Platform
import Testing

@testable import Appliance

/// Unread counts and filters against a plain list of what there should be, under any sequence of changes.
@Suite struct NotificationCountTests {
    private struct Item {
        let id: Identifier
        let kind: Notification.Kind
        var isRead = false
    }

    @Test("Whatever is added, read, unread and deleted, each count and each filtered list is right", arguments: [1, 2, 3, 4] as [UInt64])
    func property(seed: UInt64) async throws {
        try await AccountsFixture.run { fixture in
            var owners: [Owner] = []
            for email in ["ada@example.org", "eve@example.org"] {
                _ = try await fixture.register(email)
                owners.append(try #require(try fixture.database.accountOwner(email)))
            }
            let people = owners
            try await fixture.database.write { tx in
                let random = SeededRandom(seed)
                func number(_ limit: Int) -> Int { Int(random.bytes(1)[0]) % limit }
                var items: [[Item]] = [[], []]
                for _ in 0..<100 {
                    let person = number(2)
                    let place = items[person].isEmpty ? nil : number(items[person].count)
                    switch (number(10), place) {
                    case (0...4, _), (_, nil):
                        let kind = Notification.Kind.allCases[number(Notification.Kind.allCases.count)]
                        let new = Notification.New(kind: kind, title: "t", message: "m")
                        items[person].append(Item(id: try NotificationStore.add(new, for: people[person], in: tx).id, kind: kind))
                    case (5...6, .some(let place)), (7, .some(let place)):
                        let isRead = number(3) > 0
                        #expect(try NotificationStore.setRead(isRead, items[person][place].id, of: people[person], in: tx) != nil)
                        items[person][place].isRead = isRead
                        // The other one has no such notification, whatever it is called.
                        #expect(try NotificationStore.setRead(isRead, items[person][place].id, of: people[1 - person], in: tx) == nil)
                    case (8, .some(let place)):
                        #expect(try !NotificationStore.delete(items[person][place].id, of: people[1 - person], in: tx))
                        #expect(try NotificationStore.delete(items[person][place].id, of: people[person], in: tx))
                        items[person].remove(at: place)
                    default:
                        let unread = items[person].count { !$0.isRead }
                        #expect(try NotificationStore.markAllRead(of: people[person], in: tx) == unread)
                        for index in items[person].indices { items[person][index].isRead = true }
                    }
                    for person in 0..<2 { try Self.compare(items[person], people[person], tx) }
                }
            }
        }
    }

    private static func compare(_ items: [Item], _ owner: Owner, _ reader: Reader) throws {
        #expect(try NotificationStore.unreadCount(of: owner, in: reader) == items.count { !$0.isRead })
        for kind in [nil] + Notification.Kind.allCases.map(Optional.some) {
            for unreadOnly in [false, true] {
                let filter = NotificationFilter(unreadOnly: unreadOnly, kind: kind)
                let expected = items.filter { (kind == nil || $0.kind == kind) && !(unreadOnly && $0.isRead) }.map(\.id)
                #expect(try NotificationStore.count(filter, of: owner, in: reader) == expected.count)
                let listed = try NotificationStore.list(filter, of: owner, limit: 1000, offset: 0, in: reader)
                #expect(listed.map(\.id) == expected.reversed())
            }
        }
        let statistics = try NotificationStore.statistics(of: owner, at: Timestamp(seconds: 1_800_000_000), in: reader)
        #expect(statistics.total == items.count && statistics.unread == items.count { !$0.isRead })
        #expect(statistics.byDay.map(\.count).reduce(0, +) == items.count)
    }
}
