import Testing

@testable import Platform

/// Places, paces and turns, without a database.
@Suite struct WorkPlacesTests {
    private static let noon = Timestamp(seconds: 1_700_000_000)

    private static func item(_ rowID: Int64, account: Int64? = nil, interruptions: Int = 0) -> WorkItem {
        WorkItem(
            rowID: rowID, id: Identifier(rowID: rowID), kind: "k", owner: account.map { Owner.ofWork(accountRowID: $0) }, payload: .null,
            attempt: 1, createdAt: noon, interruptions: interruptions)
    }

    @Test("A queue has its own places and what the process has left, whichever is less")
    func shares() {
        var places = WorkPlaces(total: 5, shares: [.mail: WorkShare(places: 2), .index: WorkShare(places: 4)])
        #expect(places.free(in: .mail, at: Self.noon) == 2 && places.free(in: .webhook, at: Self.noon) == 5)
        for number in 1...4 { places.begin(Self.item(Int64(number)), in: .index, at: Self.noon) }
        #expect(places.free(in: .index, at: Self.noon) == 0 && places.free(in: .mail, at: Self.noon) == 1)
        places.begin(Self.item(5), in: .mail, at: Self.noon)
        #expect(places.free == 0 && places.free(in: .mail, at: Self.noon) == 0)
        places.leave(Self.item(1), in: .index)
        #expect(places.free == 1 && places.free(in: .mail, at: Self.noon) == 1 && places.free(in: .index, at: Self.noon) == 1)
    }

    @Test("A pace lets a tenth of a minute's items begin at once, and the others evenly")
    func paces() throws {
        var places = WorkPlaces(total: 100, shares: [.mail: WorkShare(startsPerMinute: 60)])
        var (now, began) = (Self.noon, 0)
        let end = now.adding(seconds: 600)
        while now < end {
            while places.free(in: .mail, at: now) > 0 {
                places.begin(Self.item(1), in: .mail, at: now)
                places.leave(Self.item(1), in: .mail)
                began += 1
            }
            if now == Self.noon { #expect(began == 6) }
            now = try #require(places.rateOpens(.mail, after: now))
        }
        #expect(605...607 ~= began)
        #expect(places.rateOpens(.ai, after: now) == nil && places.free(in: .ai, at: now) == 100)
    }

    @Test("What is suspected has one place, whatever else is free")
    func quarantine() {
        var places = WorkPlaces(total: 9, shares: [:])
        places.begin(Self.item(1, interruptions: 1), in: .mail, at: Self.noon)
        #expect(places.isQuarantineFree)
        places.begin(Self.item(2, interruptions: 2), in: .mail, at: Self.noon)
        #expect(!places.isQuarantineFree)
        places.leave(Self.item(1, interruptions: 1), in: .mail)
        #expect(!places.isQuarantineFree)
        places.leave(Self.item(2, interruptions: 2), in: .mail)
        #expect(places.isQuarantineFree)
    }

    @Test("Accounts take turns in the order of their numbers, and nobody is passed over who has room")
    func turns() {
        var turns = WorkTurns(perAccount: 2)
        let waiting: [Int64] = [0, 3, 7]
        func next() -> Int64? {
            let account = turns.next { last in waiting.first { $0 > last } }
            if let account { turns.begin(account) }
            return account
        }
        // The instance's own work, as account 0, has no limit of its own.
        #expect((0..<7).map { _ in next() } == [0, 3, 7, 0, 3, 7, 0])
        #expect([next(), next()] == [0, 0])
        turns.leave(7)
        #expect([next(), next()] == [7, 0])
    }
}
