import Platform
import Synchronization

/// Judges texts with the configured provider, and says what follows where it
/// cannot be reached. No text, and nothing that could quote one, is ever logged.
final class Moderator: Sendable {
    /// How long a client should wait when nobody knows better.
    static let retrySeconds = 5

    private let provider: ModerationProvider
    /// Read at each judgement, so that a reload takes effect with the next one.
    private let settings: @Sendable () -> ModerationSettings
    private let clock: any PlatformClock
    private let counters: ModerationCounters
    private let log: Log
    private let outage = Mutex(ModerationOutage())

    init(
        provider: ModerationProvider, settings: @escaping @Sendable () -> ModerationSettings, clock: any PlatformClock,
        counters: ModerationCounters, log: Log
    ) {
        self.provider = provider
        self.settings = settings
        self.clock = clock
        self.counters = counters
        self.log = log
    }

    var isConfigured: Bool { settings().isConfigured }

    /// Judges what a user wrote.
    func check(input text: String) async -> ModerationVerdict { await check([text], .input) }

    /// Judges what the model answered: all the texts of one answer together.
    func check(output texts: [String]) async -> ModerationVerdict { await check(texts, .output) }

    private func check(_ texts: [String], _ target: ModerationTarget) async -> ModerationVerdict {
        let settings = settings()
        guard settings.isConfigured else { return .clean }
        let pieces = texts.flatMap(ModerationText.pieces)
        guard !pieces.isEmpty else { return .clean }
        do {
            let judgement = try await provider.judge(pieces, settings: settings.providerSettings)
            reportAnswer()
            counters.add(target, judgement.isFlagged ? .flagged : .clean)
            return judgement.isFlagged ? .flagged(categories: judgement.categories) : .clean
        } catch {
            // Whoever asks and goes away must not get a text past the judge by going.
            guard !Task.isCancelled else { return .unknown(retryAfterSeconds: Self.retrySeconds) }
            report(error, settings)
            counters.add(target, .failed)
            switch settings.onFailure {
            case .allow: return .clean
            case .refuse: return .unknown(retryAfterSeconds: error.retryAfterSeconds ?? Self.retrySeconds)
            }
        }
    }

    // MARK: The log

    private func report(_ failure: ProviderFailure, _ settings: ModerationSettings) {
        guard let failures = outage.withLock({ $0.failed(at: clock.now()) }) else { return }
        log.warning(
            "Text could not be moderated.",
            [
                "on_failure": .string(settings.onFailure.rawValue), "error": .string("\(failure)"),
                "failures": .int(failures),
            ])
    }

    private func reportAnswer() {
        if outage.withLock({ $0.answered() }) { log.info("Text is moderated again.") }
    }
}

extension ProviderFailure {
    /// When it is worth asking again, where that is known.
    fileprivate var retryAfterSeconds: Int? {
        if case .unavailable(let seconds) = self { max(1, seconds) } else { nil }
    }
}
