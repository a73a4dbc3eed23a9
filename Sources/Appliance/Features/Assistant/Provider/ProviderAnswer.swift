/// What a model answered, whole.
struct ProviderAnswer: Sendable, Equatable {
    var text: String
    /// The model's name as the provider gave it, else the one that was asked for.
    var model: String
    /// The provider's word for why it stopped: `stop`, `length`, `tool_calls`.
    var finishReason: String?
    var promptTokens: Int?
    var completionTokens: Int?
    var toolCalls: [ProviderToolCall]
}
