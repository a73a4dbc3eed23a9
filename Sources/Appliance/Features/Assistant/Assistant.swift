import Platform

/// Answers questions: with the configured model, or with what the appliance
/// knows by itself. It reads; it never writes and never acts.
struct Assistant: Sendable {
    let database: Database
    let retriever: Retriever
    let provider: ChatProvider
    let random: any RandomSource
    /// Read at each question, so that a reload takes effect with the next one.
    let settings: @Sendable () -> AssistantSettings
    /// What a day may cost; read like the settings.
    let allowance: @Sendable () -> TokenAllowance
    let log: Log

    static let passageLimit = 5

    var historyLimit: Int { settings().historyMessages }

    /// What answers now.
    var model: String { settings().isConfigured ? settings().model : BuiltInAssistant.model }

    /// Throws `TokensUsedUp` when the day's tokens are. To be asked before a question is taken in.
    func demandAllowance(of owner: Owner) throws {
        guard settings().isConfigured else { return }
        let now = provider.outbound.clock.now()
        let used = try database.read { try TokenLedger.used(by: owner, at: now, in: $0) }
        if let seconds = allowance().secondsUntilFree(used, at: now) { throw TokensUsedUp(seconds: seconds) }
    }

    /// Answers the last message of `history`, and lets `listener` follow.
    func answer(
        _ history: [ChatMessage], owner: Owner, listener: AnswerListener = AnswerListener()
    ) async throws(AssistantFailure) -> AssistantReply {
        let question = history.last?.content ?? ""
        let profile = try profile(of: owner)
        let passages = try await passages(for: question, owner: owner)
        let settings = settings()
        guard settings.isConfigured else { return builtIn(profile: profile, passages: passages) }
        let budget = TokenBudget(contextTokens: settings.contextTokens, answerTokens: settings.answerTokens)
        let fitting = budget.fit(passages)
        let system = Prompts.chat(profile: profile.lines, passages: fitting, fence: fence())
        let messages = budget.fit(system: system, history: history).map {
            $0.role == .user ? ProviderMessage.user($0.content) : .assistant($0.content)
        }
        return try await ask([.system(system)] + messages, passages: fitting, settings: settings, listener: listener)
    }

    /// Advice on one matter, outside any session.
    func advise(kind: AdviceKind, context: String, owner: Owner) async throws(AssistantFailure) -> AssistantReply {
        let profile = try profile(of: owner)
        let question = context.isEmpty ? kind.focus : context
        let passages = try await passages(for: question, owner: owner)
        let settings = settings()
        guard settings.isConfigured else { return builtIn(profile: profile, passages: passages) }
        let budget = TokenBudget(contextTokens: settings.contextTokens, answerTokens: settings.answerTokens)
        let fitting = budget.fit(passages)
        let system = Prompts.advice(kind, profile: profile.lines, passages: fitting, fence: fence())
        let asked = ProviderMessage.user(TokenBudget.cut(question, tokens: settings.contextTokens / 2))
        return try await ask([.system(system), asked], passages: fitting, settings: settings)
    }

    /// Asks the model, once there is one, and counts what it took. What the person learns of a failure is in its type.
    func ask(
        _ messages: [ProviderMessage], passages: [Passage], settings: AssistantSettings, listener: AnswerListener = AnswerListener()
    ) async throws(AssistantFailure) -> AssistantReply {
        let estimate = messages.reduce(0) { $0 + TokenBudget.estimate($1.content) }
        listener.asking(estimate)
        let answer: ProviderAnswer
        do {
            answer = try await provider.complete(messages, settings: settings.provider, onDelta: listener.piece)
        } catch {
            // The user is told what it means for her; the operator, who can mend it, what it was. Nothing is to be mended
            // where she wanted no more of it.
            if !Task.isCancelled {
                log.warning(
                    "The assistant's provider gave no answer.", ["model": .string(settings.model), "error": .string("\(error)")])
            }
            throw AssistantFailure(error)
        }
        var metadata = [("model_used", JSONValue.string(answer.model)), ("sources", sources(passages))]
        if let tokens = answer.promptTokens { metadata.append(("prompt_tokens", .number("\(tokens)"))) }
        if let tokens = answer.completionTokens { metadata.append(("completion_tokens", .number("\(tokens)"))) }
        if let reason = answer.finishReason { metadata.append(("finish_reason", .string(reason))) }
        // A provider that does not count is counted for, as its context is.
        let prompt = answer.promptTokens ?? estimate
        let completion = answer.completionTokens ?? TokenBudget.estimate(answer.text)
        provider.metrics.note(promptTokens: prompt, completionTokens: completion)
        return AssistantReply(
            text: answer.text, metadata: .object(JSONObject(metadata)), tokens: max(0, prompt) + max(0, completion),
            functionCalls: Self.calls(answer.toolCalls))
    }

    private static func calls(_ calls: [ProviderToolCall]) -> JSONValue? {
        guard !calls.isEmpty else { return nil }
        return .array(
            calls.map { call in
                .object(JSONObject([("id", .string(call.id)), ("name", .string(call.name)), ("arguments", .string(call.arguments))]))
            })
    }

    private func builtIn(profile: ProfileSummary, passages: [Passage]) -> AssistantReply {
        AssistantReply(
            text: BuiltInAssistant.answer(profile: profile, passages: passages),
            metadata: .object(JSONObject([("model_used", .string(BuiltInAssistant.model)), ("sources", sources(passages))])),
            isBuiltIn: true)
    }

    /// Retrieval that cannot be had is said, not papered over.
    private func passages(for question: String, owner: Owner) async throws(AssistantFailure) -> [Passage] {
        // The profile is told whole, and so need not be found.
        let scope = PassageScope(sources: Passage.Source.everybodys.union([.resume]), owner: owner)
        do { return try await retriever.search(question, in: scope, limit: Self.passageLimit) } catch {
            throw .unavailable(retryAfterSeconds: 1)
        }
    }

    private func profile(of owner: Owner) throws(AssistantFailure) -> ProfileSummary {
        do { return try database.read { try ProfileStore.summary(of: owner, in: $0) } } catch {
            throw .unavailable(retryAfterSeconds: 1)
        }
    }

    /// What an answer may refer to by number, and where each is to be found.
    private func sources(_ passages: [Passage]) -> JSONValue {
        .array(
            passages.enumerated().map { index, passage in
                .object(JSONObject([("number", .integer(index + 1))] + passage.citation.members.map { ($0.key, $0.value) }))
            })
    }

    /// A word that no document can know in advance.
    private func fence() -> String { Hex.encode(random.bytes(8)) }
}
