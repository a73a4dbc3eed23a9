import Glibc
import Synchronization

/// Nanoseconds on the clock that nobody sets.
enum MonotonicTime {
    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// When each item began, and when the last end was committed.
final class Ledger: Sendable {
    private struct State {
        var begun: [UInt64]
        var runs = 0
        var ends = 0
    }

    let items: Int
    private let state: Mutex<State>
    private let last: AsyncStream<UInt64>
    private let bell: AsyncStream<UInt64>.Continuation

    init(items: Int) {
        self.items = items
        state = Mutex(State(begun: [UInt64](repeating: 0, count: items)))
        (last, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func begin(_ number: Int, at time: UInt64) {
        state.withLock { state in
            state.runs += 1
            if state.begun.indices.contains(number) { state.begun[number] = time }
        }
    }

    /// Called after each commit that holds ends, on the writer's thread.
    func end(_ count: Int) {
        let isLast = state.withLock { state in
            state.ends += count
            return state.ends >= items
        }
        if isLast { bell.yield(MonotonicTime.now()) }
    }

    /// The moment at which the last end was committed; waits for it.
    func lastEnd() async throws -> UInt64 {
        for await moment in last { return moment }
        throw CancellationError()
    }

    /// When each began, once all are done and each ran once.
    func beginnings() throws -> [UInt64] {
        let (begun, runs) = state.withLock { ($0.begun, $0.runs) }
        guard runs == items, !begun.contains(0) else { throw BenchmarkError.notOnceEach(items: items, runs: runs) }
        return begun
    }
}
