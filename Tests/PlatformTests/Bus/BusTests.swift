import Synchronization
import Testing

@testable import Platform

@Suite("The bus")
struct BusTests {
    private struct Event: TopicEvent {
        let number: Int
        var topics: [BusTopic]
    }

    private struct Other: BusEvent {}

    private let random = SeededRandom()

    private func topic(_ kind: String = "room") -> BusTopic { BusTopic(kind, Identifier(v7: Timestamp(seconds: 1), random: random)) }

    /// What a listener got, and a way to wait for it.
    private final class Received: Sendable {
        private let numbers = Mutex<[Int]>([])
        private let stream = AsyncStream.makeStream(of: Int.self)

        func add(_ event: any BusEvent) {
            guard let event = event as? Event else { return }
            numbers.withLock { $0.append(event.number) }
            stream.continuation.yield(event.number)
        }

        var all: [Int] { numbers.withLock { $0 } }

        func wait(for number: Int) async {
            if all.contains(number) { return }
            for await got in stream.stream where got == number { return }
        }
    }

    @Test("A listener gets the events of its topic, in the order in which they were published, and no others")
    func order() async {
        let bus = Bus()
        let (mine, other) = (topic(), topic())
        let received = Received()
        let subscription = bus.subscribe(mine, limit: 1_000) { received.add($0) }
        for number in 0..<500 { bus.publish([Other(), Event(number: number, topics: [number.isMultiple(of: 5) ? other : mine])]) }
        await received.wait(for: 499)
        #expect(received.all == (0..<500).filter { !$0.isMultiple(of: 5) })
        subscription.cancel()
    }

    @Test("An event of several topics reaches the listeners of each")
    func topics() async {
        let bus = Bus()
        let (one, two) = (topic(), topic())
        let received = [Received(), Received()]
        let subscriptions = [
            bus.subscribe(one, limit: 10) { received[0].add($0) }, bus.subscribe(two, limit: 10) { received[1].add($0) },
        ]
        bus.publish([Event(number: 1, topics: [one, two])])
        for listener in received { await listener.wait(for: 1) }
        #expect(bus.subscriptionCount == 2)
        for subscription in subscriptions { subscription.cancel() }
        #expect(bus.subscriptionCount == 0)
    }

    @Test("A subscription ends when it is cancelled, and when nobody holds it")
    func end() async {
        let bus = Bus()
        let room = topic()
        let (cancelled, dropped, stays) = (Received(), Received(), Received())
        let first = bus.subscribe(room, limit: 10) { cancelled.add($0) }
        var second: BusSubscription? = bus.subscribe(room, limit: 10) { dropped.add($0) }
        let third = bus.subscribe(room, limit: 10) { stays.add($0) }
        #expect(second != nil)
        first.cancel()
        first.cancel()
        second = nil
        bus.publish([Event(number: 1, topics: [room])])
        await stays.wait(for: 1)
        #expect(cancelled.all == [] && dropped.all == [] && bus.subscriptionCount == 1)
        third.cancel()
    }

    @Test("A listener that is too slow is told so once, loses what waits, and holds nobody up")
    func overrun() async {
        let bus = Bus()
        let room = topic()
        let (slow, quick) = (Received(), Received())
        let overran = AsyncStream.makeStream(of: Void.self)
        let other = bus.subscribe(room, limit: 100) { quick.add($0) }
        // While it has the first event in hand, nine more come.
        let subscription = bus.subscribe(room, limit: 3) { event in
            slow.add(event)
            if (event as? Event)?.number == 0 {
                for number in 1..<10 { bus.publish([Event(number: number, topics: [room])]) }
            }
        } overrun: {
            overran.continuation.yield()
        }
        bus.publish([Event(number: 0, topics: [room])])
        for await _ in overran.stream { break }
        for number in [0, 9] { await quick.wait(for: number) }
        bus.publish([Event(number: 10, topics: [room])])
        await quick.wait(for: 10)
        #expect(quick.all.count == 11 && slow.all == [0] && bus.subscriptionCount == 1)
        var writer = MetricsWriter()
        bus.write(into: &writer)
        #expect(String(decoding: writer.bytes, as: UTF8.self).contains("\njobraker_bus_overruns_total 1\n"))
        subscription.cancel()
        other.cancel()
    }
}
