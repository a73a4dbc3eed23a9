import Platform

/// How one purpose (chat, embeddings, moderation) reaches its provider.
struct ProviderSettings: Sendable, Hashable {
    /// The part before `/chat/completions`, such as `http://127.0.0.1:11434/v1`.
    var baseURL: String
    /// Nil for a provider that asks for none, as those on the own machine do.
    var apiKey: String?
    var model: String
    /// Nil leaves it to the provider; some models accept no other value than their own.
    var temperature: Double?
    var maxTokens: Int?
    var limits: OutboundLimits
    /// How often a request is sent in all, when the provider is busy or cannot be reached.
    var attempts: Int
    var breaker: CircuitBreaker.Settings

    init(
        baseURL: String, apiKey: String? = nil, model: String, temperature: Double? = nil, maxTokens: Int? = nil,
        limits: OutboundLimits = .standard, attempts: Int = 3, breaker: CircuitBreaker.Settings = .standard
    ) {
        self.baseURL = baseURL
        self.apiKey = apiKey
        self.model = model
        self.temperature = temperature
        self.maxTokens = maxTokens
        self.limits = limits
        self.attempts = attempts
        self.breaker = breaker
    }
}
