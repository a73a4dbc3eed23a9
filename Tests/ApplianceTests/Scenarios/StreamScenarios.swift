import Platform
import TestSupport
import Testing

@testable import Appliance

/// Answers that reach their readers while they are written, over Server-Sent Events.
@Suite("Streaming answers", .timeLimit(.minutes(2)))
struct StreamScenarios {
    static let send = "/api/v1/chat/send/"
    static func path(_ stream: String) -> String { "/api/v1/chat/streams/\(stream)/" }

    @Test("An answer comes piece by piece, and what is stored at its end is what came")
    func pieces() async throws {
        let gate = Gate()
        try await StubProvider.with(.pausing(["Try "], gate, ["a rés", "umé."])) { _, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                let events = try await EventReader.open(user, "POST", Self.send, body: #"{"content":"  What now?  "}"#)
                #expect(events.status == 200)
                let head = events.head.lowercased()
                #expect(head.contains("content-type: text/event-stream\r\n") && head.contains("transfer-encoding: chunked"))
                #expect(head.contains("cache-control: no-store") && head.contains("x-accel-buffering: no"))
                var follower = Follower()
                let start = try #require(try await events.next())
                follower.take(start)
                #expect(start.object?.keys == ["type", "stream_id", "sequence", "session_id", "question_id"])
                let (stream, session) = (start["stream_id"]?.string ?? "", start["session_id"]?.string ?? "")
                let first = try #require(try await events.next())
                follower.take(first)
                #expect(first == ["type": "stream.delta", "stream_id": .string(stream), "sequence": 1, "after": 0, "delta": "Try "])

                // The model is still at it, and what it has said is on the disk.
                #expect(try await eventually { try await server.count("SELECT length(text) FROM chat_streams") == 4 })
                let running = try await user.server.request(
                    "GET", Self.path(stream), token: user.access, headers: [("Accept", "application/json")])
                #expect(running.json["state"] == "streaming" && running.json["text"] == "Try " && running.json["message"] == .null)
                #expect(try await user.messages(session).count == 1)

                gate.open()
                for event in try await events.rest() { follower.take(event) }
                #expect(follower.faults == [] && follower.starts == 1 && follower.text == "Try a résumé.")
                let messages = try await user.messages(session)
                #expect(messages.count == 2 && messages.first?["content"] == "What now?" && messages.first?["id"] == start["question_id"])
                #expect(follower.end?["type"] == "stream.end" && follower.end?["message"] == messages.last)
                #expect(messages.last?["content"]?.string == follower.text && messages.last?["metadata"]?["completion_tokens"] == 7)
                let done = try await user.server.request(
                    "GET", Self.path(stream), token: user.access, headers: [("Accept", "application/json")])
                #expect(done.json["state"] == "done" && done.json["message"] == messages.last && done.json["error_code"] == .null)
            }
        }
    }

    @Test("Without a model the built-in assistant answers in one piece")
    func builtIn() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let events = try await EventReader.open(user, "POST", Self.send, body: #"{"content":"Hello"}"#).rest()
            #expect(events.map { $0["type"] } == ["stream.start", "stream.delta", "stream.end"])
            #expect(events.last?["message"]?["metadata"]?["model_used"] == "built-in")
        }
    }

    @Test(
        "A provider that breaks off after any piece ends the stream; the part is kept and marked, and a repeat replaces it",
        arguments: 0...4)
    func cuts(after count: Int) async throws {
        let pieces = Array(["Learn ", "to ", "ba", "ke"].prefix(count))
        try await StubProvider.with(.cutAfter(pieces), .stream(["Learn to bake."])) { provider, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                let key = [("Idempotency-Key", "k-1")]
                let body = #"{"content":"What now?"}"#
                var follower = Follower()
                for event in try await EventReader.open(user, "POST", Self.send, body: body, headers: key).rest() { follower.take(event) }
                #expect(follower.faults == [] && follower.text == pieces.joined())
                let end = try #require(follower.end)
                #expect(end["type"] == "stream.error" && end["error_code"] == "provider_failed")
                #expect(end["detail"]?.string?.contains("Your message is stored") == true)
                let session = try #require(try await user.get("/api/v1/chat/sessions/").json["results"]?.array?.first?["id"]?.string)
                let messages = try await user.messages(session)
                #expect(messages.count == (count == 0 ? 1 : 2))
                if count > 0 {
                    #expect(end["message"] == messages.last && messages.last?["content"]?.string == follower.text)
                    #expect(messages.last?["metadata"]?["incomplete"] == "failed")
                    #expect(try await server.count("SELECT sum(tokens) FROM assistant_tokens WHERE account_rid > 0") > 0)
                } else {
                    #expect(end["message"] == .null)
                    #expect(try await server.count("SELECT count(*) FROM assistant_tokens") == 0)
                }

                var again = Follower()
                for event in try await EventReader.open(user, "POST", Self.send, body: body, headers: key).rest() { again.take(event) }
                #expect(again.faults == [] && again.end?["type"] == "stream.end" && again.text == "Learn to bake.")
                #expect(try await user.messages(session).map { $0["content"] } == ["What now?", "Learn to bake."])
                #expect(try await user.get("/api/v1/chat/sessions/").json["results"]?.array?.first?["message_count"] == 2)
                #expect(provider.requests.count == 2)
            }
        }
    }

    @Test(
        "Every trouble of a provider is one end with its code",
        arguments: ProviderScenarios.allTroubles.filter { !["firstByte", "idle", "total", "longer than the limit"].contains($0.logged) })
    func troubles(trouble: ProviderScenarios.Trouble) async throws {
        try await StubProvider.with(trouble.behaviour) { _, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                var follower = Follower()
                for event in try await EventReader.open(user, "POST", Self.send, body: #"{"content":"Hello"}"#).rest() {
                    follower.take(event)
                }
                #expect(follower.faults == [] && follower.starts == 1)
                #expect(follower.end?["type"] == "stream.error" && follower.end?["error_code"]?.string == trouble.code)
                #expect(server.logged.text.contains(trouble.logged) && !server.logged.text.contains(ProviderScenarios.key))
            }
        }
    }

    @Test("A reader that is cut off goes on behind any piece it likes, while the answer is written and after that", arguments: [1, 2, 3])
    func joins(seed: UInt64) async throws {
        let (gate, pieces) = (Gate(), (0..<40).map { "\($0) é " })
        try await StubProvider.with(.pausing(Array(pieces.prefix(20)), gate, Array(pieces.suffix(20)))) { _, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                let events = try await EventReader.open(user, "POST", Self.send, body: #"{"content":"Count"}"#)
                var follower = Follower()
                while follower.sequence < 20, let event = try await events.next() { follower.take(event) }
                let stream = try #require(try await Self.onlyStream(server))
                let source = SeededRandom(seed)
                for _ in 0..<5 {
                    // One comes late, from the beginning; one goes on behind what it says it has.
                    let behind = Int(source.bytes(1)[0]) % 21
                    var joined = Follower()
                    let late = try await EventReader.open(user, "GET", Self.path(stream))
                    while joined.sequence < 20, let event = try await late.next() { joined.take(event) }
                    #expect(joined.text == follower.text && joined.starts == 1 && joined.faults == [])
                    try await late.leave()
                    guard behind < 20 else { continue }
                    let again = try await EventReader.open(user, "GET", Self.path(stream) + "?after=\(behind)")
                    let next = try #require(try await again.next())
                    #expect(next["after"]?.int == behind && next["sequence"]?.int == 20)
                    #expect(next["delta"]?.string == pieces[behind..<20].joined())
                    try await again.leave()
                }
                gate.open()
                for event in try await events.rest() { follower.take(event) }
                #expect(follower.faults == [] && follower.text == pieces.joined() && follower.sequence == 40)
                for behind in [0, 17, 40, 99] {
                    let header = [("Last-Event-ID", "\(behind)")]
                    let rest = try await EventReader.open(user, "GET", Self.path(stream), headers: header).rest()
                    #expect(rest.last == follower.end && rest.count == (behind < 40 ? 2 : 1))
                    if behind < 40 { #expect(rest.first?["delta"]?.string == pieces[behind...].joined()) }
                }
                #expect(try await user.get(Self.path(stream) + "?after=x").text == #"{"after":["A valid integer is required."]}"#)
            }
        }
    }

    @Test("A reader that leaves takes nothing of the answer with it")
    func leaves() async throws {
        let gate = Gate()
        try await StubProvider.with(.pausing(["One "], gate, ["two."])) { _, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                let events = try await EventReader.open(user, "POST", Self.send, body: #"{"content":"Count"}"#)
                let session = try #require(try await events.next()?["session_id"]?.string)
                try await events.leave()
                gate.open()
                #expect(try await eventually { try await user.messages(session).last?["content"] == "One two." })
                #expect(try await eventually { server.appliance.parts.streams.openCount == 0 })
            }
        }
    }

    @Test("A stop calls the model off, keeps what there is, and costs what it took; it can be said again")
    func stop() async throws {
        try await StubProvider.with(.hangAfter(["Good ", "day"])) { provider, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let (user, eve) = (try await server.register(), try await server.register("eve@example.org"))
                let events = try await EventReader.open(user, "POST", Self.send, body: #"{"content":"Hello"}"#)
                var follower = Follower()
                while follower.text != "Good day", let event = try await events.next() { follower.take(event) }
                let stream = try #require(try await Self.onlyStream(server))
                let missing = #"{"detail":"No ChatStream matches the given query."}"#
                #expect(try await eve.post(Self.path(stream) + "stop/").text == missing)
                #expect(try await eve.get(Self.path(stream)).text == missing)

                let stopped = try await user.post(Self.path(stream) + "stop/")
                #expect(stopped.status == 200 && stopped.json["state"] == "stopped")
                for event in try await events.rest() { follower.take(event) }
                await provider.clientGone.wait()
                #expect(follower.faults == [] && follower.end?["type"] == "stream.stopped")
                #expect(follower.end?["message"] == stopped.json["message"])
                let message = try #require(stopped.json["message"])
                #expect(message["content"] == "Good day" && message["metadata"] == ["model_used": "stub", "incomplete": "stopped"])
                #expect(try await user.messages(message["session"]?.string ?? "").last == message)
                #expect(try await user.post(Self.path(stream) + "stop/").json == stopped.json)
                #expect(
                    try await eventually {
                        try await server.count("SELECT coalesce(sum(tokens), 0) FROM assistant_tokens WHERE account_rid > 0") > 0
                    })
                #expect(!server.logged.text.contains("gave no answer"))
            }
        }
    }

    @Test("The last question is answered anew, and the new answer takes the old one's place; one that fails does not")
    func regenerate() async throws {
        try await StubProvider.with(.stream(["One."]), .stream(["Two."]), .cutAfter(["Thr"]), .stream(["Four."])) { _, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                let first = try await user.ask("Count").json
                let session = first["session_id"]?.string ?? ""
                let path = "/api/v1/chat/sessions/\(session)/regenerate/"
                let second = try await user.post(path)
                #expect(second.status == 200 && second.json.object?.keys == ["session_id", "user_message", "assistant_message"])
                #expect(second.json["user_message"] == first["user_message"] && second.json["assistant_message"]?["content"] == "Two.")
                #expect(try await user.messages(session).map { $0["content"] } == ["Count", "Two."])

                let third = try await user.post(path)
                #expect(third.status == 502 && third.json["error_code"] == "provider_failed")
                #expect(try await user.messages(session).map { $0["content"] } == ["Count", "Two."])

                var follower = Follower()
                for event in try await EventReader.open(user, "POST", path).rest() { follower.take(event) }
                #expect(follower.text == "Four." && follower.faults == [])
                #expect(try await user.messages(session).map { $0["content"] } == ["Count", "Four."])
                let empty = try #require(try await user.post("/api/v1/chat/sessions/", "{}").json["id"]?.string)
                #expect(try await user.post("/api/v1/chat/sessions/\(empty)/regenerate/").status == 400)
            }
        }
    }

    @Test("A question that is being answered is not answered a second time at once, and a repeat joins the first try")
    func once() async throws {
        let gate = Gate()
        try await StubProvider.with(.pausing(["One "], gate, ["two."])) { provider, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                let (body, key) = (#"{"content":"Count"}"#, [("Idempotency-Key", "k-1")])
                let events = try await EventReader.open(user, "POST", Self.send, body: body, headers: key)
                let start = try #require(try await events.next())
                let session = start["session_id"]?.string ?? ""
                #expect(try await user.post("/api/v1/chat/sessions/\(session)/regenerate/").status == 409)
                let repeated = try await EventReader.open(user, "POST", Self.send, body: body, headers: key)
                #expect(try await repeated.next() == start)
                gate.open()
                let (first, second) = (try await events.rest(), try await repeated.rest())
                #expect(first.last == second.last && first.last?["type"] == "stream.end")
                #expect(provider.requests.count == 1)
                #expect(try await user.messages(session).count == 2)
            }
        }
    }

    @Test("Of several tabs that want another answer at the same moment, one gets it")
    func oneOfMany() async throws {
        let gate = Gate()
        try await StubProvider.with(.stream(["One."]), .pausing(["Two"], gate, ["."])) { provider, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                let session = try await user.ask("Count").json["session_id"]?.string ?? ""
                let path = "/api/v1/chat/sessions/\(session)/regenerate/"
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<8 { group.addTask { try await EventReader.open(user, "POST", path).status } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(statuses.sorted() == [200] + [Int](repeating: 409, count: 7))
                gate.open()
                #expect(try await eventually { try await user.messages(session).map { $0["content"] } == ["Count", "Two."] })
                #expect(provider.requests.count == 2)
            }
        }
    }

    @Test("An account has so many answers written at once, and no more")
    func tooMany() async throws {
        try await StubProvider.with(.hangAfter(["."])) { _, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                var streams: [String] = []
                for _ in 0..<ChatStreams.Limits().streamsPerAccount {
                    let events = try await EventReader.open(user, "POST", Self.send, body: #"{"content":"Hello"}"#)
                    streams.append(try #require(try await events.next()?["stream_id"]?.string))
                }
                let refused = try await user.post(Self.send, #"{"content":"Hello"}"#, headers: [("Accept", "text/event-stream")])
                #expect(refused.status == 429 && refused["Retry-After"] == "5")
                for stream in streams { #expect(try await user.post(Self.path(stream) + "stop/").json["state"] == "stopped") }
                #expect(server.appliance.parts.streams.openCount == 0)
            }
        }
    }

    /// The stream that is in the database, where there is one.
    static func onlyStream(_ server: TestAppliance) async throws -> String? {
        try await server.database.scan { try $0.first("SELECT id FROM chat_streams") { try $0.id(0).description } }
    }
}
