import Platform
import TestSupport
import Testing

@testable import Appliance

/// `/ws/chat/{session_id}/`, frame by frame; contract section 7 and what is new beside it.
@Suite("Chat over WebSockets", .timeLimit(.minutes(2)))
struct ChatSocketScenarios {
    @Test("A message is stored and echoed to every socket of the session, and the answer comes to all of them", arguments: [true, false])
    func message(dashed: Bool) async throws {
        try await StubProvider.with(.stream(["Learn ", "SQL."])) { _, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                let session = try await user.session()
                let id = dashed ? session : session.filter { $0 != "-" }
                let sockets = [try await user.room(id), try await user.room(session)]
                try await sockets[0].send(#"{"type":"message","message":" What now? "}"#)
                for socket in sockets {
                    #expect(try await socket.text() == #"{"type":"message","message":"What now?","sender":null,"sender_type":"user"}"#)
                    var follower = Follower()
                    while follower.end == nil { follower.take(try await socket.json()) }
                    #expect(follower.faults == [] && follower.starts == 1 && follower.text == "Learn SQL.")
                    #expect(follower.end?["type"] == "stream.end")
                    #expect(
                        try await socket.text()
                            == #"{"type":"message","message":"Learn SQL.","sender":"AI Assistant","sender_type":"ai","model_used":"\#(StubProvider.model)"}"#
                    )
                    #expect(try await user.messages(session).last == follower.end?["message"])
                }
                #expect(try await user.messages(session).map { $0["content"] } == ["What now?", "Learn SQL."])
                #expect(try await sockets[1].close() == 1000)
            }
        }
    }

    @Test("What is wrong with a message is said to its sender, in the contract's words, and the socket stays")
    func wrong() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let socket = try await user.room(try await user.session())
            let cases = [
                ("{", "Invalid JSON"), ("[1]", "Internal server error"), (#"{"message":7}"#, "Internal server error"),
                (#"{"message":" "}"#, "Message content required"), ("{}", "Message content required"),
                (#"{"type":"shout"}"#, "Unknown message type"),
                (#"{"type":"mark_read","message_id":"7"}"#, "Internal server error"),
                (#"{"type":"mark_read","message_id":"0190f0a0-0000-7000-8000-000000000001"}"#, "Internal server error"),
                (#"{"type":"regenerate"}"#, "There is no message in this session to answer."),
                (#"{"type":"stream.stop","stream_id":"0190f0a0-0000-7000-8000-000000000001"}"#, "There is no such stream in this session"),
                (#"{"type":"stream.join","stream_id":"0190f0a0-0000-7000-8000-000000000001"}"#, "There is no such stream in this session"),
            ]
            for (text, words) in cases {
                try await socket.send(text)
                #expect(try await socket.json() == ["type": "error", "message": .string(words)], "\(text)")
            }
            #expect(try await server.count("SELECT count(*) FROM chat_messages") == 0)
        }
    }

    @Test("Typing goes to the room, and a message that was read is noted without a word")
    func typing() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let asked = try await user.ask("Hello").json
            let session = asked["session_id"]?.string ?? ""
            let sockets = [try await user.room(session), try await user.room(session)]
            for (sent, shown) in [(#"{"type":"typing","is_typing":true}"#, "true"), (#"{"type":"typing"}"#, "false")] {
                try await sockets[0].send(sent)
                for socket in sockets { #expect(try await socket.text() == #"{"type":"typing","user":null,"is_typing":\#(shown)}"#) }
            }
            let message = asked["assistant_message"]?["id"]?.string ?? ""
            try await sockets[1].send(#"{"type":"mark_read","message_id":"\#(message)"}"#)
            try await sockets[1].send(#"{"type":"typing","is_typing":true}"#)
            #expect(try await sockets[1].json()["type"] == "typing")
            #expect(try await server.count("SELECT count(*) FROM chat_messages WHERE read_at IS NOT NULL AND role = 'assistant'") == 1)
            let exported = try await user.get("/api/v1/auth/export/").json
            let messages = exported["chat_sessions"]?.array?.first?["messages"]?.array ?? []
            #expect(messages.map { $0["read_at"]?.isNull } == [nil, false])
        }
    }

    @Test("What is asked in another way comes into the room too")
    func otherWays() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let session = try await user.session()
            let socket = try await user.room(session)
            _ = try await user.ask("Hello", session: session)
            #expect(try await socket.json()["message"] == "Hello")
            #expect(try await socket.json()["sender_type"] == "ai")
            _ = try await user.post("/api/v1/chat/chat/", #"{"message_text":"Later","session_id":"\#(session)"}"#)
            #expect(try await socket.json()["message"] == "Later")
            #expect(try await socket.json()["model_used"] == "built-in")
            let body = #"{"content":"Now","session_id":"\#(session)"}"#
            let events = try await EventReader.open(user, "POST", "/api/v1/chat/send/", body: body).rest()
            let frames = try await socket.frames(through: "stream.end")
            #expect(frames.first?["message"] == "Now" && Array(frames.dropFirst()) == events)
        }
    }

    @Test("An answer is stopped, given again from any piece, and made anew, over the socket")
    func commands() async throws {
        try await StubProvider.with(.hangAfter(["Good ", "day"]), .stream(["Better."])) { provider, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                let session = try await user.session()
                let socket = try await user.room(session)
                try await socket.send(#"{"message":"Hello"}"#)
                var follower = Follower()
                #expect(try await socket.json()["sender_type"] == "user")
                while follower.text != "Good day" { follower.take(try await socket.json()) }
                let stream = try #require(try await StreamScenarios.onlyStream(server))
                try await socket.send(#"{"type":"stream.join","stream_id":"\#(stream)","after":1}"#)
                #expect(
                    try await socket.json()
                        == ["type": "stream.delta", "stream_id": .string(stream), "sequence": 2, "after": 1, "delta": "day"])
                try await socket.send(#"{"type":"stream.stop","stream_id":"\#(stream)"}"#)
                follower.take(try await socket.json())
                #expect(follower.faults == [] && follower.end?["type"] == "stream.stopped")
                #expect(try await socket.json()["message"] == "Good day")
                await provider.clientGone.wait()
                try await socket.send(#"{"type":"stream.join","stream_id":"\#(stream)","after":2}"#)
                #expect(try await socket.json() == follower.end)

                try await socket.send(#"{"type":"regenerate"}"#)
                var second = Follower()
                while second.end == nil { second.take(try await socket.json()) }
                #expect(second.faults == [] && second.text == "Better.")
                #expect(try await socket.json()["message"] == "Better.")
                #expect(try await user.messages(session).map { $0["content"] } == ["Hello", "Better."])
            }
        }
    }

    @Test("A second tab that comes late, and one that was cut off, have the whole answer in the end")
    func late() async throws {
        let gate = Gate()
        try await StubProvider.with(.pausing(["One ", "two "], gate, ["three."])) { _, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                let session = try await user.session()
                let first = try await user.room(session)
                try await first.send(#"{"message":"Count"}"#)
                var follower = Follower()
                _ = try await first.json()
                while follower.sequence < 2 { follower.take(try await first.json()) }
                // Cut off: no goodbye.
                try await first.client.closeOutput()
                let second = try await user.room(session)
                var late = Follower()
                while late.sequence < 2 { late.take(try await second.json()) }
                #expect(late.text == follower.text)
                gate.open()
                while late.end == nil { late.take(try await second.json()) }
                #expect(late.faults == [] && late.starts == 1 && late.text == "One two three.")
                let stream = late.end?["stream_id"]?.string ?? ""
                let third = try await user.room(session)
                try await third.send(#"{"type":"stream.join","stream_id":"\#(stream)","after":\#(follower.sequence)}"#)
                while follower.end == nil { follower.take(try await third.json()) }
                #expect(follower.faults == [] && follower.text == late.text && follower.end == late.end)
            }
        }
    }

    @Test("An answer of any length comes to its end over a socket, and to who joins it")
    func long() async throws {
        // Together more than may wait for a socket that does not read; the end has all of it at once.
        let pieces = (0..<3).map { "\($0) " + String(repeating: "long ", count: 20_000) }
        let gate = Gate()
        try await StubProvider.with(.pausing(Array(pieces.prefix(2)), gate, Array(pieces.suffix(1)))) { _, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                let session = try await user.session()
                let socket = try await user.room(session)
                try await socket.send(#"{"message":"Hello"}"#)
                var follower = Follower()
                _ = try await socket.json()
                while follower.sequence < 2 { follower.take(try await socket.json()) }
                gate.open()
                while follower.end == nil { follower.take(try await socket.json()) }
                #expect(follower.faults == [] && follower.text == pieces.joined())
                let stream = follower.end?["stream_id"]?.string ?? ""
                let second = try await user.room(session)
                try await second.send(#"{"type":"stream.join","stream_id":"\#(stream)","after":\#(follower.sequence)}"#)
                #expect(try await second.json() == follower.end)
            }
        }
    }

    @Test("A provider that fails is told as an error, in both forms, and the question stays")
    func failure() async throws {
        try await StubProvider.with(.status(500)) { _, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                let session = try await user.session()
                let socket = try await user.room(session)
                try await socket.send(#"{"message":"Hello"}"#)
                let frames = try await socket.frames(through: "error")
                #expect(frames.compactMap { $0["type"]?.string } == ["message", "stream.start", "stream.error", "error"])
                #expect(frames[2]["detail"] == frames[3]["message"] && frames[2]["error_code"] == "provider_failed")
                #expect(try await user.messages(session).count == 1)
            }
        }
    }

    @Test("A flagged message, and one too many, are refused in words, and nothing is stored")
    func refused() async throws {
        let judge = StubProvider.Behaviour.moderations(flagging: ["poison": "illicit"])
        try await StubProvider.with(.split(moderations: judge, others: .plain("Yes."))) { _, url in
            let moderation = "[moderation]\nprovider = \"openai\"\nbase_url = \"\(url)\"\nmodel = \"judge\"\n"
            let limits = "[limits]\nassistant_per_minute = 2\n"
            try await TestAppliance.run(settings: ProviderScenarios.settings(url) + "\n" + moderation + limits) { server in
                let user = try await server.register()
                let socket = try await user.room(try await user.session())
                try await socket.send(#"{"message":"poison"}"#)
                #expect(try await socket.json() == ["type": "error", "message": "Input violates content guidelines."])
                #expect(try await server.count("SELECT count(*) FROM chat_messages") == 0)
                try await socket.send(#"{"message":"bread"}"#)
                _ = try await socket.frames(through: "stream.end")
                _ = try await socket.json()
                try await socket.send(#"{"message":"more"}"#)
                #expect(try await socket.json()["message"]?.string?.hasPrefix("Request was throttled.") == true)
                #expect(try await server.count("SELECT count(*) FROM chat_messages") == 2)
            }
        }
    }

    @Test("A session that is deleted closes its sockets")
    func deleted() async throws {
        try await TestAppliance.run { server in
            let user = try await server.register()
            let session = try await user.session()
            let socket = try await user.room(session)
            #expect(try await user.delete("/api/v1/chat/sessions/\(session)/").status == 204)
            #expect(try await socket.goodbye() == 4404)
        }
    }
}
