import Synchronization

/// A clock that stands still until a test moves it.
///
/// `advance` wakes every sleeper whose time has come, earliest first. A test that must not advance before
/// the code under test has gone to sleep awaits `untilSleeping` first.
package final class ManualClock: PlatformClock {
    private struct Sleeper {
        let id: Int
        let wakesAt: Timestamp
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Watcher {
        let count: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now: Timestamp
        var nextID = 0
        var sleepers: [Sleeper] = []
        var watchers: [Watcher] = []
    }

    private let state: Mutex<State>

    package init(_ start: Timestamp = Timestamp(seconds: 1_700_000_000)) {
        state = Mutex(State(now: start))
    }

    package func now() -> Timestamp {
        state.withLock { $0.now }
    }

    /// How many sleep now.
    package var sleeperCount: Int {
        state.withLock { $0.sleepers.count }
    }

    package func advance(seconds: Int) {
        advance(microseconds: Timestamp(microseconds: 0).adding(seconds: seconds).microseconds)
    }

    package func advance(microseconds: Int64) {
        let awake = state.withLock { state in
            state.now = state.now.adding(microseconds: microseconds)
            let now = state.now
            let awake = state.sleepers.filter { $0.wakesAt <= now }.sorted { $0.wakesAt < $1.wakesAt }
            state.sleepers.removeAll { $0.wakesAt <= now }
            return awake
        }
        for sleeper in awake { sleeper.continuation.resume() }
    }

    package func sleep(microseconds: Int64) async throws {
        guard microseconds > 0 else { return try Task.checkCancellation() }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                fallAsleep(id: id, microseconds: microseconds, continuation)
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.sleepers.firstIndex { $0.id == id }.map { state.sleepers.remove(at: $0) }
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Returns when at least so many sleep.
    package func untilSleeping(_ count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let isSo = state.withLock { state in
                if state.sleepers.count >= count { return true }
                state.watchers.append(Watcher(count: count, continuation: continuation))
                return false
            }
            if isSo { continuation.resume() }
        }
    }

    /// Whether the task is cancelled is asked under the lock that the cancellation handler also takes: the
    /// handler then either finds the sleeper, or has run before this and the task is seen to be cancelled.
    private func fallAsleep(id: Int, microseconds: Int64, _ continuation: CheckedContinuation<Void, any Error>) {
        let satisfied: [Watcher]? = state.withLock { state in
            if Task.isCancelled { return nil }
            let wakesAt = state.now.adding(microseconds: microseconds)
            state.sleepers.append(Sleeper(id: id, wakesAt: wakesAt, continuation: continuation))
            let count = state.sleepers.count
            let satisfied = state.watchers.filter { $0.count <= count }
            state.watchers.removeAll { $0.count <= count }
            return satisfied
        }
        guard let satisfied else { return continuation.resume(throwing: CancellationError()) }
        for watcher in satisfied { watcher.continuation.resume() }
    }
}
