import Platform
import Synchronization

/// One open socket of a session: contract section 7.
///
/// What it hears comes from two places: `ChatStreams` tells of questions that were asked over sockets and of the answers
/// as they are written, the bus of messages that came in another way.
final class ChatSocket: SocketSession {
    private let session: Identifier
    private let caller: Caller
    private let database: Database
    private let streams: ChatStreams
    private let bus: Bus
    private let limiter: RateLimiter
    private let log: Log
    private let place: Mutex<(number: Int?, subscription: BusSubscription?)> = Mutex((nil, nil))

    /// Events that may wait for one socket. A session has a few a minute.
    private static let waitingEvents = 256

    init(session: Identifier, caller: Caller, database: Database, streams: ChatStreams, bus: Bus, limiter: RateLimiter, log: Log) {
        self.session = session
        self.caller = caller
        self.database = database
        self.streams = streams
        self.bus = bus
        self.limiter = limiter
        self.log = log
    }

    private struct Listener: RoomListener {
        let socket: WebSocketConnection

        func hear(_ frame: [UInt8]) { socket.send(frame) }
    }

    func opened(_ socket: WebSocketConnection) async {
        // Whoever has read the greeting misses nothing, and nothing comes before it: a delivery waits for this lock.
        place.withLock { place in
            let subscription = bus.subscribe(
                .room(of: session), limit: Self.waitingEvents, deliver: { [self] in deliver($0, to: socket) },
                overrun: { socket.close(code: SocketCloseCode.tryAgainLater, reason: "the client reads too slowly") })
            place = (streams.enter(session, Listener(socket: socket), greeting: RoomFrame.connected), subscription)
        }
        // It may have been deleted since the handshake, before anybody listened.
        let isThere = (try? database.read { try ChatStore.session(session, of: caller.owner, in: $0) }) != nil
        if !isThere { socket.close(code: SocketCloseCode.notFound, reason: "the session was deleted") }
    }

    private func deliver(_ event: any BusEvent, to socket: WebSocketConnection) {
        place.withLock { _ in
            switch event {
            case let added as ChatMessageAdded: socket.send(RoomFrame.message(added.message))
            case is ChatSessionDeleted: socket.close(code: SocketCloseCode.notFound, reason: "the session was deleted")
            default: break
            }
        }
    }

    func closed(_ code: UInt16) async {
        let (number, subscription) = place.withLock { place in
            defer { place = (nil, nil) }
            return place
        }
        subscription?.cancel()
        if let number { streams.leave(room: session, number) }
    }

    func received(_ text: String, _ socket: WebSocketConnection) async {
        do {
            try await handle(try ChatCommand(text), socket)
        } catch let error as ChatCommand.Refusal {
            socket.send(RoomFrame.error(error.text))
        } catch let fact as any HTTPFact {
            socket.send(RoomFrame.error(Self.words(of: fact)))
        } catch {
            log.error("A message of a chat socket could not be handled.", ["error": .string("\(error)")])
            socket.send(RoomFrame.error(ChatCommand.Refusal.failed.text))
        }
    }

    private func handle(_ command: ChatCommand, _ socket: WebSocketConnection) async throws {
        switch command {
        case .message(let content):
            try countQuestion()
            _ = try await streams.begin(ChatTurn.Question(content: content, sessionID: session), of: caller.owner)
        case .regenerate:
            try countQuestion()
            _ = try await streams.regenerate(session, of: caller.owner)
        case .typing(let isTyping):
            streams.tell(room: session, RoomFrame.typing(isTyping))
        case .markRead(let id):
            let (owner, session) = (caller.owner, self.session)
            let isKnown = try await database.write { transaction in
                guard let session = try ChatStore.session(session, of: owner, in: transaction) else { return false }
                return try ChatStore.markRead(id, in: session, transaction: transaction)
            }
            guard isKnown else { throw ChatCommand.Refusal.failed }
        case .stop(let stream):
            guard try await streams.stop(stream, for: caller) != nil else { throw ChatCommand.Refusal.noStream }
        case .join(let stream, let after):
            let isKnown = try streams.replay(stream, in: session, of: caller.owner, after: after, to: Listener(socket: socket))
            guard isKnown else { throw ChatCommand.Refusal.noStream }
        }
    }

    /// A question costs the same over a socket as over HTTP.
    private func countQuestion() throws {
        let verdict = limiter.judge(.assistant, .account(caller.accountRowID))
        if let decision = verdict?.decision, !decision.isAdmitted { throw Throttled(microseconds: decision.untilNext) }
    }

    /// What an HTTP client would read, as one sentence.
    private static func words(of fact: any HTTPFact) -> String {
        var writer = JSONWriter()
        fact.writeBody(into: &writer)
        let body = (try? JSONValue.parse(writer.bytes)) ?? .null
        return body["detail"]?.string ?? body["error"]?.string ?? ChatCommand.Refusal.failed.text
    }
}
