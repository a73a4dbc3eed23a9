import Platform

/// The routes by which machines ask how the server is.
struct HealthRoutes: Sendable {
    let probe: WriteProbe
    let isDraining: @Sendable () -> Bool

    init(database: Database, clock: any PlatformClock, isDraining: @escaping @Sendable () -> Bool) {
        probe = WriteProbe(database: database, clock: clock)
        self.isDraining = isDraining
    }

    /// They are not counted by the limiter: whoever watches a server must see it also when it is busy.
    var routes: [Route] {
        let routes: [Route] = [
            .get("/health/", access: .anyone, summary: "Is the process up? Text, as before.", produces: ["text/plain"]) { _ in .text("OK")
            },
            .get("/healthz/", access: .anyone, summary: "Is the process up?") { _ in
                .json { $0.object { $0.field("status", "ok") } }
            },
            .get("/readyz/", access: .anyone, summary: "Can requests be served? Writes to the database.", handler: ready),
        ]
        return routes.map { $0.counted(as: nil) }
    }

    /// A server that can answer but not store is not ready; only a write shows that.
    @Sendable private func ready(_ request: HTTPRequest) async throws -> HTTPAnswer {
        var reasons: [String] = []
        if isDraining() { reasons.append("the server is stopping") }
        if let error = await probe.outcome() { reasons.append("the database does not take writes: \(Self.word(for: error))") }
        return .json(reasons.isEmpty ? 200 : 503) { writer in
            writer.object { writer in
                writer.field("status", reasons.isEmpty ? "ready" : "unavailable")
                writer.field("reasons", reasons)
            }
        }
    }

    static func word(for error: any Error) -> String {
        switch error as? StorageError {
        case .diskFull: "the disk is full"
        case .readOnly: "the file system is read-only"
        case .queueFull: "too many writes are waiting"
        case .closed: "it is closed"
        case .io: "reading or writing the file failed"
        default: "see the log"
        }
    }
}
