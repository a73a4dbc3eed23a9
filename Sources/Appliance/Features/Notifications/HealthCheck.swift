import Platform

/// One part of the server as a check names it. Some names are those of programs that the original server needed and that
/// this one does without; clients still look for them.
struct HealthCheck: Sendable, Equatable {
    let name: String
    let status: String
    let message: String

    /// Says what is configured; whether the mail server takes anything, the outbox shows.
    static func email(isConfigured: Bool) -> HealthCheck {
        isConfigured
            ? HealthCheck(name: "email", status: "configured", message: "Mail is handed to a mail server.")
            : HealthCheck(name: "email", status: "not configured", message: "Mail is kept, and not sent: there is no mail server.")
    }

    static let cache = HealthCheck(name: "cache", status: "not used", message: "This server has no cache beside its database.")

    /// Only the database is tried for this answer; `status` of the others says what there is. Background work, the disk and
    /// failed work are `HealthMonitor`'s, which looks at them on a schedule and tells the staff.
    static func all(isHealthy: Bool, sendsMail: Bool) -> [HealthCheck] {
        let status = isHealthy ? "healthy" : "unhealthy"
        return [
            HealthCheck(name: "database", status: status, message: isHealthy ? "It takes writes." : "It takes no writes."),
            HealthCheck(name: "redis", status: "not used", message: "This server needs none."),
            email(isConfigured: sendsMail),
            HealthCheck(name: "celery", status: "not used", message: "Background work runs inside this server."),
            HealthCheck(name: "websocket", status: "available", message: "Sockets are opened by this server itself."),
            HealthCheck(name: "templates", status: "available", message: "All templates of mails were found right when they were read."),
            HealthCheck(name: "production", status: status, message: "The server as a whole: as the database is, so is it."),
        ]
    }

    func write(into writer: inout JSONWriter) {
        writer.object(name) { writer in
            writer.field("status", status)
            writer.field("message", message)
        }
    }
}

extension HostFigures {
    /// As four groups: the processor, the memory, the disk, the network.
    func writeFields(into writer: inout JSONWriter) {
        writer.object("cpu") { writer in
            writer.field("cores", cores)
            writer.array("load_averages") { writer in
                for average in loadAverages { writer.double(average) }
            }
            writer.field("process_seconds", processorMicroseconds.map { Double($0) / 1_000_000 })
        }
        writer.object("memory") { writer in
            writer.field("total_bytes", memoryBytes)
            writer.field("available_bytes", availableMemoryBytes)
            writer.field("process_bytes", residentBytes)
        }
        writer.object("disk") { writer in
            writer.field("total_bytes", diskBytes)
            writer.field("free_bytes", freeDiskBytes)
        }
        writer.object("network") { writer in
            writer.field("received_bytes", receivedBytes)
            writer.field("sent_bytes", sentBytes)
        }
    }
}
