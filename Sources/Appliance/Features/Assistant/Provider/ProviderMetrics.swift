import Platform
import Synchronization

/// Counts what providers are asked and how they answer, under the names that the original server gave these figures.
final class ProviderMetrics: MetricsSource {
    /// What a provider is asked for.
    enum Purpose: String, Sendable {
        case chat, embedding, moderation
    }

    private struct Key: Hashable {
        let purpose: Purpose
        /// As it was asked for: what a provider calls itself in an answer could be anything.
        let model: String
    }

    private final class Entry: Sendable {
        let duration = Histogram()
        let outcomes = Mutex<[String: Int64]>([:])
    }

    private let entries = Mutex<[Key: Entry]>([:])
    private let tokens = Mutex<(prompt: Int64, completion: Int64)>((0, 0))

    /// Runs one call and counts it with its time.
    func count<Value>(
        _ purpose: Purpose, model: String, clock: any PlatformClock, _ call: () async throws(ProviderFailure) -> Value
    ) async throws(ProviderFailure) -> Value {
        let began = clock.now().microseconds
        do throws(ProviderFailure) {
            let value = try await call()
            note(purpose, model, "success", clock.now().microseconds - began)
            return value
        } catch {
            note(purpose, model, error.word, clock.now().microseconds - began)
            throw error
        }
    }

    func note(promptTokens: Int, completionTokens: Int) {
        tokens.withLock { tokens in
            tokens.prompt += Int64(promptTokens)
            tokens.completion += Int64(completionTokens)
        }
    }

    private func note(_ purpose: Purpose, _ model: String, _ outcome: String, _ microseconds: Int64) {
        let entry = entries.withLock { entries in
            let key = Key(purpose: purpose, model: model)
            let entry = entries[key] ?? Entry()
            entries[key] = entry
            return entry
        }
        entry.duration.record(microseconds: microseconds)
        entry.outcomes.withLock { $0[outcome, default: 0] += 1 }
    }

    func write(into writer: inout MetricsWriter) {
        let entries = entries.withLock { $0 }.sorted { ($0.key.purpose.rawValue, $0.key.model) < ($1.key.purpose.rawValue, $1.key.model) }
        writer.family("jobraker_openai_api_calls_total", .counter, "Calls of providers, by purpose, model and outcome.") { family in
            for (key, entry) in entries {
                for (outcome, count) in entry.outcomes.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
                    family.sample(count, ["type": key.purpose.rawValue, "model": key.model, "status": outcome])
                }
            }
        }
        writer.family("jobraker_openai_api_call_duration_seconds", .histogram, "How long calls of providers took.") { family in
            for (key, entry) in entries { family.histogram(entry.duration, ["type": key.purpose.rawValue, "model": key.model]) }
        }
        let tokens = tokens.withLock { $0 }
        writer.family("jobraker_assistant_tokens_total", .counter, "The model's tokens, as providers told or as estimated.") { family in
            family.sample(tokens.prompt, ["direction": "prompt"])
            family.sample(tokens.completion, ["direction": "completion"])
        }
    }
}

extension ProviderFailure {
    fileprivate var word: String {
        switch self {
        case .failed: "error"
        case .unavailable: "unavailable"
        case .timeout: "timeout"
        }
    }
}
