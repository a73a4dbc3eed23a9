import Platform
import Synchronization

/// What became of attempts to reach targets since the process started.
final class PushCounters: Sendable {
    enum Outcome: String, Sendable, CaseIterable {
        case sent
        /// To be tried again.
        case deferred
        /// Given up.
        case failed
    }

    private struct Key: Hashable {
        let kind: NotificationTarget.Kind
        let outcome: Outcome
    }

    private let counts: Mutex<[Key: Int64]> = Mutex([:])
    private let disabled: Mutex<Int64> = Mutex(0)

    func note(_ outcome: Outcome, _ kind: NotificationTarget.Kind) {
        counts.withLock { $0[Key(kind: kind, outcome: outcome), default: 0] += 1 }
    }

    func noteDisabled() { disabled.withLock { $0 += 1 } }

    func count(_ outcome: Outcome, _ kind: NotificationTarget.Kind) -> Int64 {
        counts.withLock { $0[Key(kind: kind, outcome: outcome)] ?? 0 }
    }
}

extension PushCounters: MetricsSource {
    func write(into writer: inout MetricsWriter) {
        writer.family("jobraker_push_attempts_total", .counter, "Attempts to send a notification to a target, by kind and outcome.") {
            family in
            for kind in NotificationTarget.Kind.allCases {
                for outcome in Outcome.allCases {
                    family.sample(count(outcome, kind), ["kind": kind.rawValue, "outcome": outcome.rawValue])
                }
            }
        }
        writer.value(
            "jobraker_push_targets_disabled_total", .counter, "Targets that were switched off because they failed.",
            disabled.withLock { $0 })
    }
}
