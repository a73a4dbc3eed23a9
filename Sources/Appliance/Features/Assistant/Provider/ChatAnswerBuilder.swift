import Platform

/// Puts an answer together from what a provider sends: the pieces of a stream,
/// or one whole object.
///
/// A value without effects; it says after each piece which text is new.
/// Everything in a piece may be absent, but what is there has to make sense.
struct ChatAnswerBuilder: Sendable {
    /// No sensible answer calls more; the number comes from the provider and decides how much is kept.
    static let maximumToolCalls = 64
    /// No request takes more tokens. The numbers come from the provider and are added up, so that one which no model can
    /// mean must not be among them: the sum of two such would end the process.
    static let maximumTokens = 100_000_000

    private var answer: ProviderAnswer
    private var hasChoice = false

    init(model: String) {
        answer = ProviderAnswer(text: "", model: model, toolCalls: [])
    }

    /// True once the provider has said why it stopped: then the stream may end.
    var isFinished: Bool { answer.finishReason != nil }

    /// Takes one piece of a stream and returns the text that it adds.
    mutating func add(chunk: JSONValue) throws(ProviderFailure) -> String { try add(chunk, content: "delta") }

    /// Takes a whole answer and returns its text.
    mutating func add(whole: JSONValue) throws(ProviderFailure) -> String { try add(whole, content: "message") }

    /// The answer, if there is one: no text and no call is none.
    func finish() throws(ProviderFailure) -> ProviderAnswer {
        guard hasChoice else { throw .failed(detail: "the answer has no choices") }
        guard !answer.text.isEmpty || !answer.toolCalls.isEmpty else { throw .failed(detail: "the answer is empty") }
        guard answer.toolCalls.allSatisfy({ !$0.name.isEmpty }) else { throw .failed(detail: "a tool call has no name") }
        return answer
    }

    private mutating func add(_ json: JSONValue, content key: String) throws(ProviderFailure) -> String {
        guard json.object != nil else { throw .failed(detail: "the answer is not an object") }
        if let error = json["error"], !error.isNull {
            throw .failed(detail: "the provider reports: \(ProviderCall.message(in: json) ?? "an error")")
        }
        if let model = json["model"]?.string, !model.isEmpty { answer.model = model }
        // Usage stands in the last piece, in every piece, or nowhere; the last word counts.
        if let tokens = Self.tokens(json["usage"]?["prompt_tokens"]) { answer.promptTokens = tokens }
        if let tokens = Self.tokens(json["usage"]?["completion_tokens"]) { answer.completionTokens = tokens }
        guard let choice = json["choices"]?.array?.first else { return "" }
        hasChoice = true
        if let reason = choice["finish_reason"]?.string { answer.finishReason = reason }
        for call in choice[key]?["tool_calls"]?.array ?? [] { try add(toolCall: call) }
        let text = choice[key]?["content"]?.string ?? ""
        answer.text += text
        return text
    }

    /// A number that cannot be meant counts as none.
    private static func tokens(_ json: JSONValue?) -> Int? {
        guard let tokens = json?.int, 0...maximumTokens ~= tokens else { return nil }
        return tokens
    }

    /// A call comes in pieces that name its place; some providers leave the place
    /// out, and then a new id begins a new call.
    private mutating func add(toolCall piece: JSONValue) throws(ProviderFailure) {
        let id = piece["id"]?.string ?? ""
        let place = piece["index"]?.int ?? (id.isEmpty ? max(0, answer.toolCalls.count - 1) : answer.toolCalls.count)
        guard (0...answer.toolCalls.count).contains(place), place < Self.maximumToolCalls else {
            throw .failed(detail: "a tool call is out of place")
        }
        if place == answer.toolCalls.count { answer.toolCalls.append(ProviderToolCall(id: "", name: "", arguments: "")) }
        if !id.isEmpty { answer.toolCalls[place].id = id }
        answer.toolCalls[place].name += piece["function"]?["name"]?.string ?? ""
        answer.toolCalls[place].arguments += piece["function"]?["arguments"]?.string ?? ""
    }
}
