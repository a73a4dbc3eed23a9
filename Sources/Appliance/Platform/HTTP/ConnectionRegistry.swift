import NIOCore
import Synchronization

/// The connections that are open now, so that they can be counted and, when a drain takes too long, closed.
final class ConnectionRegistry: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isClosing = false
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    var count: Int {
        state.withLock { $0.channels.count }
    }

    /// Whether there is room for a connection; if so it is held until it closes.
    func admit(_ channel: any Channel) -> Bool {
        let id = ObjectIdentifier(channel)
        let isAdmitted = state.withLock { state in
            guard state.channels.count < limit, !state.isClosing else { return false }
            state.channels[id] = channel
            return true
        }
        guard isAdmitted else { return false }
        channel.closeFuture.whenComplete { _ in
            self.state.withLock { _ = $0.channels.removeValue(forKey: id) }
        }
        return true
    }

    /// Closes every connection, whatever it is doing, and lets none in any more.
    func closeAll() {
        let channels = state.withLock { state in
            state.isClosing = true
            return Array(state.channels.values)
        }
        for channel in channels {
            channel.triggerUserOutboundEvent(ConnectionCut(), promise: nil)
            channel.close(promise: nil)
        }
    }
}

/// Goes to a connection that has to end now, also if it is over TLS and its goodbye has not been answered. Where there is
/// nothing to wait for, nobody takes it.
struct ConnectionCut: Sendable {}
