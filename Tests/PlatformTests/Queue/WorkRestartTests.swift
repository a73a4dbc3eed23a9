import Testing

@testable import Platform

/// What becomes of items when their process stops, dies, or loses them.
@Suite struct WorkRestartTests {
    /// Leases every due item for a process of that boot, as one that is then killed would have.
    private static func leave(_ test: TestDatabase, node: String, boot: Identifier) async throws -> [WorkItem] {
        let end = test.clock.now().adding(seconds: 60)
        return try await test.database.write {
            try WorkTable.claim(["test.work"], limit: 10, lease: WorkLease(node: node, boot: boot), until: end, in: $0)
        }
    }

    private static func boot(_ test: TestDatabase) -> Identifier { Identifier(v7: test.clock.now(), random: SystemRandom()) }

    @Test("Work that a killed process left is taken up at once by the next one on the same node, and costs no attempt")
    func killed() async throws {
        try await withDatabase(migrations: WorkFixture.migrations) { test in
            let id = try await test.database.write { try $0.enqueue(WorkOrder("test.work", payload: .null)) }
            #expect(try await Self.leave(test, node: "here", boot: Self.boot(test)).count == 1)
            let worker = ScriptedWorker(.succeed(.null))
            let fixture = try await WorkFixture.start([worker], on: test)
            #expect(await fixture.until(id, is: .succeeded))
            #expect(worker.runs.map(\.attempt) == [1])
            #expect(try fixture.column("interruptions", of: id) { try $0.int(0) } == 1)
            await fixture.queue.stop(drainSeconds: 0)
        }
    }

    @Test("Another node's work is left alone until its lease has run out")
    func otherNode() async throws {
        try await withDatabase(migrations: WorkFixture.migrations) { test in
            let id = try await test.database.write { try $0.enqueue(WorkOrder("test.work", payload: .null)) }
            _ = try await Self.leave(test, node: "there", boot: Self.boot(test))
            let worker = ScriptedWorker(.succeed(.null))
            let fixture = try await WorkFixture.start([worker], on: test)
            // Twice the heartbeat: it has looked, and the lease still holds.
            for _ in 0..<2 {
                await test.clock.untilSleeping(2)
                test.clock.advance(seconds: 15)
            }
            await test.clock.untilSleeping(2)
            #expect(worker.runs.isEmpty)
            #expect(try fixture.state(id) == .running)
            test.clock.advance(seconds: 31)
            #expect(await fixture.until(id, is: .succeeded))
            await fixture.queue.stop(drainSeconds: 0)
        }
    }

    @Test("An item that was interrupted again and again is given up")
    func interruptedTooOften() async throws {
        try await withDatabase(migrations: WorkFixture.migrations) { test in
            let owner = Owner.ofWork(accountRowID: 3)
            let id = try await test.database.write { try $0.enqueue(WorkOrder("test.work", payload: .null, owner: owner)) }
            for round in 1...WorkTable.maximumInterruptions {
                // Kept apart from the second time on, and each time for longer.
                test.clock.advance(seconds: 6 * 3600)
                let boot = Self.boot(test)
                #expect(try await Self.leave(test, node: "here", boot: boot).count == 1)
                let next = WorkLease(node: "here", boot: Self.boot(test))
                let freed = try await test.database.write { try WorkTable.freeAbandoned(by: next, in: $0) }
                #expect(freed == (round < WorkTable.maximumInterruptions ? 1 : 0))
            }
            let report = try #require(try test.database.read { try WorkTable.report(id, of: owner, in: $0) })
            #expect(report.state == .dead && report.errorCode == "interrupted")
        }
    }

    @Test("A stopping queue lets work finish within its time")
    func drain() async throws {
        try await withDatabase(migrations: WorkFixture.migrations) { test in
            let door = AsyncDoor()
            let fixture = try await WorkFixture.start([ScriptedWorker(.wait(door))], on: test)
            let id = try await fixture.enqueue()
            await door.untilArrived(1)
            let stop = Task { await fixture.queue.stop(drainSeconds: 20) }
            await door.open()
            await stop.value
            #expect(try fixture.state(id) == .succeeded)
            let late = try await fixture.enqueue()
            #expect(try fixture.state(late) == .pending)
        }
    }

    @Test("What does not finish in time is cancelled and put back, as if it had not been tried")
    func cut() async throws {
        try await withDatabase(migrations: WorkFixture.migrations) { test in
            let door = AsyncDoor()
            let fixture = try await WorkFixture.start([ScriptedWorker(.wait(door))], on: test)
            let id = try await fixture.enqueue()
            await door.untilArrived(1)
            await fixture.queue.stop(drainSeconds: 0)
            #expect(try fixture.state(id) == .pending)
            #expect(try fixture.column("attempts", of: id) { try $0.int(0) } == 0)
            #expect(try fixture.column("lease_boot", of: id) { $0.isNull(0) } == true)
            #expect(try test.titles() == [])
        }
    }

    @Test("A run whose item was taken from it stores nothing")
    func lost() async throws {
        let door = AsyncDoor()
        let worker = ScriptedWorker(.wait(door), .succeed("second"))
        try await WorkFixture.run(worker) { fixture in
            let id = try await fixture.enqueue()
            await door.untilArrived(1)
            // What another node does when it sees the lease run out.
            let other = WorkLease(node: "there", boot: Self.boot(fixture.test))
            fixture.clock.advance(seconds: 61)
            try await fixture.database.write { transaction in
                try transaction.execute("UPDATE work_items SET lease_until = 0")
                try WorkTable.freeAbandoned(by: other, in: transaction)
            }
            _ = try await Self.leave(fixture.test, node: "there", boot: other.boot)
            await door.open()
            #expect(await eventually { fixture.queue.counters.all["test.work"] != nil })
            #expect(try fixture.state(id) == .running)
            #expect(try fixture.test.titles() == [])
        }
    }

    @Test("Leases of running work are renewed, so that it may take longer than one")
    func renewed() async throws {
        let door = AsyncDoor()
        try await WorkFixture.run(ScriptedWorker(.wait(door))) { fixture in
            let id = try await fixture.enqueue()
            await door.untilArrived(1)
            for _ in 0..<6 {
                await fixture.clock.untilSleeping(3)
                fixture.clock.advance(seconds: 15)
                let end = fixture.clock.now().adding(seconds: 60)
                #expect(await eventually { (try? fixture.column("lease_until", of: id) { try $0.time(0) }) == end })
            }
            await door.open()
            #expect(await fixture.until(id, is: .succeeded))
            #expect(try fixture.column("interruptions", of: id) { try $0.int(0) } == 0)
        }
    }

    @Test("Finished work is kept for a week, dead work for a month")
    func cleaned() async throws {
        try await withDatabase(migrations: WorkFixture.migrations) { test in
            let day = 86_400
            try await test.database.write { transaction in
                for (state, days) in [("succeeded", 6), ("succeeded", 8), ("cancelled", 8), ("dead", 8), ("dead", 31)] {
                    try transaction.execute(
                        """
                        INSERT INTO work_items (id, kind, payload, state, run_at, created_at, finished_at)
                        VALUES ($1, 'k', 'null', $2, 0, 0, $3)
                        """, transaction.newIdentifier(), state, transaction.now.adding(seconds: -days * day))
                }
            }
            let fixture = try await WorkFixture.start([ScriptedWorker(.succeed(.null))], on: test)
            for _ in 0..<40 {
                await test.clock.untilSleeping(2)
                test.clock.advance(seconds: 15)
            }
            #expect(await eventually { (try? test.database.read { try $0.int("SELECT count(*) FROM work_items") }) == 2 })
            await fixture.queue.stop(drainSeconds: 0)
        }
    }

    @Test("Work of a deleted account goes with it")
    func accountDeleted() async throws {
        try await withDatabase(migrations: WorkFixture.migrations) { test in
            try await test.database.write { transaction in
                for account in [1, 1, 2] as [Int64] {
                    try transaction.enqueue(WorkOrder("k", payload: .null, owner: .ofWork(accountRowID: account)))
                }
                try WorkTable.deleteAll(of: .ofWork(accountRowID: 1), in: transaction)
            }
            let left = try test.database.read { try $0.rows("SELECT account_rid FROM work_items") { try $0.int(0) } }
            #expect(left == [2])
        }
    }

    @Test("Pauses grow with the fourth power of the attempt, or double, and end at six hours")
    func backoff() {
        #expect((1...5).map { WorkBackoff.standard(afterAttempt: $0) } == [1, 16, 81, 256, 625])
        #expect(WorkBackoff.standard(afterAttempt: 13) == 21_600 && WorkBackoff.standard(afterAttempt: .max) == 21_600)
        #expect((1...3).map { WorkBackoff.doubling(first: 30, afterAttempt: $0) } == [30, 60, 120])
        #expect(WorkBackoff.doubling(first: 30, afterAttempt: .max) == 21_600)
    }
}
