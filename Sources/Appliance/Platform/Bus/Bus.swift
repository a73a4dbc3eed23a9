import Synchronization

/// Tells listeners inside the process what has become durable.
///
/// `publish` is called with the events of a commit, in commit order, on the writer's thread. It puts each event into the
/// mailboxes of those who listen to its topics and returns; what listeners do with it happens elsewhere. So a listener
/// gets its events in commit order, and none can hold up a write.
package final class Bus: MetricsSource {
    private struct State {
        var mailboxes: [BusTopic: [ObjectIdentifier: Mailbox]] = [:]
        var count = 0
        var overruns: Int64 = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// To be called by one thread at a time. Events without a topic are nobody's here.
    package func publish(_ events: [any BusEvent]) {
        for event in events {
            guard let event = event as? any TopicEvent else { continue }
            let topics = event.topics
            let listeners = state.withLock { state in topics.flatMap { state.mailboxes[$0].map { Array($0.values) } ?? [] } }
            for mailbox in listeners where !mailbox.put(event) { overran(mailbox) }
        }
    }

    /// Listens to a topic until the subscription is cancelled or let go.
    ///
    /// `deliver` is called for one event at a time, in order. At most `limit` events wait for it; one more, and the
    /// subscription ends, what waited is dropped, and `overrun` is called once.
    package func subscribe(
        _ topic: BusTopic, limit: Int, deliver: @escaping @Sendable (any BusEvent) -> Void,
        overrun: @escaping @Sendable () -> Void = {}
    ) -> BusSubscription {
        let mailbox = Mailbox(topic: topic, limit: limit, deliver: deliver, overrun: overrun)
        state.withLock { state in
            state.mailboxes[topic, default: [:]][ObjectIdentifier(mailbox)] = mailbox
            state.count += 1
        }
        return BusSubscription(bus: self, mailbox: mailbox)
    }

    /// How many listen now.
    package var subscriptionCount: Int { state.withLock { $0.count } }

    /// Takes a mailbox out; false when it was out already.
    @discardableResult
    func remove(_ mailbox: Mailbox) -> Bool {
        state.withLock { state in
            guard state.mailboxes[mailbox.topic]?.removeValue(forKey: ObjectIdentifier(mailbox)) != nil else { return false }
            if state.mailboxes[mailbox.topic]?.isEmpty == true { state.mailboxes[mailbox.topic] = nil }
            state.count -= 1
            return true
        }
    }

    private func overran(_ mailbox: Mailbox) {
        if remove(mailbox) { state.withLock { $0.overruns += 1 } }
    }

    package func write(into writer: inout MetricsWriter) {
        let (count, overruns) = state.withLock { ($0.count, $0.overruns) }
        writer.value("jobraker_bus_subscriptions", .gauge, "Listeners inside the process.", Int64(count))
        writer.value("jobraker_bus_overruns_total", .counter, "Listeners that were too slow and lost their place.", overruns)
    }
}

/// Somebody's place at the bus. It ends when it is cancelled, and with its last reference.
package final class BusSubscription: Sendable {
    private let bus: Bus
    private let mailbox: Mailbox

    init(bus: Bus, mailbox: Mailbox) {
        self.bus = bus
        self.mailbox = mailbox
    }

    deinit { cancel() }

    /// No delivery begins after this; one that has begun ends by itself.
    package func cancel() {
        mailbox.close()
        bus.remove(mailbox)
    }
}
