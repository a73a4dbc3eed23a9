import Dispatch
import Platform
import Synchronization

/// The only thread of a hash pool, kept busy until it is let go, so that what others ask of the pool has to wait.
final class AccountsPoolHold: Sendable {
    struct NeverWaited: Error {}

    private let gate: DispatchSemaphore
    private let pool: HashPool
    private let task: Task<Void, any Error>

    private init(gate: DispatchSemaphore, pool: HashPool, task: Task<Void, any Error>) {
        self.gate = gate
        self.pool = pool
        self.task = task
    }

    // A test that fails half-way must not leave the thread held: stopping the pool would wait for ever.
    deinit { gate.signal() }

    static func take(_ pool: HashPool) async throws -> AccountsPoolHold {
        let gate = DispatchSemaphore(value: 0)
        let isHeld = Flag()
        let task = Task {
            try await pool.run {
                isHeld.value.store(true, ordering: .releasing)
                gate.wait()
            }
        }
        let hold = AccountsPoolHold(gate: gate, pool: pool, task: task)
        try await Self.until { isHeld.value.load(ordering: .acquiring) }
        return hold
    }

    /// Starts a call and returns when it waits for the pool.
    func queue(_ call: @escaping @Sendable () async -> Int) async throws -> Task<Int, Never> {
        let before = pool.waiting
        let started = Task { await call() }
        try await Self.until { self.pool.waiting > before }
        return started
    }

    func release() async throws {
        gate.signal()
        try await task.value
    }

    private final class Flag: Sendable { let value = Atomic<Bool>(false) }

    private static func until(_ condition: () -> Bool) async throws {
        for _ in 0..<10_000_000 {
            if condition() { return }
            await Task.yield()
        }
        throw NeverWaited()
    }
}
