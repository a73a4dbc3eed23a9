import Testing

@testable import Platform

@Suite struct MonitorTests {
    @Test("A waiter wakes when what it waits for has come, not before")
    func wakes() async throws {
        let box: Monitor<[Int]> = Monitor([])
        let waiting = Task {
            try await offPool { box.wait { (list: inout [Int]) -> [Int]? in list.count < 2 ? nil : list } }
        }
        box.signalling { $0.append(1) }
        box.signalling { $0.append(2) }
        let seen = try await waiting.value
        #expect(seen == [1, 2])
    }

    @Test("A waiter that takes something leaves the rest to the others")
    func takes() async throws {
        let box = Monitor(0)
        let waiters = (0..<4).map { _ in
            Task {
                try await offPool {
                    box.wait { (count: inout Int) -> Bool? in
                        guard count > 0 else { return nil }
                        count -= 1
                        return true
                    }
                }
            }
        }
        box.signalling { $0 += 4 }
        for waiter in waiters {
            let taken = try await waiter.value
            #expect(taken == true)
        }
        #expect(box.withLock { $0 } == 0)
    }

    @Test("When the time has passed the waiter goes on with nothing", arguments: [0, 1, 20])
    func timesOut(milliseconds: Int) async throws {
        let box = Monitor(0)
        let start = ContinuousClock.now
        let outcome = try await offPool { box.wait(milliseconds: milliseconds) { $0 > 0 ? $0 : nil } }
        #expect(outcome == nil)
        #expect(ContinuousClock.now - start >= .milliseconds(milliseconds))
    }

    @Test("What is there already is taken at once, with and without a time limit", arguments: [nil, 0, 3_000])
    func atOnce(milliseconds: Int?) {
        #expect(Monitor(42).wait(milliseconds: milliseconds) { $0 } == 42)
    }

    @Test("A wake-up for something else does not end a timed wait")
    func otherWakeUps() async throws {
        let box = Monitor(0)
        let waiting = Task { try await offPool { box.wait(milliseconds: 60_000) { $0 >= 100 ? $0 : nil } } }
        for _ in 0..<100 { box.signalling { $0 += 1 } }
        let seen = try await waiting.value
        #expect(seen == 100)
    }

    @Test("An error under the lock is passed on, and the lock is free again")
    func throwing() {
        let box = Monitor(1)
        #expect(throws: TestFailure("no")) { try box.withLock { _ in throw TestFailure("no") } }
        #expect(throws: TestFailure("no")) {
            try box.signalling {
                $0 = 2
                throw TestFailure("no")
            }
        }
        #expect(box.withLock { $0 } == 2)
    }

    @Test("Ten thousand changes from ten threads are ten thousand changes")
    func contention() async throws {
        let box = Monitor(0)
        let tasks = (0..<10).map { _ in Task { try await offPool { for _ in 0..<1000 { box.withLock { $0 += 1 } } } } }
        for task in tasks { try await task.value }
        #expect(box.withLock { $0 } == 10_000)
    }
}
