import Testing

@testable import Platform

/// Who waits for an item whose attempt never comes.
@Suite("Waiting for work that never begins", .timeLimit(.minutes(2)))
struct WorkWaiterTests {
    /// A queue with one place, which an item holds, and somebody who waits for a second one.
    private static func run(
        _ body: (WorkFixture, _ waiting: Identifier, _ isLetGo: Shared<Bool>, AsyncDoor) async throws -> Void
    ) async throws {
        var settings = WorkQueue.Settings()
        settings.places = 1
        let door = AsyncDoor()
        try await WorkFixture.run(ScriptedWorker(.wait(door)), settings: settings) { fixture in
            _ = try await fixture.enqueue()
            await door.untilArrived(1)
            let id = try await fixture.enqueue(WorkOrder("test.work", payload: .null, owner: .ofWork(accountRowID: 5)))
            let isLetGo = Shared(false)
            let waiter = Task {
                await fixture.queue.attempted(id)
                isLetGo.update { $0 = true }
            }
            while await fixture.queue.awaitedCount == 0 { await Task.yield() }
            try await body(fixture, id, isLetGo, door)
            await fixture.queue.stop(drainSeconds: 0)
            await waiter.value
        }
    }

    @Test("An item that is deleted, as with its account, lets go who waits for it")
    func deleted() async throws {
        try await Self.run { (fixture, id, isLetGo, _) async throws -> Void in
            fixture.queue.wake()
            let other = try await fixture.enqueue()
            #expect(!isLetGo.value)
            try await fixture.database.write { try WorkTable.deleteAll(of: .ofWork(accountRowID: 5), in: $0) }
            fixture.queue.wake()
            #expect(await eventually { isLetGo.value })
            #expect(try fixture.state(id) == nil && fixture.state(other) == .pending)
        }
    }

    @Test("A stopping queue lets go at once who waits for an item that has not begun, and not after what still runs")
    func stopping() async throws {
        try await Self.run { (fixture, id, isLetGo, door) async throws -> Void in
            let stop = Task { await fixture.queue.stop(drainSeconds: 20) }
            #expect(await eventually { isLetGo.value })
            #expect(try fixture.state(id) == .pending)
            await door.open()
            await stop.value
            #expect(try fixture.state(id) == .pending)
        }
    }
}
