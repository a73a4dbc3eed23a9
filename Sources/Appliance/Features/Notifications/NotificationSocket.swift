import Platform
import Synchronization

/// `/ws/notifications/`: what the caller is notified of, at the commit.
struct NotificationSocketRoutes: Sendable {
    let database: Database
    let bus: Bus
    let log: Log

    var routes: [Route] {
        [
            .socket("/ws/notifications/", summary: "Hear of your notifications as they come.") { request in
                NotificationSocket(owner: try request.requireCaller().owner, database: database, bus: bus, log: log)
            }
        ]
    }
}

/// One open socket; contract section 7. It answers a ping, and nothing else.
final class NotificationSocket: SocketSession {
    private let owner: Owner
    private let database: Database
    private let bus: Bus
    private let log: Log
    private let subscription: Mutex<BusSubscription?> = Mutex(nil)

    /// Notifications that may wait for one socket: an announcement and a run of alerts at once are far fewer.
    private static let waitingEvents = 256
    private static let connected = frame("connection_established") { $0.field("message", "Connected to notifications") }
    private static let pong = frame("pong") { _ in }

    init(owner: Owner, database: Database, bus: Bus, log: Log) {
        self.owner = owner
        self.database = database
        self.bus = bus
        self.log = log
    }

    func opened(_ socket: WebSocketConnection) async {
        // Whoever has read the greeting misses nothing, and nothing comes before it: a delivery waits for this lock.
        subscription.withLock { place in
            place = bus.subscribe(
                .notifications(of: owner), limit: Self.waitingEvents,
                deliver: { [self] event in
                    guard let added = event as? NotificationAdded else { return }
                    let frame = Self.frame(added.notification)
                    subscription.withLock { _ in socket.send(frame) }
                }, overrun: { socket.close(code: SocketCloseCode.tryAgainLater, reason: "the client reads too slowly") })
            socket.send(Self.connected)
        }
    }

    func closed(_ code: UInt16) async {
        subscription.withLock { $0.take() }?.cancel()
    }

    func received(_ text: String, _ socket: WebSocketConnection) async {
        guard let json = try? JSONValue.parse(Array(text.utf8)), json.object != nil else { return }
        switch json["type"] ?? "ping" {
        case "ping": socket.send(Self.pong)
        case "mark_read": await markRead(json["notification_id"])
        default: break
        }
    }

    private func markRead(_ json: JSONValue?) async {
        guard let id = json?.string.flatMap({ Identifier($0) }) else { return }
        let owner = self.owner
        do {
            _ = try await database.write { try NotificationStore.setRead(true, id, of: owner, in: $0) }
        } catch {
            log.warning("A notification could not be marked as read.", ["error": .string("\(error)")])
        }
    }

    private static func frame(_ notification: Notification) -> [UInt8] {
        frame("notification") { writer in
            writer.key("notification")
            NotificationResource.description.write(notification, into: &writer)
        }
    }

    private static func frame(_ type: String, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(reserving: 128)
        writer.object { writer in
            writer.field("type", type)
            body(&writer)
        }
        return writer.bytes
    }
}
