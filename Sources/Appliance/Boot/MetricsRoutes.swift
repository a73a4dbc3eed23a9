import Platform
import Synchronization

/// `/metrics`: figures about the running server, for Prometheus.
struct MetricsRoutes: Sendable {
    let sources: [any MetricsSource]
    /// Read at each scrape, so that a reload takes effect with the next one.
    let settings: @Sendable () -> MetricsSettings

    var routes: [Route] {
        [
            .get(
                "/metrics/", access: .anyone, summary: "Figures about the running server, for Prometheus.", produces: ["text/plain"],
                handler: show
            ).counted(as: nil)
        ]
    }

    @Sendable private func show(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let settings = settings()
        guard settings.enabled else { throw HTTPError.notFound }
        guard Self.isAllowed(request, token: settings.token) else { throw HTTPError.notAuthenticated }
        var writer = MetricsWriter()
        for source in sources { source.write(into: &writer) }
        return .bytes(writer.bytes, type: MetricsWriter.contentType).with("Cache-Control", "no-store")
    }

    /// With a token, whoever sends it; without one, whoever is on this machine. A request that a proxy passed on is
    /// not from this machine, wherever the proxy is.
    private static func isAllowed(_ request: HTTPRequest, token: String) -> Bool {
        if !token.isEmpty {
            guard let given = try? BearerToken.parse(request.headers["authorization"]) else { return false }
            return constantTimeEqual(Array(given.utf8), Array(token.utf8))
        }
        let isForwarded = ["x-forwarded-for", "x-real-ip", "forwarded", "via"].contains { request.headers[$0] != nil }
        return request.client?.isLoopback == true && !isForwarded
    }
}

/// Figures of a part that is made after the route that shows them.
final class LateMetrics: MetricsSource {
    private let source: Mutex<(any MetricsSource)?> = Mutex(nil)

    func become(_ new: any MetricsSource) { source.withLock { $0 = new } }

    func write(into writer: inout MetricsWriter) { source.withLock { $0 }?.write(into: &writer) }
}
