import Platform

// How the configuration's words become a provider's settings.

extension AssistantSettings {
    var provider: ProviderSettings {
        ProviderSettings(
            baseURL: baseURL, apiKey: apiKey.isEmpty ? nil : apiKey, model: model, temperature: temperature, maxTokens: answerTokens,
            limits: limits, attempts: attempts)
    }

    var limits: OutboundLimits {
        OutboundLimits(
            connect: connectTimeoutMs, firstByte: firstByteTimeoutMs, idle: idleTimeoutMs, total: totalTimeoutMs,
            maximumResponseBytes: 4 << 20)
    }
}

extension Configuration {
    /// Embeddings share the assistant's patience.
    var embeddingsProvider: ProviderSettings {
        ProviderSettings(
            baseURL: embeddings.baseURL, apiKey: embeddings.apiKey.isEmpty ? nil : embeddings.apiKey, model: embeddings.model,
            limits: assistant.limits, attempts: assistant.attempts)
    }
}
