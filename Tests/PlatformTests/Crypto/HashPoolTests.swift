import Synchronization
import Testing

@testable import Platform

/// No test here waits for time to pass: work is held at a gate that the test opens.
@Suite struct HashPoolTests {
    /// Holds the threads that enter until it is opened, and tells when they have come.
    private final class Gate: Sendable {
        private let state = Monitor((isOpen: false, arrived: 0))

        func enter() {
            state.signalling { $0.arrived += 1 }
            _ = state.wait { $0.isOpen ? true : nil }
        }

        func waitForArrivals(_ count: Int) async {
            while state.withLock({ $0.arrived < count }) { await Task.yield() }
        }

        func open() { state.signalling { $0.isOpen = true } }
    }

    /// A pool whose threads are all held and whose queue is full, with the tasks that did it.
    private func filled(workers: Int, queue: Int, gate: Gate) async -> (HashPool, [Task<Result<Int, HashPoolError>, Never>]) {
        let pool = HashPool(workers: workers, queue: queue)
        func start(_ index: Int) -> Task<Result<Int, HashPoolError>, Never> {
            Task {
                do throws(HashPoolError) {
                    return .success(
                        try await pool.run {
                            gate.enter()
                            return index
                        })
                } catch { return .failure(error) }
            }
        }
        let running = (0..<workers).map { start($0) }
        await gate.waitForArrivals(workers)
        let waiting = (workers..<(workers + queue)).map { start($0) }
        while pool.waiting < queue { await Task.yield() }
        return (pool, running + waiting)
    }

    @Test("Work runs on a thread of the pool and its value comes back")
    func runs() async throws {
        let pool = HashPool(workers: 2, queue: 16)
        #expect(try await pool.run { 6 * 7 } == 42)
        let hasher = PasswordHasher(parameters: .test, random: SeededRandom(1))
        let stored = try await pool.run { Result { try hasher.hash("walnut") } }.get()
        #expect(try await pool.run { hasher.verify("walnut", against: stored) })
    }

    @Test("Many more callers than threads are served when they do not come at once")
    func serves() async throws {
        let pool = HashPool(workers: 2, queue: 0)
        for index in 0..<200 {
            // The thread answers before it is free again, so the next caller may still find it at work.
            while true {
                do throws(HashPoolError) {
                    #expect(try await pool.run { index } == index)
                    break
                } catch { #expect(error == .busy) }
            }
        }
    }

    @Test(
        "With threads and queue full the next caller is turned away at once, and all others are served",
        arguments: [(2, 16), (1, 0), (1, 1)])
    func busy(workers: Int, queue: Int) async {
        let gate = Gate()
        let (pool, tasks) = await filled(workers: workers, queue: queue, gate: gate)
        await #expect(throws: HashPoolError.busy) { try await pool.run { 0 } }
        gate.open()
        for (index, task) in tasks.enumerated() { #expect(await task.value == .success(index)) }
        #expect(pool.waiting == 0)
    }

    @Test("Stopping turns away who waits, answers who is running, and refuses who comes later")
    func stop() async {
        let gate = Gate()
        let (pool, tasks) = await filled(workers: 1, queue: 3, gate: gate)
        let stopping = Task.detached { pool.stop() }
        for task in tasks.dropFirst() { #expect(await task.value == .failure(.stopped)) }
        gate.open()
        #expect(await tasks[0].value == .success(0))
        await stopping.value
        await #expect(throws: HashPoolError.stopped) { try await pool.run { 0 } }
        pool.stop()
    }

    @Test("A pool that is let go ends its threads")
    func deinitStops() async throws {
        weak var weakPool: HashPool?
        do {
            let pool = HashPool(workers: 1, queue: 1)
            weakPool = pool
            #expect(try await pool.run { true })
        }
        #expect(weakPool == nil)
    }
}
