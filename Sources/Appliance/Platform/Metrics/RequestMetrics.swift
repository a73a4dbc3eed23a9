import Synchronization

/// What is counted of requests: how many by route and status, and how long they took by route.
///
/// Routes are known when the server starts, and a request that met none counts as one route of its own, so that no
/// client can add labels.
package final class RequestMetrics: MetricsSource {
    private final class Entry: Sendable {
        let method: String
        let pattern: String
        let duration = Histogram()
        let statuses = Mutex<[Int: Int64]>([:])

        init(method: String, pattern: String) {
            self.method = method
            self.pattern = pattern
        }
    }

    private let entries: [Entry]
    private let inFlight = Atomic<Int64>(0)

    package init(routes: [Route]) {
        entries = routes.map { Entry(method: $0.method, pattern: $0.pattern) } + [Entry(method: "-", pattern: "-")]
    }

    func began() { inFlight.add(1, ordering: .relaxed) }

    /// `route` is the place of the route in the table, nil for a request that met none or was refused before it.
    func ended(route: Int?, status: Int, microseconds: Int64) {
        inFlight.subtract(1, ordering: .relaxed)
        refused(route: route, status: status, microseconds: microseconds)
    }

    /// A request that never began.
    func refused(route: Int? = nil, status: Int, microseconds: Int64 = 0) {
        let entry = entries[route ?? entries.count - 1]
        entry.duration.record(microseconds: microseconds)
        entry.statuses.withLock { $0[status, default: 0] += 1 }
    }

    package func write(into writer: inout MetricsWriter) {
        writer.family("jobraker_http_requests_total", .counter, "Requests answered, by route and status.") { family in
            for entry in entries {
                for (status, count) in entry.statuses.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
                    family.sample(count, ["method": entry.method, "route": entry.pattern, "status": String(status)])
                }
            }
        }
        writer.family("jobraker_http_request_duration_seconds", .histogram, "From a request's head to its answer, by route.") { family in
            for entry in entries where entry.duration.reading.count > 0 {
                family.histogram(entry.duration, ["method": entry.method, "route": entry.pattern])
            }
        }
        writer.value("jobraker_http_requests_in_flight", .gauge, "Requests being answered now.", inFlight.load(ordering: .relaxed))
    }
}
