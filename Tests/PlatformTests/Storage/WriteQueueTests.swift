import Testing

@testable import Platform

@Suite struct WriteQueueTests {
    @Test("A full queue refuses the next write at once and serves all that wait")
    func full() async throws {
        var options = TestDatabase.options
        options.writerQueue = 2
        try await withDatabase(options: options) { test in
            let hold = try await test.holdWriter()
            let waiting = [try await test.queue { try $0.addBook("Oaks") }, try await test.queue { try $0.addBook("Elms") }]
            await #expect(throws: StorageError.queueFull) { try await test.database.write { try $0.addBook("Nettles") } }
            try await hold.release()
            for task in waiting { try await task.value }
            #expect(try test.titles() == ["Oaks", "Elms"])
            try await test.database.write { try $0.addBook("Limes") }
        }
    }

    @Test("A caller cancelled while it waits is told at once, and its write never runs")
    func cancelWaiting() async throws {
        try await withDatabase { test in
            let hold = try await test.holdWriter()
            let kept = try await test.queue { try $0.addBook("Oaks") }
            let cancelled = try await test.queue { try $0.addBook("Nettles") }
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            #expect(test.database.writesWaiting == 1)
            try await hold.release()
            try await kept.value
            #expect(try test.titles() == ["Oaks"])
        }
    }

    @Test("A caller cancelled while its write runs gets the outcome of the write")
    func cancelRunning() async throws {
        try await withDatabase { test in
            let gate = Gate()
            let running = Task {
                try await test.database.write { tx in
                    gate.enter()
                    try tx.addBook("Oaks")
                    return "done"
                }
            }
            #expect(await gate.arrivals())
            running.cancel()
            gate.open()
            let outcome = try await running.value
            #expect(outcome == "done")
            #expect(try test.titles() == ["Oaks"])
        }
    }

    @Test("A caller that is cancelled already writes nothing")
    func cancelBefore() async throws {
        try await withDatabase { test in
            let late = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await test.database.write { try $0.addBook("Nettles") }
            }
            await #expect(throws: CancellationError.self) { try await late.value }
            let titles = try test.titles()
            #expect(titles == [])
        }
    }

    @Test("Closing serves the writes that wait, then refuses every kind of access")
    func closes() async throws {
        let temporary = try TemporaryDirectory()
        let test = try TestDatabase(in: DataDirectory(locking: temporary.path))
        let hold = try await test.holdWriter()
        let waiting = try await test.queue { try $0.addBook("Oaks") }
        let closing = Task { try await test.close() }
        #expect(
            await eventually {
                do { return try test.database.read { try $0.int("SELECT 1") } == 0 } catch { return error as? StorageError == .closed }
            })
        try await hold.release()
        try await waiting.value
        try await closing.value
        await #expect(throws: StorageError.closed) { try await test.database.write { _ in } }
        await #expect(throws: StorageError.closed) { try await test.database.scan { _ in } }
        #expect(throws: StorageError.closed) { try test.database.read { _ in } }
        try await test.close()
        #expect(entries(of: temporary.path) == ["backup", "jobraker.db", "lock"])
    }

    @Test("A write without a value and without an error counts as undone")
    func noValue() async throws {
        await #expect(throws: StorageError.rolledBack) {
            try await withCheckedThrowingContinuation { continuation in
                TypedPendingWrite(number: 1, isProbe: false, body: { _ in 1 }, continuation: continuation).finish(nil)
            }
        }
    }
}
