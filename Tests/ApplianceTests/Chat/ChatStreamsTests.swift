import Platform
import Synchronization
import TestSupport
import Testing

@testable import Appliance

@Suite("Rooms and readers of streams", .timeLimit(.minutes(2)))
struct ChatStreamsTests {
    /// Somebody in a room, who writes down what is heard.
    final class Ear: RoomListener {
        private let heard: Mutex<[JSONValue]> = Mutex([])

        var frames: [JSONValue] { heard.withLock { $0 } }

        func hear(_ frame: [UInt8]) {
            let json = (try? JSONValue.parse(frame)) ?? .null
            heard.withLock { $0.append(json) }
        }
    }

    private static let question = ChatTurn.Question(content: "Count")

    private static func caller(_ server: TestAppliance) async throws -> Caller {
        let user = try await server.register()
        let claims = try await server.tokens().claims(of: user.access)
        let account = try #require(try server.database.read { try AccountStore.account(email: user.email, in: $0) })
        return Caller(accountRowID: account.rowID, accountID: account.id, loginID: claims.loginID, isStaff: false, email: user.email)
    }

    @Test("A reader that is slow gets many pieces as one, and none is lost")
    func slow() async throws {
        let pieces = (0..<500).map { "\($0) " }
        try await StubProvider.with(.stream(pieces)) { _, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let streams = server.appliance.parts.streams
                let caller = try await Self.caller(server)
                let begun = try await streams.begin(Self.question, of: caller.owner)
                let reader = try #require(try streams.reader(of: begun.stream, for: caller, after: nil))
                var follower = Follower()
                guard case .frames(let first) = await reader.next() else { Issue.record("no beginning"); return }
                for frame in first { follower.take(try JSONValue.parse(frame.json)) }
                // It reads nothing more until the answer is whole.
                #expect(try await eventually { streams.openCount == 0 })
                var count = 0
                while case .frames(let frames) = await reader.next() {
                    count += frames.count
                    for frame in frames { follower.take(try JSONValue.parse(frame.json)) }
                }
                #expect(follower.faults == [] && follower.text == pieces.joined() && follower.end?["type"] == "stream.end")
                #expect(count <= 2)
            }
        }
    }

    @Test("Readers that come and go at random numbers each get every piece once and one end", arguments: 1...4)
    func flapping(seed: UInt64) async throws {
        let pieces = (0..<300).map { "\($0) é " }
        try await StubProvider.with(.stream(pieces)) { _, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let streams = server.appliance.parts.streams
                let caller = try await Self.caller(server)
                let begun = try await streams.begin(Self.question, of: caller.owner)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<8 {
                        group.addTask {
                            let random = SeededRandom(seed << 8 | UInt64(number))
                            var follower = Follower()
                            while follower.end == nil {
                                let after = follower.starts == 0 ? nil : follower.sequence
                                let reader = try #require(try streams.reader(of: begun.stream, for: caller, after: after))
                                for _ in 0...(random.bytes(1)[0] % 8) {
                                    guard case .frames(let frames) = await reader.next() else { break }
                                    for frame in frames { follower.take(try JSONValue.parse(frame.json)) }
                                }
                            }
                            #expect(follower.faults == [] && follower.starts == 1 && follower.text == pieces.joined())
                        }
                    }
                    try await group.waitForAll()
                }
                let stored = try #require(try server.database.read { try ChatStreamStore.stream(begun.stream, of: caller.owner, in: $0) })
                #expect(stored.log.text == pieces.joined() && stored.log.count == pieces.count && stored.ending == .done)
                #expect(stored.message?.content == pieces.joined())
            }
        }
    }

    @Test("Who comes into a room late hears what there is of an answer, and the rest as all others do")
    func late() async throws {
        let gate = Gate()
        try await StubProvider.with(.pausing(["One ", "two "], gate, ["three."])) { _, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let streams = server.appliance.parts.streams
                let caller = try await Self.caller(server)
                let session = try await server.database.write { try ChatStore.createSession(caller.owner, title: nil, in: $0) }
                let (early, late, elsewhere) = (Ear(), Ear(), Ear())
                _ = streams.enter(session.id, early, greeting: RoomFrame.connected)
                _ = streams.enter(Identifier(rowID: 9), elsewhere, greeting: RoomFrame.connected)
                _ = try await streams.begin(ChatTurn.Question(content: "Count", sessionID: session.id), of: caller.owner)
                #expect(try await eventually { early.frames.count == 5 })
                let place = streams.enter(session.id, late, greeting: RoomFrame.connected)
                #expect(late.frames.map { $0["type"] } == ["connection_established", "stream.start", "stream.delta"])
                #expect(late.frames.last?["delta"] == "One two " && late.frames.last?["sequence"] == 2)
                gate.open()
                #expect(try await eventually { streams.openCount == 0 })
                let types = ["connection_established", "message", "stream.start", "stream.delta", "stream.delta", "stream.delta"]
                #expect(early.frames.compactMap { $0["type"]?.string } == types + ["stream.end", "message"])
                #expect(Array(late.frames.suffix(3)) == Array(early.frames.suffix(3)))
                #expect(early.frames.last?["message"] == "One two three." && elsewhere.frames.count == 1)
                streams.leave(room: session.id, place)
                streams.tell(room: session.id, RoomFrame.typing(true))
                #expect(early.frames.last?["type"] == "typing" && late.frames.last?["type"] == "message")
            }
        }
    }

    @Test("A reader whose task is cancelled is let go at once")
    func cancelled() async throws {
        try await StubProvider.with(.hangAfter(["One"])) { _, url in
            try await TestAppliance.run(settings: ProviderScenarios.settings(url)) { server in
                let streams = server.appliance.parts.streams
                let caller = try await Self.caller(server)
                let begun = try await streams.begin(Self.question, of: caller.owner)
                let reader = try #require(try streams.reader(of: begun.stream, for: caller, after: 1))
                let waiting = Task { await reader.next() }
                waiting.cancel()
                #expect(await waiting.value == .over)
                #expect(try await streams.stop(begun.stream, for: caller)?.type == "stream.stopped")
                guard case .frames(let end) = await reader.next() else { Issue.record("no end"); return }
                #expect(end.map(\.type) == ["stream.stopped"])
                #expect(await reader.next() == .over)
            }
        }
    }
}
