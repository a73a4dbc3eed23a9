import Synchronization
import TestSupport
import Testing

@testable import Appliance
@testable import Platform

/// What an answer's deltas were, in order.
private final class Deltas: Sendable {
    private let list = Mutex<[String]>([])
    var all: [String] { list.withLock { $0 } }
    func add(_ text: String) { list.withLock { $0.append(text) } }
}

@Suite("Chat provider", .timeLimit(.minutes(1)))
struct ChatProviderTests {
    private let clock = ManualClock()
    private let outbound: Outbound
    private let deltas = Deltas()

    init() { outbound = Outbound(clock: clock, random: SeededRandom(1)) }

    private func complete(_ settings: ProviderSettings, tools: [ProviderTool] = []) async -> Result<ProviderAnswer, ProviderFailure> {
        do throws(ProviderFailure) {
            let provider = ChatProvider(outbound: outbound)
            return .success(
                try await provider.complete([.user("Hello")], tools: tools, settings: settings) { [deltas] in deltas.add($0) })
        } catch {
            return .failure(error)
        }
    }

    private func answer(_ text: String) -> Result<ProviderAnswer, ProviderFailure> {
        .success(
            ProviderAnswer(
                text: text, model: StubProvider.model, finishReason: "stop", promptTokens: 11, completionTokens: 7, toolCalls: []))
    }

    @Test("reads a stream piece by piece")
    func stream() async throws {
        try await StubProvider.with(.stream(["Good ", "day, ", "é\u{1F600}"])) { _, url in
            #expect(await complete(stubSettings(url)) == answer("Good day, é\u{1F600}"))
            #expect(deltas.all == ["Good ", "day, ", "é\u{1F600}"])
        }
    }

    @Test("takes a whole answer from a provider that does not stream")
    func plain() async throws {
        try await StubProvider.with(.plain("Good day")) { _, url in
            #expect(await complete(stubSettings(url)) == answer("Good day"))
            #expect(deltas.all == ["Good day"])
        }
    }

    @Test("sends the conversation, the tools and the settings in the wire format")
    func request() async throws {
        try await StubProvider.with(.plain("ok")) { provider, url in
            let call = ProviderToolCall(id: "c1", name: "find", arguments: #"{"q":"x"}"#)
            let messages: [ProviderMessage] = [
                .system("Be kind."), .user("Find x"), .assistant("", toolCalls: [call]), .tool("nothing", answering: "c1"),
                .assistant("Sorry."),
            ]
            let tool = ProviderTool(name: "find", description: "Finds.", parameters: ["type": "object"])
            let chat = ChatProvider(outbound: outbound)
            _ = try await chat.complete(messages, tools: [tool], settings: stubSettings(url + "//", key: "k-1"))
            let request = try #require(provider.requests.first)
            #expect(request.path == "/v1/chat/completions")
            #expect(request.headers["authorization"] == "Bearer k-1")
            #expect(request.headers["content-type"] == "application/json")
            let function: JSONValue = ["name": "find", "arguments": #"{"q":"x"}"#]
            let expected: JSONValue = [
                "model": "wanted",
                "messages": [
                    ["role": "system", "content": "Be kind."], ["role": "user", "content": "Find x"],
                    ["role": "assistant", "content": .null, "tool_calls": [["id": "c1", "type": "function", "function": function]]],
                    ["role": "tool", "content": "nothing", "tool_call_id": "c1"], ["role": "assistant", "content": "Sorry."],
                ],
                "stream": true, "stream_options": ["include_usage": true], "temperature": 0.7, "max_tokens": 1500,
                "tools": [["type": "function", "function": ["name": "find", "description": "Finds.", "parameters": ["type": "object"]]]],
            ]
            #expect(request.body == expected)
        }
    }

    @Test("leaves out what is not set")
    func bareRequest() async throws {
        try await StubProvider.with(.plain("ok")) { provider, url in
            let bare = ProviderSettings(baseURL: url, model: "m")
            _ = try await ChatProvider(outbound: outbound).complete([.user("Hi")], settings: bare)
            let request = try #require(provider.requests.first)
            #expect(request.headers["authorization"] == nil)
            #expect(request.body.object?.keys == ["model", "messages", "stream", "stream_options"])
        }
    }

    @Test("puts a tool call together")
    func toolCall() async throws {
        try await StubProvider.with(.toolCall(id: "call-9", name: "list_jobs", arguments: #"{"limit":3}"#)) { _, url in
            let answer = try await complete(stubSettings(url)).get()
            #expect(answer.text.isEmpty)
            #expect(answer.finishReason == "tool_calls")
            #expect(answer.toolCalls == [ProviderToolCall(id: "call-9", name: "list_jobs", arguments: #"{"limit":3}"#)])
            #expect(deltas.all.isEmpty)
        }
    }

    @Test("asks again after 429 when the time that the provider named has passed")
    func tooManyRequests() async throws {
        try await StubProvider.with(.status(429, retryAfter: "20"), .stream(["ok"])) { provider, url in
            async let result = complete(stubSettings(url, attempts: 2))
            await clock.untilSleeping()
            clock.advance(seconds: 20)
            #expect(await result == answer("ok"))
            #expect(provider.requests.count == 2)
            #expect(provider.requests.first?.body == provider.requests.last?.body)
        }
    }

    @Test("gives up at once when the provider asks for more time than there is")
    func retryAfterTooLong() async throws {
        try await StubProvider.with(.status(503, retryAfter: "50")) { provider, url in
            #expect(await complete(stubSettings(url, attempts: 5)) == failed("the provider answered 503: scripted 503"))
            #expect(provider.requests.count == 1)
        }
    }

    @Test("asks again after 500, and reports the last refusal")
    func serverError() async throws {
        try await StubProvider.with(.status(500), .status(502)) { provider, url in
            async let result = complete(stubSettings(url, attempts: 2))
            await clock.untilSleeping()
            clock.advance(seconds: 1)
            #expect(await result == failed("the provider answered 502: scripted 502"))
            #expect(provider.requests.count == 2)
        }
    }

    @Test("does not repeat a request that was refused for good")
    func refused() async throws {
        try await StubProvider.with(.status(401)) { provider, url in
            #expect(await complete(stubSettings(url, attempts: 5)) == failed("the provider answered 401: scripted 401"))
            #expect(provider.requests.count == 1)
        }
    }

    @Test("fails when there is nobody, and leaves a dead provider alone after a while")
    func breaker() async throws {
        let url = "http://127.0.0.1:\(closedPort())/v1"
        let breaker = CircuitBreaker.Settings(failuresToOpen: 2, openSeconds: 30, successesToClose: 1)
        for _ in 0..<2 {
            guard case .failure(.failed(let detail)) = await complete(stubSettings(url, breaker: breaker)) else {
                Issue.record("an answer from nobody")
                return
            }
            #expect(detail.hasPrefix("no connection: "))
        }
        #expect(await complete(stubSettings(url, attempts: 3, breaker: breaker)) == .failure(.unavailable(retryAfterSeconds: 30)))
    }

    @Test("says which time limit ran out")
    func timeouts() async throws {
        try await StubProvider.with(.hangBeforeHeaders) { _, url in
            #expect(await complete(stubSettings(url, attempts: 3, firstByte: 150)) == .failure(.timeout(.firstByte)))
        }
        try await StubProvider.with(.hangAfter(["Good "])) { _, url in
            #expect(await complete(stubSettings(url, attempts: 3, idle: 150)) == .failure(.timeout(.idle)))
            #expect(deltas.all == ["Good "])
        }
        try await StubProvider.with(.drip(everyMilliseconds: 20)) { _, url in
            #expect(await complete(stubSettings(url, attempts: 3, total: 250)) == .failure(.timeout(.total)))
        }
    }

    @Test("an answer that breaks off is not repeated, and its text was delivered")
    func cut() async throws {
        try await StubProvider.with(.cutAfter(["Good ", "day"])) { provider, url in
            guard case .failure(.failed(let detail)) = await complete(stubSettings(url, attempts: 3)) else {
                Issue.record("half an answer taken for a whole one")
                return
            }
            #expect(detail.hasPrefix("the exchange broke off: "))
            #expect(deltas.all == ["Good ", "day"])
            #expect(provider.requests.count == 1)
        }
    }

    @Test("an answer above the size limit fails")
    func huge() async throws {
        try await StubProvider.with(.huge(bytes: 100_000)) { _, url in
            #expect(await complete(stubSettings(url, bytes: 50_000)) == failed("the answer is longer than the limit"))
        }
        try await StubProvider.with(.plain(String(repeating: "x", count: 1000))) { _, url in
            #expect(await complete(stubSettings(url, bytes: 500)) == failed("the answer is longer than the limit"))
        }
    }

    @Test("cancelling the task closes the connection to the provider")
    func cancelled() async throws {
        try await StubProvider.with(.hangAfter(["Good "])) { provider, url in
            let first = Happening()
            let task = Task { [outbound] in
                try await ChatProvider(outbound: outbound).complete([.user("Hi")], settings: stubSettings(url)) { _ in first.happen() }
            }
            await first.wait()
            task.cancel()
            await provider.clientGone.wait()
            await #expect(throws: ProviderFailure.failed(detail: "the request was cancelled")) { try await task.value }
        }
    }

    @Test(
        "a stream that makes no sense fails",
        arguments: [
            (["{\"choices\":"], "an event of the stream is not JSON: "), (["[1]"], "the answer is not an object"),
            ([#"{"error":{"message":"over\nloaded"}}"#], "the provider reports: over loaded"),
            ([#"{"error":{"code":5}}"#], "the provider reports: an error"), (["[DONE]"], "the answer has no choices"),
            ([], "the stream ended in the middle of the answer"),
            ([StubProvider.delta("x")], "the stream ended in the middle of the answer"),
            ([StubProvider.finish("stop")], "the answer is empty"), ([StubProvider.finish("stop"), "[DONE]"], "the answer is empty"),
            ([#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a"}]}}]}"#, "[DONE]"], "a tool call has no name"),
            ([#"{"choices":[{"delta":{"tool_calls":[{"index":2}]}}]}"#], "a tool call is out of place"),
            ([#"{"choices":[{"delta":{"tool_calls":[{"index":-1}]}}]}"#], "a tool call is out of place"),
            ([String(repeating: "x", count: 300_000)], "an event of the stream is too long"),
        ])
    func nonsense(events: [String], reason: String) async throws {
        try await StubProvider.with(.events(events)) { _, url in
            guard case .failure(.failed(let detail)) = await complete(stubSettings(url)) else {
                Issue.record("nonsense taken for an answer")
                return
            }
            #expect(detail.hasPrefix(reason))
        }
    }

    @Test("accepts a stream that ends with its reason but without the mark")
    func noMark() async throws {
        try await StubProvider.with(.events([StubProvider.delta("ok"), StubProvider.finish("stop")])) { _, url in
            let answer = try await complete(stubSettings(url)).get()
            #expect(answer.text == "ok")
            #expect(answer.promptTokens == nil)
        }
    }

    @Test(
        "a whole answer that makes no sense fails",
        arguments: [
            ("application/json", "{", "the answer is not JSON: "), ("application/json", #"{"choices":[]}"#, "the answer has no choices"),
            ("application/json; charset=utf-8", #"{"error":"no model"}"#, "the provider reports: no model"),
            ("text/html", "<html>", "the answer has the content type 'text/html'"), ("", "{}", "the answer has the content type ''"),
        ])
    func wrongAnswer(type: String, body: String, reason: String) async throws {
        try await StubProvider.with(.raw(contentType: type, body: body)) { _, url in
            guard case .failure(.failed(let detail)) = await complete(stubSettings(url)) else {
                Issue.record("nonsense taken for an answer")
                return
            }
            #expect(detail.hasPrefix(reason))
        }
    }

    @Test("never repeats the key that a provider quotes")
    func keyIsHidden() async throws {
        let event = #"{"error":{"message":"Incorrect key s3cret-key given, s3cret-key"}}"#
        try await StubProvider.with(.events([event])) { _, url in
            let result = await complete(stubSettings(url, key: "s3cret-key"))
            #expect(result == failed("the provider reports: Incorrect key [key] given, [key]"))
        }
    }

    @Test("a refusal without readable words is reported by its status")
    func wordlessRefusal() async throws {
        try await LoopbackServer.with { connection, request in
            if request.target.hasPrefix("/cut") {
                connection.send("HTTP/1.1 404 Scripted\r\nContent-Length: 100\r\n\r\nhalf")
                connection.close()
            } else {
                connection.respond(404, [:], "<html>")
            }
        } _: { server in
            for path in ["", "/cut"] {
                #expect(await complete(stubSettings(server.url + path)) == failed("the provider answered 404"))
            }
        }
    }

    private func failed(_ detail: String) -> Result<ProviderAnswer, ProviderFailure> { .failure(.failed(detail: detail)) }
}
