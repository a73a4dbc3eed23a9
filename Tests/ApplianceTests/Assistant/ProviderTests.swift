import Synchronization
import Testing

@testable import Appliance
@testable import Platform

/// What an answer's deltas were, in order.
private final class Deltas: Sendable {
    private let list = Mutex<[String]>([])
    var all: [String] { list.withLock { $0 } }
    func add(_ text: String) { list.withLock { $0.append(text) } }
}

/// Settings for a stub: limits so wide that a busy machine does not reach them,
/// except the one that a test is about.
private func settings(
    _ baseURL: String, key: String? = nil, attempts: Int = 1, firstByte: Int = 30_000, idle: Int = 30_000, total: Int = 50_000,
    bytes: Int = 1 << 20, breaker: CircuitBreaker.Settings = .standard
) -> ProviderSettings {
    let limits = OutboundLimits(connect: 30_000, firstByte: firstByte, idle: idle, total: total, maximumResponseBytes: bytes)
    return ProviderSettings(
        baseURL: baseURL, apiKey: key, model: "wanted", temperature: 0.7, maxTokens: 1500, limits: limits, attempts: attempts,
        breaker: breaker)
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
            #expect(await complete(settings(url)) == answer("Good day, é\u{1F600}"))
            #expect(deltas.all == ["Good ", "day, ", "é\u{1F600}"])
        }
    }

    @Test("takes a whole answer from a provider that does not stream")
    func plain() async throws {
        try await StubProvider.with(.plain("Good day")) { _, url in
            #expect(await complete(settings(url)) == answer("Good day"))
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
            _ = try await chat.complete(messages, tools: [tool], settings: settings(url + "//", key: "k-1"))
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
            let answer = try await complete(settings(url)).get()
            #expect(answer.text.isEmpty)
            #expect(answer.finishReason == "tool_calls")
            #expect(answer.toolCalls == [ProviderToolCall(id: "call-9", name: "list_jobs", arguments: #"{"limit":3}"#)])
            #expect(deltas.all.isEmpty)
        }
    }

    @Test("asks again after 429 when the time that the provider named has passed")
    func tooManyRequests() async throws {
        try await StubProvider.with(.status(429, retryAfter: "20"), .stream(["ok"])) { provider, url in
            async let result = complete(settings(url, attempts: 2))
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
            #expect(await complete(settings(url, attempts: 5)) == failed("the provider answered 503: scripted 503"))
            #expect(provider.requests.count == 1)
        }
    }

    @Test("asks again after 500, and reports the last refusal")
    func serverError() async throws {
        try await StubProvider.with(.status(500), .status(502)) { provider, url in
            async let result = complete(settings(url, attempts: 2))
            await clock.untilSleeping()
            clock.advance(seconds: 1)
            #expect(await result == failed("the provider answered 502: scripted 502"))
            #expect(provider.requests.count == 2)
        }
    }

    @Test("does not repeat a request that was refused for good")
    func refused() async throws {
        try await StubProvider.with(.status(401)) { provider, url in
            #expect(await complete(settings(url, attempts: 5)) == failed("the provider answered 401: scripted 401"))
            #expect(provider.requests.count == 1)
        }
    }

    @Test("fails when there is nobody, and leaves a dead provider alone after a while")
    func breaker() async throws {
        let url = "http://127.0.0.1:\(closedPort())/v1"
        let breaker = CircuitBreaker.Settings(failuresToOpen: 2, openSeconds: 30, successesToClose: 1)
        for _ in 0..<2 {
            guard case .failure(.failed(let detail)) = await complete(settings(url, breaker: breaker)) else {
                Issue.record("an answer from nobody")
                return
            }
            #expect(detail.hasPrefix("no connection: "))
        }
        #expect(await complete(settings(url, attempts: 3, breaker: breaker)) == .failure(.unavailable(retryAfterSeconds: 30)))
    }

    @Test("says which time limit ran out")
    func timeouts() async throws {
        try await StubProvider.with(.hangBeforeHeaders) { _, url in
            #expect(await complete(settings(url, attempts: 3, firstByte: 150)) == .failure(.timeout(.firstByte)))
        }
        try await StubProvider.with(.hangAfter(["Good "])) { _, url in
            #expect(await complete(settings(url, attempts: 3, idle: 150)) == .failure(.timeout(.idle)))
            #expect(deltas.all == ["Good "])
        }
        try await StubProvider.with(.drip(everyMilliseconds: 20)) { _, url in
            #expect(await complete(settings(url, attempts: 3, total: 250)) == .failure(.timeout(.total)))
        }
    }

    @Test("an answer that breaks off is not repeated, and its text was delivered")
    func cut() async throws {
        try await StubProvider.with(.cutAfter(["Good ", "day"])) { provider, url in
            guard case .failure(.failed(let detail)) = await complete(settings(url, attempts: 3)) else {
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
            #expect(await complete(settings(url, bytes: 50_000)) == failed("the answer is longer than the limit"))
        }
        try await StubProvider.with(.plain(String(repeating: "x", count: 1000))) { _, url in
            #expect(await complete(settings(url, bytes: 500)) == failed("the answer is longer than the limit"))
        }
    }

    @Test("cancelling the task closes the connection to the provider")
    func cancelled() async throws {
        try await StubProvider.with(.hangAfter(["Good "])) { provider, url in
            let first = Happening()
            let task = Task { [outbound] in
                try await ChatProvider(outbound: outbound).complete([.user("Hi")], settings: settings(url)) { _ in first.happen() }
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
            guard case .failure(.failed(let detail)) = await complete(settings(url)) else {
                Issue.record("nonsense taken for an answer")
                return
            }
            #expect(detail.hasPrefix(reason))
        }
    }

    @Test("accepts a stream that ends with its reason but without the mark")
    func noMark() async throws {
        try await StubProvider.with(.events([StubProvider.delta("ok"), StubProvider.finish("stop")])) { _, url in
            let answer = try await complete(settings(url)).get()
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
            guard case .failure(.failed(let detail)) = await complete(settings(url)) else {
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
            let result = await complete(settings(url, key: "s3cret-key"))
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
                #expect(await complete(settings(server.url + path)) == failed("the provider answered 404"))
            }
        }
    }

    private func failed(_ detail: String) -> Result<ProviderAnswer, ProviderFailure> { .failure(.failed(detail: detail)) }
}

@Suite("Chat answer builder")
struct ChatAnswerBuilderTests {
    @Test("keeps several tool calls apart, with and without their place")
    func toolCalls() throws {
        var builder = ChatAnswerBuilder(model: "m")
        let pieces: [JSONValue] = [
            [["index": 0, "id": "a", "function": ["name": "one", "arguments": "{"]]],
            [["id": "b", "function": ["name": "two", "arguments": "["]]],
            [["index": 0, "function": ["arguments": "}"]], ["function": ["arguments": "]"]]],
        ]
        for piece in pieces { _ = try builder.add(chunk: ["choices": [["delta": ["tool_calls": piece]]]]) }
        let answer = try builder.finish()
        #expect(answer.model == "m")
        #expect(
            answer.toolCalls == [
                ProviderToolCall(id: "a", name: "one", arguments: "{}"), ProviderToolCall(id: "b", name: "two", arguments: "[]"),
            ])
    }

    @Test("refuses more tool calls than make sense")
    func tooManyToolCalls() throws {
        var builder = ChatAnswerBuilder(model: "m")
        let call: JSONValue = ["id": "x", "function": ["name": "f"]]
        let calls = [JSONValue](repeating: call, count: ChatAnswerBuilder.maximumToolCalls)
        _ = try builder.add(chunk: ["choices": [["delta": ["tool_calls": .array(calls)]]]])
        #expect(throws: ProviderFailure.failed(detail: "a tool call is out of place")) {
            try builder.add(chunk: ["choices": [["delta": ["tool_calls": [call]]]]])
        }
    }
}

@Suite("Event stream parser")
struct SSEParserTests {
    private func events(_ text: String, step: Int) throws -> [String] {
        var parser = SSEParser()
        var events: [String] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            events += try parser.feed(Array(rest.prefix(step))).map { String(decoding: $0, as: UTF8.self) }
            rest = rest.dropFirst(step)
        }
        return events
    }

    @Test(
        "gives the same events however the bytes are cut",
        arguments: [
            ("data: a\n\ndata: b\n\n", ["a", "b"]), ("data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]), ("data: a\r\rdata: b\r\r", ["a", "b"]),
            ("data:a\ndata:  b\ndata\n\n", ["a\n b\n"]), ("\u{FEFF}data: a\n\n", ["a"]), (": ping\n\nevent: x\nid: 1\nretry: 5\n\n", []),
            ("event: x\ndata: a\n\n", ["a"]), ("data: a\n", []), ("data: a", []), ("data:\n\n", [""]), ("datax: a\n\n", []),
            ("data: é\u{1F600}\n\n", ["é\u{1F600}"]), ("\n\n\ndata: a\n\n\n", ["a"]), ("data: x:y\n\n", ["x:y"]),
        ])
    func events(text: String, expected: [String]) throws {
        for step in [1, 2, 3, 1000] { #expect(try events(text, step: step) == expected) }
    }

    @Test("bounds a line and an event")
    func bounds() throws {
        var longLine = SSEParser(maximumLineBytes: 8, maximumEventBytes: 100)
        #expect(try longLine.feed(Array("data: ab\n\n".utf8)) == [Array("ab".utf8)])
        #expect(throws: SSEParser.TooLong()) { try longLine.feed(Array("data: abc".utf8)) }
        var longEvent = SSEParser(maximumLineBytes: 100, maximumEventBytes: 4)
        #expect(throws: SSEParser.TooLong()) { try longEvent.feed(Array("data: ab\ndata: cd\n".utf8)) }
    }
}

@Suite("Embedding provider", .timeLimit(.minutes(1)))
struct EmbeddingProviderTests {
    private let outbound = Outbound(clock: ManualClock(), random: SeededRandom(1))

    private func embed(_ texts: [String], _ url: String, dimension: Int = 3) async -> Result<[[Float]], ProviderFailure> {
        do throws(ProviderFailure) {
            return .success(try await EmbeddingProvider(outbound: outbound).embed(texts, dimension: dimension, settings: settings(url)))
        } catch {
            return .failure(error)
        }
    }

    @Test("gives a vector for each text, in the order of the texts")
    func vectors() async throws {
        try await StubProvider.with(.embeddings(dimension: 3)) { provider, url in
            #expect(await embed(["one", "three"], url) == .success([[3, 0, 0], [5, 1, 0]]))
            let request = try #require(provider.requests.first)
            #expect(request.path == "/v1/embeddings")
            #expect(request.body == ["model": "wanted", "input": ["one", "three"]])
        }
    }

    @Test("asks nobody when there is no text")
    func nothing() async throws {
        try await StubProvider.with(.status(500)) { provider, url in
            #expect(await embed([], url) == .success([]))
            #expect(provider.requests.isEmpty)
        }
    }

    @Test("refuses a vector of another dimension")
    func dimension() async throws {
        try await StubProvider.with(.embeddings(dimension: 3)) { _, url in
            #expect(await embed(["a"], url, dimension: 4) == .failure(.failed(detail: "a vector has 3 dimensions and not 4")))
        }
    }

    @Test(
        "refuses an answer that does not fit the texts",
        arguments: [
            (#"{"data":[]}"#, "the answer has 0 vectors for 1 texts"), ("{}", "the answer has no data"),
            (#"{"error":{"message":"no"}}"#, "no"),
            (#"{"data":[{"index":1,"embedding":[1,2,3]}]}"#, "a vector of the answer has no text"),
            (#"{"data":[{"embedding":[1,2,"x"]}]}"#, "a vector has something other than numbers"),
            (#"{"data":[{"embedding":[1,2,1e300]}]}"#, "a vector has something other than numbers"),
            (#"{"data":[{}]}"#, "a vector has 0 dimensions and not 3"),
            ("[", "the answer is not JSON: Expecting value: line 1 column 2 (char 1)"),
        ])
    func wrong(body: String, reason: String) async throws {
        try await StubProvider.with(.raw(contentType: "application/json", body: body)) { _, url in
            #expect(await embed(["a"], url) == .failure(.failed(detail: reason)))
        }
    }

    @Test("an answer that does not come whole fails")
    func broken() async throws {
        try await StubProvider.with(.cutAfter([])) { _, url in
            guard case .failure(.failed) = await embed(["a"], url) else {
                Issue.record("half an answer taken for a whole one")
                return
            }
        }
    }
}
