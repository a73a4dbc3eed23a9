import Synchronization
import TestSupport

@testable import Appliance
@testable import Platform

/// A model provider on 127.0.0.1 that behaves as its script says: well, slowly,
/// or badly. A real server over real sockets, so that what is tested is what runs.
///
/// It serves the behaviours in turn and repeats the last one. It records each
/// request, with its body read as JSON.
final class StubProvider: Sendable {
    /// What it does with one request.
    enum Behaviour: Sendable {
        /// A whole answer in one JSON object, as a provider that ignores `stream` gives.
        case plain(String)
        /// An answer in pieces, then the reason `stop`, the usage and `[DONE]`.
        case stream([String])
        /// A call of one tool, its arguments in two pieces.
        case toolCall(id: String, name: String, arguments: String)
        /// This status, with an error body in the provider's usual form.
        case status(Int, retryAfter: String? = nil)
        case hangBeforeHeaders
        /// The pieces, then silence.
        case hangAfter([String])
        /// The pieces, and the others with a good end once the test opens the gate.
        case pausing([String], Gate, [String])
        /// The pieces, then the connection closes.
        case cutAfter([String])
        /// A piece every few milliseconds, without end.
        case drip(everyMilliseconds: Int32)
        /// An answer of so many bytes, in pieces.
        case huge(bytes: Int)
        /// A stream with exactly these events as data lines.
        case events([String])
        /// A response of exactly this content type and body.
        case raw(contentType: String, body: String)
        /// A vector for each text of the request: its length and its place, then zeros.
        case embeddings(dimension: Int)
        /// A vector of sixteen dimensions for each text, by what it is about: see `meaning`.
        case meanings([[String]])
        /// The same, but a request in which one text has this word is refused as a whole.
        case meaningsRefusing(String, [[String]])
        /// A whole answer, once the test opens the gate.
        case held(Gate, String)
        /// A result for each text of the request, flagged with the category of each of these words that is in it.
        case moderations(flagging: [String: String])
        /// This status, and an error that repeats what was sent.
        case quoting(Int)
        /// A host with a model of each kind: one behaviour for moderations, one for all else.
        indirect case split(moderations: Behaviour, others: Behaviour)
    }

    struct Request: Sendable {
        let path: String
        let headers: [String: String]
        let body: JSONValue

        var isModeration: Bool { path.hasSuffix("/moderations") }
    }

    private struct State {
        var behaviours: [Behaviour]
        var requests: [Request] = []
    }

    private let state: Mutex<State>
    /// Happens when a client has gone before its answer was whole.
    let clientGone = Happening()
    /// Happens when the first request has arrived.
    let asked = Happening()

    private init(_ behaviours: [Behaviour]) { state = Mutex(State(behaviours: behaviours)) }

    var requests: [Request] { state.withLock { $0.requests } }

    /// The texts that it was asked to judge, a list for each request.
    var judged: [[String]] {
        requests.filter(\.isModeration).map { $0.body["input"]?.array?.compactMap(\.string) ?? [] }
    }

    /// From now on it behaves so.
    func become(_ behaviours: Behaviour...) { become(behaviours) }

    func become(_ behaviours: [Behaviour]) { state.withLock { $0.behaviours = behaviours } }

    /// Runs `body` with a provider and the base URL under which it answers.
    static func with<T>(
        _ behaviours: Behaviour..., run body: (_ provider: StubProvider, _ baseURL: String) async throws -> T
    ) async throws -> T {
        let provider = StubProvider(behaviours)
        return try await LoopbackServer.with { connection, request in
            provider.serve(connection, request)
        } _: { server in
            try await body(provider, server.url + "/v1")
        }
    }

    private func serve(_ connection: LoopbackConnection, _ received: ReceivedRequest) {
        let request = Request(
            path: received.target, headers: received.headers, body: (try? JSONValue.parse(received.body)) ?? .null)
        let behaviour = state.withLock { state in
            state.requests.append(request)
            return state.behaviours.count > 1 ? state.behaviours.removeFirst() : state.behaviours.first
        }
        asked.happen()
        if let behaviour { act(behaviour, connection, request) }
    }

    private func act(_ behaviour: Behaviour, _ connection: LoopbackConnection, _ request: Request) {
        switch behaviour {
        case .plain(let text):
            connection.respond(200, ["Content-Type": "application/json"], Self.wholeAnswer(text))
        case .stream(let pieces):
            startStream(connection, pieces)
            sendEvents(connection, [Self.finish("stop"), Self.usage, "[DONE]"])
            connection.endChunks()
        case .toolCall(let id, let name, let arguments):
            connection.startChunks(["Content-Type": "text/event-stream"])
            sendEvents(connection, Self.toolCallEvents(id, name, arguments) + [Self.finish("tool_calls"), Self.usage, "[DONE]"])
            connection.endChunks()
        case .status(let status, let retryAfter):
            var headers = ["Content-Type": "application/json"]
            headers["Retry-After"] = retryAfter
            let error: JSONValue = ["error": ["message": .string("scripted \(status)")]]
            connection.respond(status, headers, String(decoding: error.bytes, as: UTF8.self))
        case .hangBeforeHeaders:
            waitForGoing(connection)
        case .hangAfter(let pieces):
            startStream(connection, pieces)
            waitForGoing(connection)
        case .pausing(let first, let gate, let rest):
            startStream(connection, first)
            gate.wait()
            sendEvents(connection, rest.map(Self.delta) + [Self.finish("stop"), Self.usage, "[DONE]"])
            connection.endChunks()
        case .cutAfter(let pieces):
            startStream(connection, pieces)
            connection.close()
        case .drip(let milliseconds):
            startStream(connection, [])
            while connection.chunk("data: \(Self.delta("."))\n\n"), connection.pause(milliseconds: milliseconds) {}
            clientGone.happen()
        case .huge(let bytes):
            startStream(connection, [])
            let piece = "data: \(Self.delta(String(repeating: "x", count: 1000)))\n\n"
            for _ in 0...(bytes / 1000) where connection.chunk(piece) {}
            waitForGoing(connection)
        case .events(let events):
            connection.startChunks(["Content-Type": "text/event-stream; charset=utf-8"])
            sendEvents(connection, events)
            connection.endChunks()
        case .raw(let contentType, let body):
            connection.respond(200, ["Content-Type": contentType], body)
        case .held(let gate, let text):
            gate.wait()
            connection.respond(200, ["Content-Type": "application/json"], Self.wholeAnswer(text))
        case .meanings(let groups):
            let answer = Self.meanings(request.body["input"]?.array ?? [], groups)
            connection.respond(200, ["Content-Type": "application/json"], String(decoding: answer.bytes, as: UTF8.self))
        case .meaningsRefusing(let word, let groups):
            let input = request.body["input"]?.array ?? []
            act(input.contains { $0.string?.contains(word) == true } ? .status(400) : .meanings(groups), connection, request)
        case .moderations(let words):
            let answer = Self.moderations(request.body["input"]?.array ?? [], words)
            connection.respond(200, ["Content-Type": "application/json"], Self.text(answer))
        case .quoting(let status):
            let error: JSONValue = ["error": ["message": .string("cannot judge \(request.body["input"]?.jsonText ?? "")")]]
            connection.respond(status, ["Content-Type": "application/json"], Self.text(error))
        case .split(let moderations, let others):
            act(request.isModeration ? moderations : others, connection, request)
        case .embeddings(let dimension):
            let answer = Self.embeddings(request.body["input"]?.array ?? [], dimension)
            connection.respond(200, ["Content-Type": "application/json"], String(decoding: answer.bytes, as: UTF8.self))
        }
    }

    private func startStream(_ connection: LoopbackConnection, _ pieces: [String]) {
        connection.startChunks(["Content-Type": "text/event-stream"])
        sendEvents(connection, pieces.map(Self.delta))
    }

    private func sendEvents(_ connection: LoopbackConnection, _ events: [String]) {
        for event in events { connection.chunk("data: \(event)\n\n") }
    }

    private func waitForGoing(_ connection: LoopbackConnection) {
        connection.waitUntilClosed()
        clientGone.happen()
    }
}

// MARK: - The wire format

extension StubProvider {
    static let model = "stub-model-1"
    static let usage = text(["model": .string(model), "choices": [], "usage": ["prompt_tokens": 11, "completion_tokens": 7]])

    static func delta(_ piece: String) -> String {
        text(["model": .string(model), "choices": [["index": 0, "delta": ["content": .string(piece)], "finish_reason": .null]]])
    }

    static func finish(_ reason: String) -> String {
        text(["model": .string(model), "choices": [["index": 0, "delta": [:], "finish_reason": .string(reason)]]])
    }

    static func wholeAnswer(_ answer: String) -> String {
        text([
            "model": .string(model), "usage": ["prompt_tokens": 11, "completion_tokens": 7],
            "choices": [["index": 0, "message": ["role": "assistant", "content": .string(answer)], "finish_reason": "stop"]],
        ])
    }

    private static func toolCallEvents(_ id: String, _ name: String, _ arguments: String) -> [String] {
        let half = arguments.index(arguments.startIndex, offsetBy: arguments.count / 2)
        let first: JSONValue = [
            "index": 0, "id": .string(id), "type": "function",
            "function": ["name": .string(name), "arguments": .string(String(arguments[..<half]))],
        ]
        let second: JSONValue = ["index": 0, "function": ["arguments": .string(String(arguments[half...]))]]
        return [first, second].map { call in
            text(["model": .string(model), "choices": [["index": 0, "delta": ["content": .null, "tool_calls": [call]]]]])
        }
    }

    private static func embeddings(_ input: [JSONValue], _ dimension: Int) -> JSONValue {
        let data = input.enumerated().map { place, item -> JSONValue in
            let numbers = [item.string?.utf8.count ?? 0, place] + [Int](repeating: 0, count: max(0, dimension - 2))
            return ["index": .integer(place), "embedding": .array(numbers.prefix(dimension).map { .integer($0) })]
        }
        // A provider may answer in any order.
        return ["model": .string(model), "data": .array(data.reversed())]
    }

    private static func moderations(_ input: [JSONValue], _ words: [String: String]) -> JSONValue {
        let results = input.map { item -> JSONValue in
            let found = words.filter { item.string?.contains($0.key) == true }.map(\.value).sorted()
            let categories = found.map { ($0, JSONValue.bool(true)) } + [("hate", .bool(false)), ("illicit", .null)]
            return [
                "flagged": .bool(!found.isEmpty), "categories": .object(JSONObject(categories)), "category_scores": ["hate": 0.01],
            ]
        }
        return ["id": "modr-1", "model": .string(model), "results": .array(results)]
    }

    /// The first dimensions count the words of each group, which stand for one
    /// meaning; the others hold every word, hashed, with little weight.
    static func meaning(of text: String, _ groups: [[String]]) -> [Double] {
        var vector = [Double](repeating: 0, count: 16)
        for word in TextQuery.words(text) {
            if let group = groups.firstIndex(where: { $0.contains(word) }) { vector[group] += 1 }
            let hash = word.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
            vector[groups.count + Int(hash) % (16 - groups.count)] += 0.01
        }
        return vector
    }

    private static func meanings(_ input: [JSONValue], _ groups: [[String]]) -> JSONValue {
        let data = input.enumerated().map { place, item -> JSONValue in
            let numbers = meaning(of: item.string ?? "", groups).map { JSONValue.number("\($0)") }
            return ["index": .integer(place), "embedding": .array(numbers)]
        }
        return ["model": .string(model), "data": .array(data)]
    }

    private static func text(_ json: JSONValue) -> String { String(decoding: json.bytes, as: UTF8.self) }
}

/// Settings for a stub: limits so wide that a busy machine does not reach them,
/// except the one that a test is about.
func stubSettings(
    _ baseURL: String, key: String? = nil, attempts: Int = 1, firstByte: Int = 30_000, idle: Int = 30_000, total: Int = 50_000,
    bytes: Int = 1 << 20, breaker: CircuitBreaker.Settings = .standard
) -> ProviderSettings {
    let limits = OutboundLimits(connect: 30_000, firstByte: firstByte, idle: idle, total: total, maximumResponseBytes: bytes)
    return ProviderSettings(
        baseURL: baseURL, apiKey: key, model: "wanted", temperature: 0.7, maxTokens: 1500, limits: limits, attempts: attempts,
        breaker: breaker)
}
