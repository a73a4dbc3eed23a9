import NIOCore
import Synchronization

/// The connections that are open now, so that they can be counted and, when a drain takes too long, closed.
final class ConnectionRegistry: Sendable {
    fileprivate struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isClosing = false
        var waiters: [CheckedContinuation<Void, Never>] = []
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
            let waiters = self.state.withLock { state in
                state.channels.removeValue(forKey: id)
                return state.takeWaiters()
            }
            for waiter in waiters { waiter.resume() }
        }
        return true
    }

    /// Returns when there is none left. That a server has let go of a connection is told to others first.
    func untilEmpty() async {
        await withCheckedContinuation { continuation in
            let waiters = state.withLock { state in
                state.waiters.append(continuation)
                return state.takeWaiters()
            }
            for waiter in waiters { waiter.resume() }
        }
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

extension ConnectionRegistry.State {
    fileprivate mutating func takeWaiters() -> [CheckedContinuation<Void, Never>] {
        guard channels.isEmpty else { return [] }
        defer { waiters = [] }
        return waiters
    }
}

/// Goes to a connection that has to end now, also if it is over TLS and its goodbye has not been answered. Where there is
/// nothing to wait for, nobody takes it.
struct ConnectionCut: Sendable {}
