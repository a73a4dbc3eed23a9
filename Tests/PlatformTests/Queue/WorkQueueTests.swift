import Testing

@testable import Platform

@Suite struct WorkQueueTests {
    @Test("An item runs after the commit that orders it, and its outcome is committed with its end")
    func success() async throws {
        let worker = ScriptedWorker(.succeed(["answer": 42]))
        try await WorkFixture.run(worker) { fixture in
            let owner = Owner.ofWork(accountRowID: 5)
            let id = try await fixture.enqueue(WorkOrder("test.work", payload: ["n": 7], owner: owner))
            #expect(await fixture.until(id, is: .succeeded))
            let run = try #require(worker.runs.first)
            #expect(worker.runs.count == 1 && run.payload == ["n": 7] && run.owner == owner && run.attempt == 1)
            #expect(try fixture.test.titles() == ["\(id)"])
            let report = try #require(try fixture.database.read { try WorkTable.report(id, of: owner, in: $0) })
            #expect(report.state.status == "SUCCESS" && report.result == ["answer": 42] && report.error == nil)
            #expect(report.finishedAt == fixture.clock.now())
            #expect(try fixture.database.read { try WorkTable.report(id, of: Owner.ofWork(accountRowID: 6), in: $0) } == nil)
            #expect(fixture.queue.counters.all["test.work"]?.succeeded == 1)
        }
    }

    @Test("An order whose transaction fails is never seen")
    func rolledBack() async throws {
        let worker = ScriptedWorker(.succeed(.null))
        try await WorkFixture.run(worker) { fixture in
            await #expect(throws: ScriptedWorker.Trip.self) {
                try await fixture.database.write { transaction in
                    try transaction.enqueue(WorkOrder("test.work", payload: .null))
                    throw ScriptedWorker.Trip()
                }
            }
            let id = try await fixture.enqueue()
            #expect(await fixture.until(id, is: .succeeded))
            #expect(worker.runs.map(\.id) == [id])
        }
    }

    @Test("A failed item comes again after its pause, give or take a tenth, and succeeds")
    func retry() async throws {
        let worker = ScriptedWorker(.fail(code: "busy"), .succeed(.null))
        try await WorkFixture.run(worker) { fixture in
            let id = try await fixture.enqueue()
            #expect(await fixture.until(id, is: .retry))
            let due = try #require(try fixture.column("run_at", of: id) { try $0.time(0) })
            let pause = due.microseconds - fixture.clock.now().microseconds
            #expect(90_000_000...110_000_000 ~= pause)
            #expect(try fixture.column("error_code", of: id) { try $0.text(0) } == "busy")
            fixture.advance(seconds: 89)
            #expect(try fixture.state(id) == .retry && worker.runs.count == 1)
            fixture.advance(seconds: 22)
            #expect(await fixture.until(id, is: .succeeded))
            #expect(worker.runs.map(\.attempt) == [1, 2])
            #expect(try fixture.column("error_code", of: id) { $0.isNull(0) } == true)
        }
    }

    @Test("A pause is never shorter than a Retry-After")
    func retryAfter() async throws {
        try await WorkFixture.run(ScriptedWorker(.fail(code: "busy", retryAfter: 5000), .succeed(.null))) { fixture in
            let id = try await fixture.enqueue()
            #expect(await fixture.until(id, is: .retry))
            #expect(try fixture.column("run_at", of: id) { try $0.time(0) } == fixture.clock.now().adding(seconds: 5000))
        }
    }

    @Test("After its last attempt, or at a failure for good, an item is dead and says why")
    func dead() async throws {
        try await WorkFixture.run(
            ScriptedWorker(kind: "twice", attempts: 2, .trip), ScriptedWorker(kind: "never", .fail(code: "gone", permanent: true))
        ) {
            fixture in
            let owner = Owner.ofWork(accountRowID: 1)
            let twice = try await fixture.enqueue(WorkOrder("twice", payload: .null, owner: owner))
            #expect(await fixture.until(twice, is: .retry))
            fixture.advance(seconds: 200)
            #expect(await fixture.until(twice, is: .dead))
            let never = try await fixture.enqueue(WorkOrder("never", payload: .null, owner: owner))
            #expect(await fixture.until(never, is: .dead))
            let reports = try fixture.database.read { reader in try [twice, never].map { try WorkTable.report($0, of: owner, in: reader) } }
            // An error that tells nothing is not shown: it could hold anything.
            #expect(reports[0]?.errorCode == "work_failed" && reports[0]?.error == "The work could not be done.")
            #expect(reports[1]?.errorCode == "gone" && reports[1]?.error == "It went wrong: gone.")
            #expect(reports.allSatisfy { $0?.state.status == "FAILURE" && $0?.finishedAt != nil })
            #expect(fixture.log.lines.contains { $0.contains("Work failed for good.") && $0.contains("Trip") })
        }
    }

    @Test("What an outcome wrote is undone when it throws, and the attempt counts as failed")
    func outcomeThrows() async throws {
        try await WorkFixture.run(ScriptedWorker(attempts: 1, .storeThenThrow)) { fixture in
            let id = try await fixture.enqueue()
            #expect(await fixture.until(id, is: .dead))
            #expect(try fixture.test.titles() == [])
        }
    }

    @Test("A result beyond the limit is refused, and what came with it is undone")
    func resultTooLarge() async throws {
        try await WorkFixture.run(ScriptedWorker(.succeed(.string(String(repeating: "x", count: 70_000))))) { fixture in
            let id = try await fixture.enqueue()
            #expect(await fixture.until(id, is: .dead))
            #expect(try fixture.column("error_code", of: id) { try $0.text(0) } == "result_too_large")
            #expect(try fixture.test.titles() == [])
        }
    }

    @Test("A run that takes too long is cancelled and counts as failed")
    func timeLimit() async throws {
        let door = AsyncDoor()
        try await WorkFixture.run(ScriptedWorker(attempts: 1, timeLimit: 30, .wait(door))) { fixture in
            let id = try await fixture.enqueue()
            await door.untilArrived(1)
            // The poll, the heartbeat and the limit.
            await fixture.clock.untilSleeping(3)
            fixture.clock.advance(seconds: 31)
            #expect(await fixture.until(id, is: .dead))
            #expect(try fixture.column("error_code", of: id) { try $0.text(0) } == "time_limit_exceeded")
        }
    }

    @Test("As many run at once as there are places, and the others wait their turn")
    func places() async throws {
        let door = AsyncDoor()
        let worker = ScriptedWorker(.wait(door))
        var settings = WorkQueue.Settings()
        settings.places = 3
        try await WorkFixture.run(worker, settings: settings) { fixture in
            var ids: [Identifier] = []
            for _ in 0..<8 { ids.append(try await fixture.enqueue()) }
            await door.untilArrived(3)
            let running = try fixture.database.read { try $0.int("SELECT count(*) FROM work_items WHERE state = 'running'") }
            #expect(running == 3 && worker.runs.count == 3)
            await door.open()
            for id in ids { #expect(await fixture.until(id, is: .succeeded)) }
            // Those that begin together may report in any order.
            #expect(Set(worker.runs.prefix(3).map(\.id)) == Set(ids.prefix(3)))
            #expect(worker.runs.count == ids.count && Set(worker.runs.map(\.id)) == Set(ids))
        }
    }

    @Test("Of two open orders with one key there is one item; once it is done, another may come")
    func unique() async throws {
        let door = AsyncDoor()
        try await WorkFixture.run(ScriptedWorker(.wait(door))) { fixture in
            let order = WorkOrder("test.work", payload: .null, uniqueKey: "k")
            let first = try await fixture.enqueue(order)
            #expect(try await fixture.enqueue(order) == first)
            await door.untilArrived(1)
            #expect(try await fixture.enqueue(order) == first)
            await door.open()
            #expect(await fixture.until(first, is: .succeeded))
            let second = try await fixture.enqueue(order)
            #expect(second != first)
            #expect(try fixture.database.read { try WorkTable.newest(kind: "test.work", uniqueKey: "k", in: $0) } == second)
        }
    }

    @Test("A waiting item can be moved by its key, later and earlier; one that runs is left alone, and without one there is a new one")
    func moved() async throws {
        let door = AsyncDoor()
        let worker = ScriptedWorker(.wait(door))
        try await WorkFixture.run(worker) { fixture in
            func reschedule(in seconds: Int) async throws -> Identifier {
                let order = WorkOrder("test.work", payload: .null, runAt: fixture.clock.now().adding(seconds: seconds), uniqueKey: "k")
                return try await fixture.database.write { try $0.reschedule(order) }
            }
            let first = try await reschedule(in: 100)
            #expect(try await reschedule(in: 300) == first)
            fixture.advance(seconds: 200)
            let marker = try await fixture.enqueue(WorkOrder("test.other", payload: .null))
            #expect(try fixture.state(first) == .pending && fixture.state(marker) == .pending && worker.runs.isEmpty)
            #expect(try await reschedule(in: 0) == first)
            await door.untilArrived(1)
            #expect(try await reschedule(in: 500) == first)
            #expect(try fixture.state(first) == .running)
            await door.open()
            #expect(await fixture.until(first, is: .succeeded))
            #expect(try await reschedule(in: 100) != first)
        }
    }

    @Test("An order for later waits for its time, and one of an unknown kind for its worker")
    func later() async throws {
        let worker = ScriptedWorker(.succeed(.null))
        try await WorkFixture.run(worker) { fixture in
            let later = try await fixture.enqueue(
                WorkOrder("test.work", payload: .null, runAt: fixture.clock.now().adding(seconds: 3600)))
            let foreign = try await fixture.enqueue(WorkOrder("of.another.release", payload: .null))
            let now = try await fixture.enqueue()
            #expect(await fixture.until(now, is: .succeeded))
            #expect(try fixture.state(later) == .pending && fixture.state(foreign) == .pending)
            fixture.advance(seconds: 3600)
            #expect(await fixture.until(later, is: .succeeded))
            #expect(try fixture.state(foreign) == .pending)
        }
    }

    @Test("Who waits for an item hears of its first attempt, however it ends")
    func attempted() async throws {
        try await WorkFixture.run(ScriptedWorker(kind: "good", .succeed(.null)), ScriptedWorker(kind: "bad", .trip)) { fixture in
            let good = try await fixture.enqueue(WorkOrder("good", payload: .null))
            await fixture.queue.attempted(good)
            #expect(try fixture.state(good) == .succeeded)
            let bad = try await fixture.enqueue(WorkOrder("bad", payload: .null))
            await fixture.queue.attempted(bad)
            #expect(try fixture.state(bad) == .retry)
            await fixture.queue.attempted(bad)
            await fixture.queue.attempted(Identifier(v7: fixture.clock.now(), random: SystemRandom()))
        }
    }

    @Test("Metrics tell the depth by state, the attempts by outcome and how late the queue is")
    func metrics() async throws {
        try await WorkFixture.run(ScriptedWorker(.succeed(.null))) { fixture in
            let id = try await fixture.enqueue()
            #expect(await fixture.until(id, is: .succeeded))
            _ = try await fixture.enqueue(WorkOrder("of.another.release", payload: .null))
            fixture.clock.advance(seconds: 12)
            var writer = MetricsWriter()
            #expect(await eventually { fixture.queue.counters.all["test.work"]?.succeeded == 1 })
            fixture.queue.write(into: &writer)
            let text = String(decoding: writer.bytes, as: UTF8.self)
            #expect(text.contains(#"jobraker_queue_attempts_total{kind="test.work",outcome="succeeded"} 1"#))
            #expect(text.contains(#"jobraker_queue_items{state="pending"} 1"#) && text.contains("jobraker_queue_oldest_due_seconds 12\n"))
        }
    }
}
