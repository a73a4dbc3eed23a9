import Platform
import Synchronization

/// What was counted over the jobs, for each filter, until the jobs change.
///
/// To count what a part of a text matches takes a pass over all jobs, and lists ask for the same filters again and again.
/// A generation of the jobs is the key: what belongs to another one is forgotten.
final class JobCounts: Sendable {
    struct Entry: Sendable, Equatable {
        var count: Int?
        /// The matches in order of rank.
        var ranked: [Int64]?
        var facets: JobFacets?
    }

    private struct State {
        var generation: Int64 = .min
        var entries: [JobFilter: Entry] = [:]
    }

    private let state: Mutex<State> = Mutex(State())
    private let limit: Int

    init(limit: Int = 512) { self.limit = limit }

    var count: Int { state.withLock { $0.entries.count } }

    /// Empty where nothing is known.
    func entry(_ filter: JobFilter, at generation: Int64) -> Entry {
        state.withLock { state in
            guard state.generation == generation else { return Entry() }
            return state.entries[filter] ?? Entry()
        }
    }

    func keep(_ entry: Entry, for filter: JobFilter, at generation: Int64) {
        state.withLock { state in
            // A slow count of an older state comes too late.
            guard generation >= state.generation else { return }
            if generation > state.generation { state = State(generation: generation) }
            if state.entries.count >= limit, state.entries[filter] == nil { state.entries.removeAll(keepingCapacity: true) }
            state.entries[filter] = entry
        }
    }
}
