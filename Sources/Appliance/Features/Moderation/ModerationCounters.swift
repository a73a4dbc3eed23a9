import Synchronization

/// How an attempt to judge a text ended.
enum ModerationOutcome: String, Sendable, CaseIterable {
    case clean, flagged
    /// There was no judgement, whatever then became of the text.
    case failed
}

/// Counts judgements since the start, for the metrics. A text that nobody was asked about is not counted.
final class ModerationCounters: Sendable {
    private struct Key: Hashable {
        let target: ModerationTarget
        let outcome: ModerationOutcome
    }

    private let counts = Mutex<[Key: Int]>([:])

    func count(of target: ModerationTarget, _ outcome: ModerationOutcome) -> Int {
        counts.withLock { $0[Key(target: target, outcome: outcome)] ?? 0 }
    }

    func add(_ target: ModerationTarget, _ outcome: ModerationOutcome) {
        counts.withLock { $0[Key(target: target, outcome: outcome), default: 0] += 1 }
    }
}
