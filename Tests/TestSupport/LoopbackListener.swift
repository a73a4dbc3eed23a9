import Glibc
import Synchronization

@testable import Platform

/// Accepts connections on a free port of 127.0.0.1 and serves each on a blocking thread of its own, until it is stopped:
/// what the servers have in common that stand in for others.
final class LoopbackListener: Sendable {
    private struct State {
        var connections: [LoopbackConnection] = []
        var threads: [PlatformThread] = []
        var isStopped = false
    }

    let port: Int
    private let socket: Int32
    private let state = Mutex(State())

    var connectionCount: Int { state.withLock { $0.connections.count } }

    init() { (socket, port) = listenOnLoopback() }

    /// Once.
    func start(_ serve: @escaping @Sendable (LoopbackConnection) -> Void) {
        let thread = PlatformThread.start("test-accept") { [self] in acceptAll(serve) }
        state.withLock { $0.threads.append(thread) }
    }

    /// Closes every connection, and returns when all threads have ended.
    func stop() {
        let connections = state.withLock { state in
            state.isStopped = true
            return state.connections
        }
        shutdown(socket, Int32(SHUT_RDWR))
        for connection in connections { connection.close() }
        while let thread = state.withLock({ $0.threads.popLast() }) { thread.join() }
        close(socket)
    }

    private func acceptAll(_ serve: @escaping @Sendable (LoopbackConnection) -> Void) {
        while true {
            let accepted = accept(socket, nil, nil)
            guard accepted >= 0 else { return }
            let connection = LoopbackConnection(accepted)
            let isStopped = state.withLock { state in
                guard !state.isStopped else { return true }
                state.connections.append(connection)
                state.threads.append(PlatformThread.start("test-serve") { serve(connection) })
                return false
            }
            if isStopped { connection.close() }
        }
    }
}

/// A listening socket on a free port of 127.0.0.1, and the port.
package func listenOnLoopback() -> (socket: Int32, port: Int) {
    let bound = bindToLoopback()
    _ = listen(bound.socket, 64)
    return bound
}

/// A port on which nothing listens, and never will: it stays taken by a socket that only holds it.
package func closedPort() -> Int { bindToLoopback().port }

private func bindToLoopback() -> (socket: Int32, port: Int) {
    let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            _ = bind(file, generic, length)
            _ = getsockname(file, generic, &length)
        }
    }
    return (file, Int(UInt16(bigEndian: address.sin_port)))
}

/// Something that happens once, and that a test waits for.
package final class Happening: Sendable {
    private let state = Mutex<(happened: Bool, waiters: [CheckedContinuation<Void, Never>])>((false, []))

    package init() {}

    package func happen() {
        let waiters = state.withLock { state in
            state.happened = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    package func wait() async {
        await withCheckedContinuation { continuation in
            let happened = state.withLock { state in
                if !state.happened { state.waiters.append(continuation) }
                return state.happened
            }
            if happened { continuation.resume() }
        }
    }
}

/// Something that a script's thread waits for until the test lets it go on.
package final class Latch: Sendable {
    private let isOpen = Monitor(false)

    package init() {}

    package func open() { isOpen.signalling { $0 = true } }

    /// Blocks. Not for ever: a test that has failed must still end.
    package func wait() { _ = isOpen.wait(milliseconds: 30_000) { $0 ? true : nil } }
}

/// Things that several threads take in turn.
package final class LockedList<Element: Sendable>: Sendable {
    private let elements: Mutex<[Element]>
    package init(_ elements: [Element]) { self.elements = Mutex(elements.reversed()) }
    package func next() -> Element? { elements.withLock { $0.popLast() } }
}
