import Platform
import TestSupport
import Testing

@testable import Appliance

/// Streams end also when something else does: the server, the session, the login, the account.
@Suite("Ends of streams", .timeLimit(.minutes(2)))
struct StreamEndScenarios {
    private static let send = StreamScenarios.send

    @Test("A server that stops interrupts what it cannot wait for, tells the reader, and marks the part")
    func stopped() async throws {
        let directory = try TemporaryDirectory()
        let (user, stream) = try await StubProvider.with(.hangAfter(["Good ", "day"])) { _, url in
            let settings = ProviderScenarios.settings(url) + "\n[server]\nlisten = [\"127.0.0.1:0\"]\ndrain_seconds = 2"
            let server = try await TestAppliance.start(settings: settings, in: directory)
            let user = try await server.register()
            let events = try await EventReader.open(user, "POST", Self.send, body: #"{"content":"Hello"}"#)
            var follower = Follower()
            while follower.text != "Good day", let event = try await events.next() { follower.take(event) }
            async let stopping: Void = server.appliance.stop()
            for event in try await events.rest() { follower.take(event) }
            await stopping
            #expect(follower.faults == [] && follower.end?["error_code"] == "interrupted")
            #expect(follower.end?["message"]?["content"] == "Good day")
            return (user, follower.end?["stream_id"]?.string ?? "")
        }
        try await TestAppliance.rerun(in: directory) { (server: TestAppliance) async throws in
            let again = TestUser(
                server: server, id: user.id, email: user.email, password: user.password, access: user.access, refresh: user.refresh)
            var follower = Follower()
            for event in try await EventReader.open(again, "GET", StreamScenarios.path(stream)).rest() { follower.take(event) }
            #expect(follower.faults == [] && follower.text == "Good day" && follower.end?["error_code"] == "interrupted")
        }
    }

    @Test("What a killed process has left open is interrupted at the next start, with the text that was stored")
    func killed() async throws {
        let directory = try TemporaryDirectory()
        var log = DeltaLog()
        for piece in ["Good ", "day, ", "Ada"] { log.append(piece) }
        let pieces = log
        let (user, stream, question) = try await TestAppliance.run(in: directory) { server in
            let user = try await server.register()
            // What another process, of which nothing else is left, had written.
            let (stream, question) = try await server.database.write { transaction in
                let account = try #require(try AccountStore.account(email: user.email, in: transaction))
                let session = try ChatStore.createSession(account.owner, title: nil, in: transaction)
                let question = try ChatStore.addMessage(to: session, role: .user, content: "Hello", in: transaction)
                let boot = Identifier(rowID: 7)
                let stream = try ChatStreamStore.create(in: session, question: question.id, boot: boot, transaction: transaction)
                try ChatStreamStore.store(stream, pieces, in: transaction)
                return (stream, question)
            }
            return (user, stream.description, question)
        }
        try await TestAppliance.rerun(in: directory) { (server: TestAppliance) async throws in
            let again = TestUser(
                server: server, id: user.id, email: user.email, password: user.password, access: user.access, refresh: user.refresh)
            let messages = try await again.messages(question.session.description)
            #expect(messages.count == 2 && messages.last?["content"] == "Good day, Ada")
            #expect(messages.last?["metadata"]?["incomplete"] == "interrupted")
            // One comes from the beginning, one from behind the second piece, and one has seen more than was stored.
            for (after, text) in [(nil, "Good day, Ada"), (2, "Ada"), (9, "")] as [(Int?, String)] {
                let path = StreamScenarios.path(stream) + (after.map { "?after=\($0)" } ?? "")
                let events = try await EventReader.open(again, "GET", path).rest()
                let deltas = events.filter { $0["type"] == "stream.delta" }
                #expect(deltas.compactMap { $0["delta"]?.string }.joined() == text)
                #expect(events.count { $0["type"] == "stream.start" } == (after == nil ? 1 : 0))
                let ends = events.filter { $0["type"] == "stream.error" }
                #expect(ends.count == 1 && ends.first == events.last && ends.first?["error_code"] == "interrupted")
                #expect(ends.first?["message"] == messages.last)
            }
            #expect(server.logged.text.contains("were marked as interrupted"))
        }
    }

    @Test("A session that is deleted ends its answers and calls the model off")
    func sessionDeleted() async throws {
        try await StubProvider.with(.hangAfter(["Good"])) { provider, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                let events = try await EventReader.open(user, "POST", Self.send, body: #"{"content":"Hello"}"#)
                let session = try #require(try await events.next()?["session_id"]?.string)
                #expect(try await events.next()?["delta"] == "Good")
                #expect(try await user.delete("/api/v1/chat/sessions/\(session)/").status == 204)
                let rest = try await events.rest()
                #expect(rest.count == 1 && rest.first?["error_code"] == "session_deleted" && rest.first?["message"] == .null)
                await provider.clientGone.wait()
                #expect(try await server.count("SELECT (SELECT count(*) FROM chat_messages) + (SELECT count(*) FROM chat_streams)") == 0)
            }
        }
    }

    @Test("Who is logged out reads no further; the answer is finished for when she is back")
    func loggedOut() async throws {
        let gate = Gate()
        try await StubProvider.with(.pausing(["Good "], gate, ["day."])) { _, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                let events = try await EventReader.open(user, "POST", Self.send, body: #"{"content":"Hello"}"#)
                _ = try await events.next()
                #expect(try await events.next()?["delta"] == "Good ")
                #expect(try await user.post("/api/v1/auth/logout/", "{}").status == 200)
                #expect(try await events.rest() == [])
                gate.open()
                #expect(
                    try await eventually { try await server.count("SELECT count(*) FROM chat_messages WHERE content = 'Good day.'") == 1 })
            }
        }
    }

    @Test("Of an account that is deleted while it is answered nothing is written any more")
    func accountDeleted() async throws {
        try await StubProvider.with(.hangAfter(["zebra-answer"])) { provider, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let user = try await server.register()
                let events = try await EventReader.open(user, "POST", Self.send, body: #"{"content":"Hello"}"#)
                _ = try await events.next()
                #expect(try await events.next()?["delta"] == "zebra-answer")
                #expect(try await user.delete("/api/v1/auth/me/", #"{"password":"correct horse 7"}"#).status == 204)
                #expect(try await events.rest().allSatisfy { $0["error_code"] == "session_deleted" })
                await provider.clientGone.wait()
                #expect(try await eventually { server.appliance.parts.streams.openCount == 0 })
                #expect(try server.traces(of: "zebra-answer") == [])
            }
        }
    }

    @Test("An answer that is judged is not shown before it is; one that is withheld shows nothing of itself")
    func judged() async throws {
        let judge = StubProvider.Behaviour.moderations(flagging: ["poison": "illicit"])
        try await StubProvider.with(.split(moderations: judge, others: .stream(["Take ", "poison", "."]))) { _, url in
            let moderation = "[moderation]\nprovider = \"openai\"\nbase_url = \"\(url)\"\nmodel = \"judge\"\n"
            try await TestAppliance.run(settings: ProviderScenarios.settings(url) + "\n" + moderation) { server in
                let user = try await server.register()
                var follower = Follower()
                let events = try await EventReader.open(user, "POST", Self.send, body: #"{"content":"Hello"}"#).rest()
                for event in events { follower.take(event) }
                #expect(follower.faults == [] && follower.text == WithheldAnswer.text && follower.end?["type"] == "stream.end")
                #expect(!events.contains { $0.jsonText.contains("poison") })
                #expect(try server.traces(of: "poison") == [])
                let refused = try await user.post(Self.send, #"{"content":"poison"}"#, headers: [("Accept", "text/event-stream")])
                #expect(refused.status == 400 && refused.json["error_code"] == "flagged_input")
            }
        }
    }
}
