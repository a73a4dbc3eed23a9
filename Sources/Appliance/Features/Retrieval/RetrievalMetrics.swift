import Platform
import Synchronization

/// How long searches took and how many found nothing, by mode.
final class RetrievalMetrics: Sendable {
    fileprivate final class Entry: Sendable {
        let duration = Histogram()
        let empty = Atomic<Int64>(0)
    }

    private let clock: any PlatformClock
    private let entries: [RetrievalMode: Entry]

    init(clock: any PlatformClock = SystemClock()) {
        self.clock = clock
        entries = Dictionary(uniqueKeysWithValues: RetrievalMode.allCases.map { ($0, Entry()) })
    }

    /// The time of one search.
    struct Watch: Sendable {
        fileprivate let entry: Entry?
        fileprivate let clock: any PlatformClock
        fileprivate let began: Timestamp

        func ended(isEmpty: Bool) {
            entry?.duration.record(microseconds: clock.now().microseconds - began.microseconds)
            if isEmpty { entry?.empty.add(1, ordering: .relaxed) }
        }
    }

    func watch(_ mode: RetrievalMode) -> Watch { Watch(entry: entries[mode], clock: clock, began: clock.now()) }

    func write(into writer: inout MetricsWriter) {
        let used = RetrievalMode.allCases.compactMap { mode in entries[mode].map { (mode: mode.rawValue, entry: $0) } }
            .filter { $0.entry.duration.reading.count > 0 }
        writer.family("jobraker_retrieval_search_seconds", .histogram, "How long searches for passages and jobs took, by mode.") { family in
            for (mode, entry) in used { family.histogram(entry.duration, ["mode": mode]) }
        }
        writer.family("jobraker_retrieval_empty_searches_total", .counter, "Searches that found no answer, by mode.") { family in
            for (mode, entry) in used { family.sample(entry.empty.load(ordering: .relaxed), ["mode": mode]) }
        }
    }
}
