import NIOCore
import NIOEmbedded
import NIOWebSocket
import TestSupport
import Testing

@testable import Platform

/// A socket's handler on an event loop whose time stands still until a test moves it.
@Suite("A socket and its time")
struct WebSocketHandlerTests {
    private final class ReadCounter: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        private let count: HTTPFixture.Counter

        init(_ count: HTTPFixture.Counter) { self.count = count }

        func read(context: ChannelHandlerContext) {
            _ = count.next()
            context.read()
        }
    }

    private struct Stand {
        let channel = NIOAsyncTestingChannel()
        let reads = HTTPFixture.Counter()
        let happened = Happenings()
        let door = Door()
        var loop: NIOAsyncTestingEventLoop { channel.testingEventLoop }

        init(waits: Bool = false) async throws {
            try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
            let upgrade = SocketUpgrade(
                session: EchoSession(happened, door: waits ? door : nil),
                place: try SocketRegistry().admit(caller: nil, address: nil, since: 0), limits: SocketLimits(), admitsMessage: { true })
            try await loop.executeInContext { [channel, loop, reads] in
                try channel.pipeline.syncOperations.addHandlers([
                    ReadCounter(reads), ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: upgrade.limits.message)),
                    WebSocketHandler(upgrade, executor: EventLoopExecutor(loop), eventLoop: loop),
                ])
            }
            await loop.run()
        }

        func send(_ frames: TestFrame...) async throws {
            try await channel.writeInbound(ByteBuffer(bytes: frames.flatMap(\.bytes)))
            await loop.run()
        }

        func advance(milliseconds: Int64) async { await loop.advanceTime(by: .milliseconds(milliseconds)) }

        /// What was sent to the client since the last look: the first byte of each frame, and the code of a goodbye.
        func sent() async throws -> [String] {
            var bytes: [UInt8] = []
            while let buffer = try await channel.readOutbound(as: ByteBuffer.self) { bytes += Array(buffer: buffer) }
            var frames: [String] = []
            while bytes.count >= 2 {
                let payload = bytes.dropFirst(2).prefix(Int(bytes[1]))
                switch bytes[0] {
                case 0x81: frames.append("text " + String(decoding: payload, as: UTF8.self))
                case 0x88: frames.append("close \(payload.prefix(2).reduce(0) { $0 << 8 | Int($1) })")
                case 0x89: frames.append("ping")
                case 0x8A: frames.append("pong")
                default: frames.append("\(bytes[0])")
                }
                bytes.removeFirst(2 + payload.count)
            }
            return frames
        }

        func end() async throws { _ = try await channel.finish(acceptAlreadyClosed: true) }
    }

    @Test("A client is pinged every 20 seconds, and cut 45 seconds after its last sign of life, without a word")
    func heartbeat() async throws {
        let stand = try await Stand()
        await stand.advance(milliseconds: 19_999)
        #expect(try await stand.sent() == [])
        await stand.advance(milliseconds: 1)
        #expect(try await stand.sent() == ["ping"])
        await stand.advance(milliseconds: 10_000)
        try await stand.send(TestFrame(.pong))
        await stand.advance(milliseconds: 10_000)
        #expect(try await stand.sent() == ["ping"])
        await stand.advance(milliseconds: 34_999)
        #expect(stand.channel.isActive)
        #expect(try await stand.sent() == ["ping"])
        await stand.advance(milliseconds: 1)
        await stand.happened.wait(for: "closed 1006")
        await stand.loop.run()
        #expect(!stand.channel.isActive)
        #expect(try await stand.sent() == [])
        try await stand.end()
    }

    @Test("Nothing is read while the session is busy, and the client's silence then is not death")
    func busy() async throws {
        let stand = try await Stand(waits: true)
        let before = stand.reads.now
        #expect(before == 1)
        try await stand.send(TestFrame(text: "a"))
        await stand.door.untilSomebodyWaits()
        stand.channel.read()
        await stand.loop.run()
        #expect(stand.reads.now == before)
        await stand.advance(milliseconds: 300_000)
        #expect(stand.channel.isActive)
        #expect(try await stand.sent().allSatisfy { $0 == "ping" })
        stand.door.open()
        await stand.happened.wait(for: "a")
        await stand.loop.run()
        #expect(stand.reads.now == before + 1)
        #expect(try await stand.sent() == ["text a"])
        try await stand.end()
    }

    @Test("Messages that came together are handled one by one, and reading goes on after the last")
    func oneByOne() async throws {
        let stand = try await Stand(waits: true)
        let before = stand.reads.now
        try await stand.send(TestFrame(text: "a"), TestFrame(text: "b"))
        await stand.door.untilSomebodyWaits()
        stand.channel.read()
        await stand.loop.run()
        #expect(stand.happened.all == ["opened"])
        stand.door.open()
        await stand.happened.wait(for: "a")
        await stand.door.untilSomebodyWaits()
        #expect(stand.happened.all == ["opened", "a"] && stand.reads.now == before)
        stand.door.open()
        await stand.happened.wait(for: "b")
        await stand.loop.run()
        #expect(stand.reads.now == before + 1)
        #expect(try await stand.sent() == ["text a", "text b"])
        try await stand.end()
    }

    @Test("A goodbye waits for the session two seconds and no longer")
    func impatience() async throws {
        let stand = try await Stand(waits: true)
        try await stand.send(TestFrame(text: "a"), TestFrame(close: 1001))
        await stand.door.untilSomebodyWaits()
        await stand.advance(milliseconds: 1_999)
        #expect(try await stand.sent() == [])
        await stand.advance(milliseconds: 1)
        #expect(try await stand.sent() == ["close 1001"])
        stand.door.open()
        await stand.happened.wait(for: "closed 1001")
        #expect(stand.happened.all == ["opened", "a", "closed 1001"])
        await stand.loop.run()
        #expect(!stand.channel.isActive)
        try await stand.end()
    }
}
