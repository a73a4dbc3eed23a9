import Platform
import Synchronization

/// What became of mails since the process started.
final class MailCounters: Sendable {
    enum Outcome: String, Sendable, CaseIterable {
        case sent
        /// To be tried again.
        case deferred
        case refused
        case failed
    }

    private let counts: Mutex<[Outcome: Int64]> = Mutex([:])

    func note(_ outcome: Outcome) { counts.withLock { $0[outcome, default: 0] += 1 } }

    func count(_ outcome: Outcome) -> Int64 { counts.withLock { $0[outcome] ?? 0 } }
}

extension MailCounters: MetricsSource {
    func write(into writer: inout MetricsWriter) {
        writer.family("jobraker_mail_attempts_total", .counter, "Mails that were handed to the mail server or were not, by outcome.") {
            family in
            for outcome in Outcome.allCases { family.sample(count(outcome), ["outcome": outcome.rawValue]) }
        }
    }
}
