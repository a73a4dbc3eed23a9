import Synchronization

/// What is counted of sockets. Clients are not named, and a client cannot add labels.
final class SocketCounters: Sendable {
    private static let named: [UInt16] = [1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1013, 4401, 4403, 4404]

    private let closed = Mutex<[UInt16: Int64]>([:])
    let openNow = Atomic<Int64>(0)
    let opened = Atomic<Int64>(0)
    private let refusals = Atomic<Int64>(0)
    let received = Atomic<Int64>(0)
    let sent = Atomic<Int64>(0)

    func began() {
        openNow.add(1, ordering: .relaxed)
        opened.add(1, ordering: .relaxed)
    }

    func refused() { refusals.add(1, ordering: .relaxed) }

    /// Zero stands for every other code.
    func ended(_ code: UInt16) {
        openNow.subtract(1, ordering: .relaxed)
        closed.withLock { $0[Self.named.contains(code) ? code : 0, default: 0] += 1 }
    }

    func write(into writer: inout MetricsWriter) {
        writer.value("jobraker_ws_connections", .gauge, "WebSockets that are open.", openNow.load(ordering: .relaxed))
        writer.value("jobraker_ws_opened_total", .counter, "WebSockets that were opened.", opened.load(ordering: .relaxed))
        writer.value("jobraker_ws_refused_total", .counter, "Handshakes that were refused.", refusals.load(ordering: .relaxed))
        writer.family("jobraker_ws_closed_total", .counter, "WebSockets that were closed, by code; 1006 is no goodbye.") { family in
            for (code, count) in closed.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
                family.sample(count, ["code": code == 0 ? "other" : String(code)])
            }
        }
        writer.family("jobraker_ws_messages_total", .counter, "Messages over WebSockets, by direction.") { family in
            family.sample(received.load(ordering: .relaxed), ["direction": "received"])
            family.sample(sent.load(ordering: .relaxed), ["direction": "sent"])
        }
    }
}

extension SocketRegistry: MetricsSource {
    package func write(into writer: inout MetricsWriter) { counters.write(into: &writer) }
}
