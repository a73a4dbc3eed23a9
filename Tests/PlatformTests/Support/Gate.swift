import Glibc

@testable import Platform

/// Holds the threads that enter until it is opened, and tells how many have come.
final class Gate: Sendable {
    private let state = Monitor((isOpen: false, arrived: 0))

    /// Blocks: for threads that may be held, never for the cooperative pool.
    func enter() {
        state.signalling { $0.arrived += 1 }
        _ = state.wait { $0.isOpen ? true : nil }
    }

    func open() { state.signalling { $0.isOpen = true } }

    func arrivals(_ count: Int = 1) async -> Bool { await eventually { self.state.withLock { $0.arrived >= count } } }
}

/// A value that the threads of a test share.
final class Shared<Value: Sendable>: Sendable {
    private let state: Monitor<Value>

    init(_ value: Value) { state = Monitor(value) }

    var value: Value { state.withLock { $0 } }

    func update(_ body: (inout Value) -> Void) { state.withLock { body(&$0) } }
}

/// Lets others run until `condition` holds; false when it did not within half a minute.
func eventually(_ condition: () throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now + .seconds(30)
    while try !condition() {
        if ContinuousClock.now > deadline { return false }
        sched_yield()
        await Task.yield()
    }
    return true
}

/// Runs blocking work on a thread of its own and waits for it without holding one of the pool.
func offPool<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        BlockingWork.run { continuation.resume(with: Result { try body() }) }
    }
}
