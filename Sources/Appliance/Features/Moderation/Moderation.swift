import Platform

/// The two gates that every exchange with the assistant passes: `admit` before a
/// user's text is stored or sent anywhere, `release` before an answer is stored
/// or shown.
struct Moderation: Sendable {
    let database: Database
    let moderator: Moderator
    let log: Log

    /// Returns when the text may come in, also when it came before: a repeat is judged as the first time.
    func admit(_ text: String, from owner: Owner) async throws(ModerationError) {
        switch await moderator.check(input: text) {
        case .clean: return
        case .flagged(let categories):
            await count(.input, categories, of: owner)
            throw .flaggedInput
        case .unknown(let seconds):
            throw .unavailable(retryAfterSeconds: seconds)
        }
    }

    /// Whether answers are judged now. One that is must not be shown before it is whole.
    var judgesAnswers: Bool { moderator.isConfigured }

    /// The answer that may go out: the given one, or the sentence that it was withheld.
    func release(_ reply: AssistantReply, to owner: Owner) async throws(AssistantFailure) -> AssistantReply {
        // The built-in assistant quotes what this server holds anyway.
        guard !reply.isBuiltIn else { return reply }
        switch await moderator.check(output: reply.writtenTexts) {
        case .clean: return reply
        case .flagged(let categories):
            await count(.output, categories, of: owner)
            return WithheldAnswer.reply(inPlaceOf: reply, categories: categories)
        case .unknown(let seconds):
            throw .unchecked(retryAfterSeconds: seconds)
        }
    }

    /// The verdict stands whether or not it could be counted.
    private func count(_ target: ModerationTarget, _ categories: [String], of owner: Owner) async {
        do {
            try await database.write { try ModerationStore.add(target, categories: categories, of: owner, in: $0) }
        } catch {
            log.error("A violation of the content guidelines could not be counted.", ["error": .string("\(error)")])
        }
    }
}

extension AssistantReply {
    /// All that the model wrote: the answer, and the names and arguments of the calls that it asks for.
    fileprivate var writtenTexts: [String] {
        let calls = functionCalls?.array ?? []
        return [text] + calls.flatMap { [$0["name"]?.string ?? "", $0["arguments"]?.string ?? ""] }
    }
}
