import Platform

/// Asks a model for the next message of a conversation, over the OpenAI wire
/// format that Ollama, llama.cpp, vLLM and others also speak.
///
/// A request is repeated only while nothing of an answer has arrived. What
/// breaks off later is `.failed`, and the text so far is the caller's: it has
/// seen every delta.
struct ChatProvider: Sendable {
    let outbound: Outbound
    var metrics = ProviderMetrics()

    /// Returns the whole answer; `onDelta` gets its text piece by piece before
    /// that. A slow `onDelta` slows the provider down, and its time is not
    /// counted as the provider's.
    func complete(
        _ messages: [ProviderMessage], tools: [ProviderTool] = [], settings: ProviderSettings,
        onDelta: @Sendable (String) async -> Void = { _ in }
    ) async throws(ProviderFailure) -> ProviderAnswer {
        try await metrics.count(.chat, model: settings.model, clock: outbound.clock) { () async throws(ProviderFailure) in
            try await ask(messages, tools: tools, settings: settings, onDelta: onDelta)
        }
    }

    private func ask(
        _ messages: [ProviderMessage], tools: [ProviderTool], settings: ProviderSettings, onDelta: @Sendable (String) async -> Void
    ) async throws(ProviderFailure) -> ProviderAnswer {
        let call = ProviderCall(outbound: outbound, settings: settings)
        let body = ChatRequest(messages: messages, tools: tools, settings: settings).bytes
        let stream = try await call.post("/chat/completions", body, accept: "text/event-stream, application/json")
        let kind = stream.headers["content-type"]?.lowercased() ?? ""
        let mediaType = kind.prefix { $0 != ";" }.filter { $0 != " " }
        do throws(ProviderFailure) {
            switch mediaType {
            case "text/event-stream": return try await readEvents(stream.body, settings, onDelta)
            case "application/json": return try await readWhole(stream.body, settings, onDelta)
            default: throw ProviderFailure.failed(detail: "the answer has the content type '\(mediaType)'")
            }
        } catch {
            // The detail may quote the provider.
            if case .failed(let detail) = error { throw .failed(detail: call.presentable(detail)) }
            throw error
        }
    }

    /// The answer of a provider that does not stream.
    private func readWhole(
        _ body: OutboundBody, _ settings: ProviderSettings, _ onDelta: @Sendable (String) async -> Void
    ) async throws(ProviderFailure) -> ProviderAnswer {
        var builder = ChatAnswerBuilder(model: settings.model)
        let text = try builder.add(whole: try await body.json())
        let answer = try builder.finish()
        if !text.isEmpty { await onDelta(text) }
        return answer
    }

    private func readEvents(
        _ body: OutboundBody, _ settings: ProviderSettings, _ onDelta: @Sendable (String) async -> Void
    ) async throws(ProviderFailure) -> ProviderAnswer {
        var builder = ChatAnswerBuilder(model: settings.model)
        var parser = SSEParser()
        var pieces = body.makeAsyncIterator()
        while let piece = try await Self.next(&pieces) {
            for event in try Self.events(in: piece, &parser) {
                if event.elementsEqual("[DONE]".utf8) { return try builder.finish() }
                let text = try builder.add(chunk: try Self.chunk(event))
                if !text.isEmpty { await onDelta(text) }
            }
        }
        // Some providers leave out the mark at the end, but none the reason why it ended.
        guard builder.isFinished else { throw .failed(detail: "the stream ended in the middle of the answer") }
        return try builder.finish()
    }

    // Each turns the error of one layer into a failure of the provider.

    private static func next(_ pieces: inout OutboundBody.AsyncIterator) async throws(ProviderFailure) -> [UInt8]? {
        do throws(OutboundError) { return try await pieces.next() } catch { throw ProviderFailure(error) }
    }

    private static func events(in piece: [UInt8], _ parser: inout SSEParser) throws(ProviderFailure) -> [[UInt8]] {
        do throws(SSEParser.TooLong) { return try parser.feed(piece) } catch {
            throw .failed(detail: "an event of the stream is too long")
        }
    }

    private static func chunk(_ event: [UInt8]) throws(ProviderFailure) -> JSONValue {
        do throws(JSONError) { return try JSONValue.parse(event) } catch {
            throw .failed(detail: "an event of the stream is not JSON: \(error.reason)")
        }
    }
}
