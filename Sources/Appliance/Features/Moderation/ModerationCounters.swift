import Platform
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

extension ModerationCounters: MetricsSource {
    func write(into writer: inout MetricsWriter) {
        writer.family("jobraker_openai_moderation_checks_total", .counter, "Texts that were to be judged, by target and outcome.") {
            family in
            for target in ModerationTarget.allCases {
                for outcome in ModerationOutcome.allCases {
                    family.sample(Int64(count(of: target, outcome)), ["target": target.rawValue, "outcome": outcome.rawValue])
                }
            }
        }
        writer.family("jobraker_openai_moderation_flagged_total", .counter, "Texts that violated the guidelines, by target.") { family in
            for target in ModerationTarget.allCases { family.sample(Int64(count(of: target, .flagged)), ["target": target.rawValue]) }
        }
    }
}
