import Testing

@testable import Platform

/// Ends that are neither a success nor a failure: put off, called off, kept apart; and what the operator does with the dead.
@Suite("Ends of work", .timeLimit(.minutes(2)))
struct WorkEndTests {
    @Test("Work that puts itself off costs no attempt, keeps what it stored, and knows how often it did")
    func snoozed() async throws {
        let worker = ScriptedWorker(attempts: 1, .snooze(seconds: 300), .snooze(seconds: 300), .succeed("done"))
        try await WorkFixture.run(worker) { fixture in
            let id = try await fixture.enqueue()
            for count in 1...2 {
                #expect(await eventually { (try? fixture.column("snoozes", of: id) { try $0.int(0) }) == Int64(count) })
                #expect(try fixture.state(id) == .pending)
                #expect(try fixture.column("run_at", of: id) { try $0.time(0) } == fixture.clock.now().adding(seconds: 300))
                fixture.advance(seconds: 300)
            }
            #expect(await fixture.until(id, is: .succeeded))
            #expect(worker.runs.map(\.attempt) == [1, 1, 1] && worker.runs.map(\.snoozes) == [0, 1, 2])
            #expect(try fixture.test.titles() == ["snooze 0 of \(id)", "snooze 1 of \(id)", "\(id)"])
            #expect(await eventually { fixture.queue.counters.all["test.work"]?.succeeded == 1 })
            #expect(fixture.queue.counters.all["test.work"]?.snoozed == 2)
        }
    }

    @Test("Work that waits is called off at once, and what runs is stopped and stores nothing")
    func cancelled() async throws {
        let door = AsyncDoor()
        var settings = WorkQueue.Settings()
        settings.places = 1
        try await WorkFixture.run(ScriptedWorker(.wait(door)), settings: settings) { fixture in
            let running = try await fixture.enqueue()
            await door.untilArrived(1)
            let waiting = try await fixture.enqueue()
            #expect(try await fixture.admin.cancel(waiting)?.state == .cancelled)
            let asked = try #require(try await fixture.admin.cancel(running))
            // It still runs, for whoever looks at it, until it has stopped.
            #expect(asked.isCancelAsked || asked.state == .cancelled)
            #expect(await fixture.until(running, is: .cancelled))
            #expect(try fixture.test.titles() == [])
            #expect(await eventually { fixture.queue.counters.all["test.work"]?.cancelled == 1 })
            await #expect(throws: WorkAdmin.Failure.wrongState(.cancelled, wish: "cancelled")) { try await fixture.admin.cancel(running) }
            #expect(try await fixture.admin.cancel(Identifier(rowID: 1)) == nil)
        }
    }

    @Test("A run that does not heed its cancellation stores nothing either, and its key is taken until it has ended")
    func unheeded() async throws {
        let gate = Gate()
        let worker = StubbornWorker(gate: gate)
        try await WorkFixture.run(worker) { fixture in
            let order = WorkOrder("stubborn", payload: .null, uniqueKey: "k")
            let id = try await fixture.enqueue(order)
            #expect(await gate.arrivals())
            _ = try await fixture.admin.cancel(id)
            #expect(try fixture.state(id) == .running)
            #expect(try await fixture.enqueue(order) == id)
            gate.open()
            #expect(await fixture.until(id, is: .cancelled))
            #expect(try fixture.test.titles() == [])
        }
    }

    @Test("What was to stop when its process ended has stopped")
    func cancelledAtTheEnd() async throws {
        try await withDatabase(migrations: WorkFixture.migrations) { test in
            let id = try await test.database.write { try $0.enqueue(WorkOrder("test.work", payload: .null)) }
            let (clock, boot) = (test.clock, Identifier(rowID: 7))
            _ = try await test.database.write { transaction in
                try WorkTable.claim(
                    ["test.work"], limit: 1, lease: WorkLease(node: "here", boot: boot), until: clock.now().adding(seconds: 60),
                    in: transaction)
            }
            _ = try await WorkAdmin(database: test.database).cancel(id)
            let worker = ScriptedWorker(.succeed(.null))
            let fixture = try await WorkFixture.start([worker], on: test)
            #expect(try fixture.state(id) == .cancelled && worker.runs.isEmpty)
            await fixture.queue.stop(drainSeconds: 0)
        }
    }

    @Test("What ended two processes runs alone of its kind, each time later, while the others go on")
    func quarantine() async throws {
        try await withDatabase(migrations: WorkFixture.migrations) { test in
            let (clock, door) = (test.clock, AsyncDoor())
            let suspects = try await test.database.write { transaction in
                try (0..<3).map { _ in try transaction.enqueue(WorkOrder("test.work", payload: .null)) }
            }
            for boot in 1...2 as ClosedRange<Int64> {
                let lease = WorkLease(node: "here", boot: Identifier(rowID: boot))
                let taken = try await test.database.write { transaction in
                    _ = try WorkTable.freeAbandoned(by: lease, in: transaction)
                    return try WorkTable.claim(
                        ["test.work"], limit: 9, lease: lease, until: clock.now().adding(seconds: 60), in: transaction)
                }
                #expect(taken.count == 3)
            }
            let worker = ScriptedWorker(.wait(door))
            let fixture = try await WorkFixture.start([worker], on: test)
            #expect(fixture.log.lines.contains { $0.contains("kept apart") && $0.contains(#""items":3"#) })
            let other = try await fixture.enqueue()
            await door.untilArrived(1)
            #expect(worker.runs.map(\.id) == [other])
            fixture.advance(seconds: 16)
            await door.untilArrived(2)
            let beside = try await fixture.enqueue()
            await door.untilArrived(3)
            // Of the three one, beside what is under no suspicion.
            #expect(worker.runs.map(\.id) == [other, suspects[0], beside])
            #expect(try await fixture.admin.list(Self.quarantined, limit: 9).map(\.id) == [suspects[2], suspects[1]])
            // Somebody knows better.
            #expect(try await fixture.admin.retry(suspects[2])?.isQuarantined == false)
            await door.untilArrived(4)
            #expect(worker.runs.last?.id == suspects[2])
            await door.open()
            for id in suspects + [other, beside] { #expect(await fixture.until(id, is: .succeeded)) }
            await fixture.queue.stop(drainSeconds: 0)
        }
    }

    private static let quarantined: WorkFilter = {
        var filter = WorkFilter()
        filter.quarantinedOnly = true
        return filter
    }()

    @Test("What is dead is tried again or forgotten, one by one or all of a queue, and never beside what has its key by now")
    func dead() async throws {
        let (mail, index) = (
            ScriptedWorker(kind: "mail", queue: .mail, attempts: 1, .trip), ScriptedWorker(kind: "index", queue: .index, attempts: 1, .trip)
        )
        try await WorkFixture.run(mail, index) { fixture in
            let keyed = WorkOrder("mail", payload: .null, uniqueKey: "k")
            let (first, foreign) = (try await fixture.enqueue(keyed), try await fixture.enqueue(WorkOrder("index", payload: .null)))
            for id in [first, foreign] { #expect(await fixture.until(id, is: .dead)) }
            #expect(try await fixture.admin.retry(first)?.attempts == 0)
            #expect(await eventually { mail.runs.count == 2 })
            #expect(await fixture.until(first, is: .dead))

            try await fixture.admin.pause(.mail)
            let second = try await fixture.enqueue(keyed)
            await #expect(throws: WorkAdmin.Failure.keyTaken) { try await fixture.admin.retry(first) }
            var filter = WorkFilter()
            filter.queue = .mail
            #expect(try await fixture.admin.retryDead(filter) == 0)
            await #expect(throws: WorkAdmin.Failure.wrongState(.pending, wish: "purged")) { try await fixture.admin.purge(second) }
            #expect(try await fixture.admin.count(filter) == 2)
            #expect(try await fixture.admin.purgeDead(filter) == 1)
            #expect(try fixture.state(first) == nil && fixture.state(second) == .pending && fixture.state(foreign) == .dead)
            #expect(try await fixture.admin.retryDead(WorkFilter()) == 1)
            #expect(await eventually { index.runs.count == 2 })
            #expect(await fixture.until(foreign, is: .dead))
            #expect(try await fixture.admin.purge(foreign)?.kind == "index")
            #expect(try fixture.state(foreign) == nil)
        }
    }

    @Test("A row whose payload is broken is dead, and keeps nobody from running")
    func unreadable() async throws {
        let worker = ScriptedWorker(.succeed(.null))
        try await withDatabase(migrations: WorkFixture.migrations) { test in
            let broken = try await test.database.write { transaction in
                let id = try transaction.enqueue(WorkOrder("test.work", payload: .null))
                try transaction.execute("UPDATE work_items SET payload = '{'")
                return id
            }
            let fixture = try await WorkFixture.start([worker], on: test)
            let id = try await fixture.enqueue()
            #expect(await fixture.until(id, is: .succeeded))
            #expect(try fixture.state(broken) == .dead && worker.runs.map(\.id) == [id])
            #expect(try fixture.column("error_code", of: broken) { try $0.text(0) } == "payload_unreadable")
            await fixture.queue.stop(drainSeconds: 0)
        }
    }

    @Test("The staff's figures tell each queue's depth, dead and lateness")
    func figures() async throws {
        try await WorkFixture.run(ScriptedWorker(kind: "mail", queue: .mail, attempts: 1, .trip)) { fixture in
            let id = try await fixture.enqueue(WorkOrder("mail", payload: .null))
            #expect(await fixture.until(id, is: .dead))
            try await fixture.admin.pause(.mail)
            for seconds in [0, 0, 900] {
                _ = try await fixture.enqueue(WorkOrder("mail", payload: .null, runAt: fixture.clock.now().adding(seconds: seconds)))
            }
            fixture.clock.advance(seconds: 30)
            #expect(await eventually { fixture.queue.counters.all["mail"]?.dead == 1 })
            var writer = MetricsWriter()
            fixture.queue.write(into: &writer)
            let text = String(decoding: writer.bytes, as: UTF8.self)
            for line in [
                #"jobraker_queue_depth{queue="mail"} 3"#, #"jobraker_queue_depth{queue="ai"} 0"#, #"jobraker_queue_dead{queue="mail"} 1"#,
                #"jobraker_queue_oldest_seconds{queue="mail"} 30"#, #"jobraker_queue_paused{queue="mail"} 1"#,
                #"jobraker_queue_runs_total{queue="mail",outcome="dead"} 1"#, "jobraker_queue_delay_seconds_count 1",
            ] {
                #expect(text.contains(line + "\n"), "\(line)")
            }
            let mail = try await fixture.admin.queues(at: fixture.clock.now()).first { $0.name == .mail }
            #expect(mail?.figures.waiting == 3 && mail?.figures.dead == 1 && mail?.lateness == 30_000_000 && mail?.kinds == ["mail"])
        }
    }
}

/// Goes on whatever it is told, on a thread of its own, until its gate opens.
private struct StubbornWorker: Worker {
    let gate: Gate
    var kind: String { "stubborn" }

    func run(_ item: WorkItem) async throws -> WorkOutcome {
        try await offPool { [gate] in gate.enter() }
        return WorkOutcome { transaction in
            try transaction.addBook("\(item.id)")
            return .null
        }
    }
}
