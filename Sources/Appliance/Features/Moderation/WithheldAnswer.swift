import Platform

/// What stands in the place of an answer that violates the content guidelines: one plain sentence, which makes
/// up nothing, and the categories. Of the model's words nothing is kept.
enum WithheldAnswer {
    static let text = "This answer was withheld because it violated the content guidelines."

    static func reply(inPlaceOf reply: AssistantReply, categories: [String]) -> AssistantReply {
        let moderation: JSONValue = ["flagged": true, "categories": .list(categories)]
        return AssistantReply(
            text: text, metadata: ["model_used": reply.metadata["model_used"] ?? .null, "moderation": moderation],
            tokens: reply.tokens)
    }
}
