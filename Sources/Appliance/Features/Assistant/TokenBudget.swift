import Platform

/// Keeps a prompt within the model's context.
///
/// Tokens are estimated, not counted: a tokenizer would have to be the model's
/// own. Four bytes of UTF-8 a token is near the truth for English and on the
/// safe side for most other scripts.
struct TokenBudget: Sendable {
    /// Tokens of the context, and of it those kept free for the answer.
    let contextTokens: Int
    let answerTokens: Int

    static func estimate(_ text: String) -> Int { (text.utf8.count + 3) / 4 + 4 }

    /// The newest messages that fit beside the system text, oldest first. The
    /// last message, the question, is always among them, cut if it must be.
    func fit(system: String, history: [ChatMessage]) -> [ChatMessage] {
        var left = contextTokens - answerTokens - Self.estimate(system)
        var kept: [ChatMessage] = []
        for message in history.reversed() {
            let cost = Self.estimate(message.content)
            if cost > left {
                if kept.isEmpty { kept.append(Self.cut(message, tokens: max(left, 64))) }
                break
            }
            left -= cost
            kept.append(message)
        }
        return kept.reversed()
    }

    /// The passages that fit into about a third of the context, whole or cut at the end.
    func fit(_ passages: [Passage]) -> [Passage] {
        var left = max(0, (contextTokens - answerTokens) / 3)
        var kept: [Passage] = []
        for var passage in passages where left > 64 {
            passage.body = Self.cut(passage.body, tokens: left - TokenBudget.estimate(passage.title))
            left -= Self.estimate(passage.body) + Self.estimate(passage.title)
            kept.append(passage)
        }
        return kept
    }

    private static func cut(_ message: ChatMessage, tokens: Int) -> ChatMessage {
        var message = message
        message.content = cut(message.content, tokens: tokens)
        return message
    }

    static func cut(_ text: String, tokens: Int) -> String {
        let bytes = max(0, tokens - 4) * 4
        guard text.utf8.count > bytes else { return text }
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: bytes)
        while end > text.startIndex, end.samePosition(in: text) == nil { end = text.utf8.index(before: end) }
        return String(text[..<end]) + " …"
    }
}
