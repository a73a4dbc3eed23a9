import Testing

@testable import Platform

/// Who begins when there is not room for all: queues, priorities, accounts, paces, pauses.
@Suite("Queues of work", .timeLimit(.minutes(2)))
struct WorkSharesTests {
    private static func settings(_ places: Int, _ shares: [WorkQueueName: WorkShare] = [:]) -> WorkQueue.Settings {
        var settings = WorkQueue.Settings()
        settings.places = places
        settings.shares = shares
        return settings
    }

    private static func order(_ kind: String, account: Int64? = nil, priority: WorkPriority = .normal) -> WorkOrder {
        WorkOrder(kind, payload: .null, owner: account.map { .ofWork(accountRowID: $0) }, priority: priority)
    }

    @Test("A queue whose places are all taken holds up no other")
    func apart() async throws {
        let door = AsyncDoor()
        let (slow, quick) = (
            ScriptedWorker(kind: "slow", queue: .mail, .wait(door)), ScriptedWorker(kind: "quick", queue: .ai, .succeed(.null))
        )
        try await WorkFixture.run(slow, quick, settings: Self.settings(4, [.mail: WorkShare(places: 2)])) { fixture in
            var ids: [Identifier] = []
            for _ in 0..<5 { ids.append(try await fixture.enqueue(Self.order("slow"))) }
            await door.untilArrived(2)
            for _ in 0..<5 {
                let id = try await fixture.enqueue(Self.order("quick"))
                #expect(await fixture.until(id, is: .succeeded))
            }
            #expect(slow.runs.count == 2)
            await door.open()
            for id in ids { #expect(await fixture.until(id, is: .succeeded)) }
        }
    }

    @Test("With one place left the queue goes first that somebody waits for, and in a queue what is more urgent")
    func order() async throws {
        let begun = Shared<[Identifier]>([])
        let workers = [NotingWorker(kind: "mail", queue: .mail, begun: begun), NotingWorker(kind: "index", queue: .index, begun: begun)]
        try await withDatabase(migrations: WorkFixture.migrations) { test in
            let ids = try await test.database.write { transaction in
                try [
                    Self.order("index", priority: .high), Self.order("mail", priority: .low), Self.order("mail"),
                    Self.order("mail", priority: .high), Self.order("mail"),
                ].map { try transaction.enqueue($0) }
            }
            let fixture = try await WorkFixture.start(workers, settings: Self.settings(1), on: test)
            for id in ids { #expect(await fixture.until(id, is: .succeeded)) }
            #expect(begun.value == [3, 2, 4, 1, 0].map { ids[$0] })
            await fixture.queue.stop(drainSeconds: 0)
        }
    }

    @Test("An account with many questions keeps another's one waiting for one turn, and has its own limit")
    func fairness() async throws {
        let worker = ScriptedWorker(kind: "ask", queue: .ai, .succeed(.null))
        try await withDatabase(migrations: WorkFixture.migrations) { test in
            let ids = try await test.database.write { transaction in
                try ([1, 1, 1, 1, 1, 2, 3, 2] as [Int64]).map { try transaction.enqueue(Self.order("ask", account: $0)) }
            }
            let fixture = try await WorkFixture.start([worker], settings: Self.settings(1), on: test)
            for id in ids { #expect(await fixture.until(id, is: .succeeded)) }
            #expect(worker.runs.compactMap { $0.owner?.rowID } == [1, 2, 3, 1, 2, 1, 1, 1])
            await fixture.queue.stop(drainSeconds: 0)
        }
    }

    @Test("No account has more places than one may, however many are free")
    func perAccount() async throws {
        let door = AsyncDoor()
        let worker = ScriptedWorker(kind: "ask", queue: .ai, .wait(door))
        let share = WorkShare(places: 8, placesPerAccount: 2)
        try await WorkFixture.run(worker, settings: Self.settings(8, [.ai: share])) { fixture in
            let ids = try await fixture.database.write { transaction in
                try ([1, 1, 1, 1, 2] as [Int64]).map { try transaction.enqueue(Self.order("ask", account: $0)) }
            }
            await door.untilArrived(3)
            #expect(worker.runs.compactMap { $0.owner?.rowID }.sorted() == [1, 1, 2])
            await door.open()
            for id in ids { #expect(await fixture.until(id, is: .succeeded)) }
        }
    }

    @Test("A queue with a pace begins no faster, and goes on when the time has come")
    func pace() async throws {
        let worker = ScriptedWorker(queue: .mail, .succeed(.null))
        let paced = Self.settings(9, [.mail: WorkShare(startsPerMinute: 6)])
        try await withDatabase(migrations: WorkFixture.migrations) { test in
            try await test.database.write { transaction in
                for _ in 0..<4 { try transaction.enqueue(WorkOrder("test.work", payload: .null)) }
            }
            let fixture = try await WorkFixture.start([worker], settings: paced, on: test)
            for count in 1...4 {
                #expect(await eventually { fixture.queue.counters.all["test.work"]?.succeeded == count })
                fixture.advance(seconds: 9)
                #expect(worker.runs.count == count)
                fixture.advance(seconds: 2)
            }
            await fixture.queue.stop(drainSeconds: 0)
        }
    }

    @Test("Nothing is taken from a paused queue, also by the next process, until it is resumed")
    func paused() async throws {
        let (mail, index) = (
            ScriptedWorker(kind: "mail", queue: .mail, .succeed(.null)), ScriptedWorker(kind: "index", queue: .index, .succeed(.null))
        )
        try await withDatabase(migrations: WorkFixture.migrations) { test in
            let first = try await WorkFixture.start([mail, index], on: test)
            try await first.admin.pause(.mail)
            let held = try await first.enqueue(Self.order("mail"))
            let other = try await first.enqueue(Self.order("index"))
            #expect(await first.until(other, is: .succeeded))
            // Who waits for it is not kept.
            await first.queue.attempted(held)
            await first.queue.stop(drainSeconds: 0)
            let second = try await WorkFixture.start([mail, index], on: test)
            let another = try await second.enqueue(Self.order("index"))
            #expect(await second.until(another, is: .succeeded))
            #expect(try second.state(held) == .pending && mail.runs.isEmpty)
            let queues = try await second.admin.queues(at: test.clock.now())
            #expect(queues.filter(\.isPaused).map(\.name) == [.mail] && queues.first { $0.name == .mail }?.figures.waiting == 1)
            try await second.admin.resume(.mail)
            #expect(await second.until(held, is: .succeeded))
            await second.queue.stop(drainSeconds: 0)
        }
    }
}

/// Notes what it begins, together with others.
private struct NotingWorker: Worker {
    let kind: String
    let queue: WorkQueueName
    let begun: Shared<[Identifier]>

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        begun.update { $0.append(item.id) }
        return .nothing
    }
}
