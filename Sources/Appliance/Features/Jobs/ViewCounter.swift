import Platform
import Synchronization

/// Counts views of jobs without a write for each: they are gathered in memory and stored together every few seconds, and
/// when the server stops. A crash loses those of the last seconds; nothing else depends on them.
final class ViewCounter: Sendable {
    /// Different jobs that are counted between two flushes. Views of still others are not counted.
    static let limit = 10_000
    static let intervalMicroseconds: Int64 = 5_000_000

    private struct State {
        var gathered: [Int64: Int] = [:]
        /// On their way to the disk.
        var leaving: [Int64: Int] = [:]
        var loop: Task<Void, Never>?
    }

    private let database: Database
    private let clock: any PlatformClock
    private let log: Log
    private let state: Mutex<State> = Mutex(State())

    init(database: Database, clock: any PlatformClock, log: Log) {
        self.database = database
        self.clock = clock
        self.log = log
    }

    func note(_ rowID: Int64) {
        state.withLock { state in
            guard state.gathered.count < Self.limit || state.gathered[rowID] != nil else { return }
            state.gathered[rowID, default: 0] += 1
        }
    }

    /// The views that are not in the job's row yet. While they are being stored they are counted here, so that none is missing.
    func pending(_ rowID: Int64) -> Int { state.withLock { ($0.gathered[rowID] ?? 0) + ($0.leaving[rowID] ?? 0) } }

    /// Stores what was gathered. What cannot be stored now is kept for the next time.
    func flush() async {
        let views = state.withLock { state -> [Int64: Int] in
            guard state.leaving.isEmpty else { return [:] }
            swap(&state.gathered, &state.leaving)
            return state.leaving
        }
        guard !views.isEmpty else { return }
        do {
            try await database.write { try JobStore.addViews(views, in: $0) }
            state.withLock { $0.leaving = [:] }
        } catch {
            log.warning("Views of jobs could not be stored; they are kept for later.", ["error": .string("\(error)")])
            state.withLock { state in
                for (rowID, count) in state.leaving where state.gathered.count < Self.limit || state.gathered[rowID] != nil {
                    state.gathered[rowID, default: 0] += count
                }
                state.leaving = [:]
            }
        }
    }

    /// Begins to flush by itself.
    func start() {
        let task = Task { [weak self, clock] in
            while (try? await clock.sleep(microseconds: Self.intervalMicroseconds)) != nil { await self?.flush() }
        }
        state.withLock { $0.loop = task }
    }

    /// After the last request: ends the loop and stores what is left.
    func stop() async {
        let loop = state.withLock { state in
            defer { state.loop = nil }
            return state.loop
        }
        loop?.cancel()
        await loop?.value
        await flush()
    }
}
