import Platform

// How the configuration's words become a provider's settings.

extension ModerationSettings {
    var providerSettings: ProviderSettings {
        // One limit over all: an asking user waits for the verdict, whatever makes it late.
        let limits = OutboundLimits(
            connect: timeoutMs, firstByte: timeoutMs, idle: timeoutMs, total: timeoutMs, maximumResponseBytes: 4 << 20)
        // A second try costs a moment; a text that nobody judged costs more.
        return ProviderSettings(baseURL: baseURL, apiKey: apiKey.isEmpty ? nil : apiKey, model: model, limits: limits, attempts: 2)
    }
}
