import Platform
import Synchronization

/// Gives out what opens one WebSocket in the place of a token.
///
/// A browser can put nothing but an address into the handshake, and addresses get into histories and the logs of proxies. A
/// ticket in one is worth nothing once it is used, or half a minute old. Tickets are kept in memory: a restart ends them,
/// and the client asks for another one.
final class SocketTickets: Sendable {
    static let lifetimeSeconds = 30
    /// Of one login, and of all; beyond these the oldest go.
    static let keptPerLogin = 16
    static let kept = 10_000

    struct Holder: Sendable, Equatable {
        let account: Identifier
        let login: Identifier
    }

    private struct Ticket {
        let hash: [UInt8]
        let holder: Holder
        let goodUntil: Timestamp
    }

    private let clock: any PlatformClock
    private let random: any RandomSource
    /// The oldest first.
    private let tickets: Mutex<[Ticket]> = Mutex([])

    init(clock: any PlatformClock, random: any RandomSource) {
        self.clock = clock
        self.random = random
    }

    func give(to caller: Caller) -> String {
        let ticket = Hex.encode(random.bytes(32))
        let now = clock.now()
        let holder = Holder(account: caller.accountID, login: caller.loginID)
        tickets.withLock { tickets in
            tickets.removeAll { $0.goodUntil <= now }
            if tickets.count(where: { $0.holder == holder }) >= Self.keptPerLogin,
                let oldest = tickets.firstIndex(where: { $0.holder == holder })
            {
                tickets.remove(at: oldest)
            }
            if tickets.count >= Self.kept { tickets.removeFirst() }
            tickets.append(
                Ticket(hash: Self.hash(ticket), holder: holder, goodUntil: now.adding(seconds: Self.lifetimeSeconds)))
        }
        return ticket
    }

    /// Whose ticket it is; nil for one that is unknown, used or too old. From here on it is used.
    func redeem(_ ticket: String) -> Holder? {
        let (hash, now) = (Self.hash(ticket), clock.now())
        let found = tickets.withLock { tickets in
            tickets.firstIndex { $0.hash == hash }.map { tickets.remove(at: $0) }
        }
        return found.flatMap { now < $0.goodUntil ? $0.holder : nil }
    }

    /// Compared by their hashes, what can be learned from how long a comparison takes is of no use.
    private static func hash(_ ticket: String) -> [UInt8] { SHA256.hash(Array(ticket.utf8)) }
}
