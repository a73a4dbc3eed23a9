import NIOCore
import NIOEmbedded
import NIOWebSocket
import TestSupport
import Testing

@testable import Platform

/// What clients may send and what they may not, for a moment or as long as `make fuzz` says, through the frame decoder and the rules behind it.
@Suite("Frames made up at random")
struct SocketFuzzTests {
    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = WebSocketFrame
        var input: SocketInput
        var events: [SocketInput.Event] = []

        init(_ limits: SocketLimits) { input = SocketInput(limits: limits) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if let event = input.receive(SocketInput.Frame(unwrapInboundIn(data))) { events.append(event) }
        }
    }

    private static let limits: SocketLimits = {
        var limits = SocketLimits()
        limits.message = 3_000
        limits.fragments = 20
        return limits
    }()

    /// Feeds the bytes in pieces of any length; the events, and whether the decoder itself refused.
    private func run(_ bytes: [UInt8], _ random: inout SeededGenerator) -> (events: [SocketInput.Event], isBroken: Bool) {
        let collector = Collector(Self.limits)
        let channel = EmbeddedChannel(handlers: [ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: Self.limits.message)), collector])
        var (rest, isBroken) = (bytes[...], false)
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...400, using: &random))
            rest = rest.dropFirst(piece.count)
            do { try channel.writeInbound(ByteBuffer(bytes: piece)) } catch { isBroken = true }
        }
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return (collector.events, isBroken)
    }

    private static let texts = ["", "a", "zwei", "κόσμε", "🜁🜂", String(repeating: "long ", count: 200)]

    /// Messages in random fragments with pings between, and what must come of them.
    private func script(_ random: inout SeededGenerator) -> (frames: [TestFrame], events: [SocketInput.Event]) {
        var frames: [TestFrame] = []
        var events: [SocketInput.Event] = []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let isText = Bool.random(using: &random)
            let payload =
                isText
                ? Array(Self.texts[Int.random(in: 0..<Self.texts.count, using: &random)].utf8)
                : (0..<Int.random(in: 0...2_000, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            var cuts = (0..<Int.random(in: 0...8, using: &random)).map { _ in Int.random(in: 0...payload.count, using: &random) }.sorted()
            cuts.append(payload.count)
            var start = 0
            for (index, cut) in cuts.enumerated() {
                let kind: TestFrame.Kind = index > 0 ? .continuation : isText ? .text : .binary
                frames.append(TestFrame(kind, Array(payload[start..<cut]), isFinal: index == cuts.count - 1))
                start = cut
                if Int.random(in: 0..<4, using: &random) == 0, index < cuts.count - 1 {
                    frames.append(TestFrame(.ping, [UInt8(index)]))
                    events.append(.ping([UInt8(index)]))
                }
            }
            events.append(.message(isText ? .text(payload) : .binary(payload)))
        }
        return (frames, events)
    }

    @Test("Whatever is allowed is understood, however it is cut")
    func valid() {
        let count = Fuzzing.repeatedly(share: 0.5, usually: 0.5) { random in
            let (frames, events) = script(&random)
            let outcome = run(frames.flatMap(\.bytes), &random)
            if outcome.events == events, !outcome.isBroken { return true }
            Issue.record("\(outcome.events.count) of \(events.count) events from \(frames)")
            return false
        }
        #expect(count > 0)
    }

    @Test("Whatever is sent ends at the first thing that is not allowed, and until then keeps the limits")
    func mutated() {
        var refused = 0
        let count = Fuzzing.repeatedly(share: 0.5, usually: 0.5) { random in
            var bytes = script(&random).frames.flatMap(\.bytes)
            for _ in 0..<Int.random(in: 1...6, using: &random) { mutate(&bytes, &random) }
            let outcome = run(bytes, &random)
            if outcome.isBroken || outcome.events.contains(where: isLast) { refused += 1 }
            if keepsTheRules(outcome.events) { return true }
            Issue.record("\(outcome.events) from \(bytes)")
            return false
        }
        // If nothing were refused, this would not have tried anything.
        #expect(refused > count / 10)
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.remove(at: place)
        case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        default: bytes.removeLast(Int.random(in: 0...min(bytes.count, 30), using: &random))
        }
    }

    private func isLast(_ event: SocketInput.Event) -> Bool {
        switch event {
        case .goodbye, .failure: true
        case .message, .ping, .pong: false
        }
    }

    private func keepsTheRules(_ events: [SocketInput.Event]) -> Bool {
        guard !events.dropLast().contains(where: isLast) else { return false }
        return events.allSatisfy { event in
            switch event {
            case .message(.text(let bytes)): bytes.count <= Self.limits.message && String(validating: bytes, as: UTF8.self) != nil
            case .message(.binary(let bytes)): bytes.count <= Self.limits.message
            case .ping(let bytes): bytes.count <= 125
            case .goodbye(let code): code.map(SocketCloseCode.isAllowed) ?? true
            case .failure(let code, _): [1002, 1007, 1009].contains(code)
            case .pong: true
            }
        }
    }
}
